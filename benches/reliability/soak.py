"""Half an hour of everything at a modest pace: what grows, what is lost."""
import base64
import json
import threading
import time
import urllib.request

from lab import Lab, expect
from manager import Manager


class Stream:
    """A reader of the live stream over HTTP (Server-Sent Events)."""

    def __init__(self, lab):
        basic = base64.b64encode(b'users:users-secret').decode()
        request = urllib.request.Request(f'http://127.0.0.1:{lab.http}/events', headers={'Authorization': f'Basic {basic}'})
        self.answer = urllib.request.urlopen(request, timeout=120)
        self.last, self.count, self.faults = None, 0, []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            for line in self.answer:
                if line.startswith(b'event: gap'):
                    self.faults.append('a gap')
                if line.startswith(b'data:'):
                    self.take(json.loads(line[5:]))
        except (OSError, ValueError, AttributeError) as error:
            self.faults.append(f'it ended: {error}')

    def take(self, event):
        if event.get('UserEvent') == 'Told':
            self.next(int(event['Number']))

    def next(self, number):
        if self.last is not None and number != self.last + 1:
            self.faults.append(f'{number} after {self.last}')
        self.last, self.count = number, self.count + 1


def soak(args):
    """Events (20 a second), calls and logins (one a second each), two HTTP streams and two readers"""
    seconds = args.soak
    with Lab(args.binary) as lab:
        author = Manager(lab.ami, 'quiet')
        if not args.quick:
            fill_ring(author)
        readers = [Manager(lab.ami, 'users'), Manager(lab.ami)]
        streams = [Stream(lab) for _ in range(2)]
        checks = [Follow(reader) for reader in readers]
        began, number, samples, logins, calls = time.monotonic(), 0, [], 0, 0
        cpu = lab.cpu()
        while (passed := time.monotonic() - began) < seconds:
            for _ in range(20):
                author.send('UserEvent', UserEvent='Told', Number=str(number))
                number += 1
                time.sleep(0.04)
            expect(author.ask('Originate', Channel='Local/short@lab', Application='Wait', Data='5',
                              Async='true')['Response'] == 'Success', 'a call is refused')
            Manager(lab.ami, 'quiet').close()
            calls, logins = calls + 1, logins + 1
            author.messages.clear()
            for check in checks:
                check.take()
            if not samples or passed - samples[-1][0] >= 10:
                samples.append((passed, lab.rss(), lab.files()))
            time.sleep(max(0, 1 - (time.monotonic() - began - passed)))
        share = (lab.cpu() - cpu) / (time.monotonic() - began)
        time.sleep(2)
        for check in checks:
            check.take()
        for one in (*checks, *streams):
            expect(not one.faults, f'a reader: {one.faults[:3]}')
            expect(one.last == number - 1, f'a reader ends at {one.last} of {number}')
        started = checks[1].calls
        expect(started >= 2 * (calls - 6), f'{started} of {2 * calls} channels ended')
    settled = next((s for s in samples if s[0] >= min(300, seconds / 6)), samples[0])
    end = samples[-1]
    files = [s[2] for s in samples if s[0] >= settled[0]]
    expect(end[1] < settled[1] * 1.1 + 2, f'memory grew from {settled[1]:.1f} to {end[1]:.1f} MiB')
    expect(max(files) - min(files) <= 12, f'descriptors from {min(files)} to {max(files)}')
    return (f'{seconds / 60:.0f} minutes, {number:,} events to 4 readers, {calls:,} calls, {logins:,} logins: no event lost; '
            f'{share:.1%} of a core; memory {settled[1]:.1f} MiB after {settled[0] / 60:.0f} minutes, {end[1]:.1f} MiB at the '
            f'end (most: {max(s[1] for s in samples):.1f}); descriptors {min(files)} to {max(files)}')


def fill_ring(author, events=66_000):
    """Has the ring of events full from the start: it grows for half an hour else, and then no more."""
    for _ in range(events // 100):
        for _ in range(100):
            author.send('UserEvent', UserEvent='Fill', Filling='x' * 100)
        author.ask('Ping')
        author.messages.clear()


class Follow(Stream):
    """Goes through what a connection was told, and forgets it."""

    def __init__(self, reader):
        self.reader, self.last, self.count, self.faults, self.calls = reader, None, 0, [], 0

    def take(self):
        with self.reader.changed:
            told = self.reader.messages[:]
            self.reader.messages.clear()
        for message in told:
            name = message.get('Event')
            if name == 'EventsMissed':
                self.faults.append(f'a gap: {message}')
            self.calls += name == 'Hangup'
            if message.get('UserEvent') == 'Told':
                self.next(int(message['Number']))
        if self.reader.closed:
            self.faults.append('it was closed')
