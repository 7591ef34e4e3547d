"""docs/clients.md, made of what a run showed."""
import difflib
import os

from clients import STEPS

HEAD = '''# Foreign clients

<!-- Written by tests/clients/run.py; edit clients.py or document.py there, not this page. -->

Manager clients that other people wrote, unmodified, each driven through its own API against the
server (`./test clients`). What a client tells is compared with what the wire says to a plain
connection of the same account.

'''
MEANING = {
    'login': 'logs in with name and secret',
    'ping': 'is told Pong',
    'command': 'gets every line of a console command',
    'list': 'lists the channels there are',
    'events': 'sees all events of a call, in order',
    'originate': 'makes a call and learns how it ended, answered and busy',
    'wrong-secret': 'learns that its secret is wrong',
    'reconnect': 'is back after the server was restarted',
    'challenge': 'logs in by challenge and MD5',
    'tls': 'is told Pong over TLS, the certificate checked',
    'release': 'makes out the release whose manner it meets',
    'live': 'its model of the calls equals the channels, states and bridges there are',
}
TAIL = '''
The dialect a client was made for comes first: `22`, where console output comes in `Output:` headers,
or `1.8`, where a mark ends it and calls are told as Dial and Bridge. Which one an account or a
listener speaks is the option `dialect` in `manager.conf`.

Two Go clients, goami and amigo, are not here: the module proxy we build from does not serve them.
'''


def mark(step, client, dialect, outcomes):
    if step in client.missing(dialect):
        return '–'
    if step not in outcomes:
        return ''
    if outcomes[step]:
        return '✗'
    keeps = step == 'command' and dialect == '22' and client.keeps_last_line
    return 'last line' if keeps else '✓'


def render(results):
    """The whole page, from {(client, dialect): {step: why it failed, or None}}."""
    steps = [*STEPS, *dict.fromkeys(step for client, _ in results for step in client.more)]
    rows = [['Client', 'Version', 'Language', 'From', 'Dialect', *steps], ['---'] * (5 + len(steps))]
    for (client, dialect), outcomes in results.items():
        marks = [mark(step, client, dialect, outcomes) for step in steps]
        rows.append([client.name, client.version, client.language, client.registry, dialect, *marks])
    text = HEAD + ''.join('| ' + ' | '.join(row) + ' |\n' for row in rows) + '\n'
    text += '✓ shown in the test, – the client has nothing for it, ✗ fails, empty: not tried.\n\n'
    text += ''.join(f'- `{step}`: {MEANING[step]}\n' for step in steps)
    said = [line for client in dict.fromkeys(client for client, _ in results) for line in notes(client)]
    return text + '\n' + ''.join(f'- {line}\n' for line in said) + TAIL


def notes(client):
    """What is to know about a client, a line each."""
    name = f'{client.name} ({client.registry})'
    for step, why in client.lacks.items():
        yield f'{name}, `{step}`: {why}.'
    for dialect, steps in client.dialects.items():
        for step, why in steps.items():
            yield f'{name} in dialect {dialect}, `{step}`: {why}.'
    if client.keeps_last_line:
        yield f'{name} in dialect 22, `command`: of a header told many times it keeps the last.'
    if client.note:
        yield f'{name} {client.note}.'


def is_current(path, text):
    """Whether the page says what the run showed; prints what is different."""
    old = ''
    if os.path.exists(path):
        with open(path) as file:
            old = file.read()
    changes = difflib.unified_diff(old.splitlines(), text.splitlines(), 'docs/clients.md', 'this run',
                                   lineterm='')
    for line in changes:
        print(line)
    return old == text
