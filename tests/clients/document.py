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
    'live': 'its model of the calls equals the channels, states and bridges there are',
}
TAIL = '''
The dialect is the one each client was made for: `22`, where console output comes in `Output:`
headers, or `1.8`, where it ends in `--END COMMAND--` and calls are told as Dial and Bridge. See
`dialect` in `manager.conf`.

Two Go clients, goami and amigo, are not here: the module proxy we build from does not serve them.
'''


def mark(step, client, outcomes):
    if step in client.lacks:
        return '–'
    if step not in outcomes:
        return ' ' if step in client.steps else ''
    return '✓' if outcomes[step] is None else '✗'


def render(results):
    """The whole page, from {(client, dialect): {step: why it failed, or None}}."""
    extra = [step for client, _ in results for step in client.more]
    steps = [*STEPS, *dict.fromkeys(extra)]
    rows = [['Client', 'Version', 'Language', 'From', 'Dialect', *steps], ['---'] * (5 + len(steps))]
    notes = {}
    for (client, dialect), outcomes in results.items():
        marks = [mark(step, client, outcomes) for step in steps]
        rows.append([client.name, client.version, client.language, client.registry, dialect, *marks])
        said = [f'{why} (`{step}`)' for step, why in client.lacks.items()]
        if client.unknown_events:
            said.append('passes over ' + ', '.join(client.unknown_events))
        if client.note:
            said.append(client.note)
        if said:
            notes[f'{client.name} ({client.registry})'] = '; '.join(said)
    text = HEAD + ''.join('| ' + ' | '.join(row) + ' |\n' for row in rows) + '\n'
    text += '✓ shown in the test, – not offered by the client, ✗ fails.\n\n'
    text += ''.join(f'- `{step}`: {MEANING[step]}\n' for step in steps)
    if notes:
        text += '\n' + ''.join(f'- {name}: {said}.\n' for name, said in notes.items())
    return text + TAIL


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
