"""Cases of servers that end badly and begin again."""
import os
import random
import selectors
import socket
import threading
import time

from lab import Lab, expect
from manager import Manager, parsed, place


def author(port, count, fill=''):
    """Tells so many events in one stroke, in the background."""
    sock = socket.create_connection(('127.0.0.1', port), 10)
    login = b'Action: Login\r\nUsername: quiet\r\nSecret: quiet-secret\r\n\r\n'
    texts = (f'Action: UserEvent\r\nUserEvent: Told\r\nNumber: {number}\r\n{fill}\r\n' for number in range(count))

    def drain():
        try:
            while sock.recv(1 << 18):
                pass
        except OSError:
            pass

    def tell():
        try:
            sock.sendall(login + ''.join(texts).encode())
        except OSError:
            pass

    for work in (drain, tell):
        threading.Thread(target=work, daemon=True).start()
    return sock


def kill_in_a_burst(args):
    """kill -9 in a burst of 100,000 events, restart, resume: each event is told again or told as missed"""
    burst = 10_000 if args.quick else 100_000
    with Lab(args.binary) as lab:
        reader = socket.create_connection(('127.0.0.1', lab.ami), 60)
        reader.sendall(b'Action: Login\r\nUsername: users\r\nSecret: users-secret\r\n\r\n')
        author(lab.ami, burst)
        data, killed = bytearray(), False
        while piece := receive(reader):
            data += piece
            if not killed and b'Number: %d\r\n' % (burst // 2) in data[-len(piece) - 20:]:
                lab.kill()
                killed = True
        messages = [parsed(block) for block in bytes(data).split(b'\r\n\r\n')[:-1]]
        events = [m for m in messages if m.get('Event') == 'UserEvent']
        expect(killed and len(events) < burst, f'{len(events)} events heard: not killed in the burst')
        start = lab.start()
        # One heard all that was told until the kill; one had been cut off before, early in the burst.
        stayed, cut = (resume(lab, events[:count]) for count in (len(events), burst // 10))
    return (f'{len(events):,} events heard before the kill; of who was cut off after {burst // 10:,} of them: {cut[0]:,} told '
            f'again, of who heard all: {stayed[0]:,}; none lost, twice or in disorder; what comes after number {cut[1] - 1:,} of that '
            f'run is told as missed by one EventsMissed (`restarted`); start {start:.2f} s, from the login to the live stream '
            f'{cut[2]:.2f} and {stayed[2]:.2f} s')


def resume(lab, heard):
    """Goes on after what was heard: how many are told again, from where on they are missed, and how long it took."""
    began = time.monotonic()
    with Manager(lab.ami, 'users', Resume=heard[-1]['Sequence']) as back, Manager(lab.ami, 'quiet') as after:
        after.ask('UserEvent', UserEvent='Told', Number='after')
        back.event('UserEvent', 60, Number='after')
        seam = time.monotonic() - began
        told = [m for m in back.messages if m.get('Event') in ('UserEvent', 'EventsMissed')]
    again = [m for m in told if m.get('Number', 'after') != 'after']
    numbers = [m['Number'] for m in heard + again]
    expect(numbers == [str(number) for number in range(len(numbers))], 'events are lost, told twice or in disorder')
    missed = [m for m in told if m['Event'] == 'EventsMissed']
    expect(len(missed) == 1 and missed[0]['Reason'] == 'restarted', f'the gap is told as {missed}')
    run, number = place((heard + again)[-1]['Sequence'])
    expect(place(missed[0]['From']) == (run, number + 1), f'a gap is not told: {missed[0]}')
    return len(again), number + 1, seam


def receive(sock):
    try:
        return sock.recv(1 << 18)
    except ConnectionError:
        return b''


def torn_files(args):
    """Journal, audit log, promises and AstDB cut or flipped at random places between kill -9 and start"""
    rounds = 6 if args.quick else 60
    dice = random.Random(7)
    counts, slowest, kept = {}, 0, 0
    with Lab(args.binary) as lab:
        with Manager(lab.ami) as admin:
            admin.ask('DBPut', Family='test', Key='first', Val='1')
        lab.stop()
        lab.start()
        for step in range(rounds):
            with Manager(lab.ami) as admin:
                for number in range(50):
                    admin.send('UserEvent', UserEvent='Fill', Number=number)
                admin.ask('DBPut', Family='test', Key=str(step), Val=str(step))
                admin.call('answer')
            if step % 2:
                lab.stop()
            else:
                lab.kill()
            folder = lab.path('lib', 'journal')
            segments = sorted(name for name in os.listdir(folder) if name.endswith('.events'))
            paths = [os.path.join(folder, segments[-1]), lab.path('log', 'audit.jsonl'), lab.path('lib', 'promises'),
                     lab.path('lib', 'astdb.redb')]
            for path in paths:
                damage(path, dice)
            slowest = max(slowest, lab.start())
            with Manager(lab.ami) as admin:
                kept += admin.ask('DBGet', Family='test', Key='first').get('Response') == 'Success'
            for name in ('switchroom_journal_cut_bytes', 'switchroom_file_damaged_bytes'):
                counts[name] = counts.get(name, 0) + (lab.metric(name) > 0)
        expect(kept == rounds, f'AstDB lost its first value in {rounds - kept} rounds')
        expect(counts['switchroom_file_damaged_bytes'] > rounds // 2, f'damage is not counted: {counts}')
    return (f'{rounds} rounds, 4 files each: {rounds} of {rounds} starts, the slowest {slowest:.2f} s; a damaged end of the '
            f'journal counted in {counts["switchroom_journal_cut_bytes"]} rounds, other files in '
            f'{counts["switchroom_file_damaged_bytes"]}; a value of AstDB from before is there each time')


def damage(path, dice):
    size = os.path.getsize(path)
    with open(path, 'r+b') as file:
        at = dice.randrange(max(0, size - 4000), size) if size else 0
        if dice.random() < 0.5:
            file.truncate(at)
        elif size:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << dice.randrange(8)]))


class Client:
    """One of many that come back at once; each retries until it is logged in and has its snapshot."""

    LOGIN = b'Action: Login\r\nUsername: users\r\nSecret: users-secret\r\n\r\nAction: Snapshot\r\n\r\n'

    def __init__(self, address, selector):
        self.address, self.selector, self.tries, self.done = address, selector, 0, None
        self.sock = None
        self.connect()

    def connect(self):
        if self.sock:
            self.selector.unregister(self.sock)
            self.sock.close()
        self.tries += 1
        self.sock, self.tail, self.sent = socket.socket(), b'', False
        self.sock.setblocking(False)
        self.sock.connect_ex(self.address)
        self.selector.register(self.sock, selectors.EVENT_WRITE, self)

    def ready(self):
        try:
            if not self.sent:
                self.sock.sendall(self.LOGIN)
                self.sent = True
                self.selector.modify(self.sock, selectors.EVENT_READ, self)
                return
            data = self.sock.recv(1 << 16)
        except OSError:
            data = b''
        if not data:
            return self.connect()
        self.tail = (self.tail + data)[-200_000:]
        if b'Event: SnapshotComplete' in self.tail[-len(data) - 40:]:
            self.done = time.monotonic()
            expect(b'Response: Error' not in self.tail, 'a login or snapshot was refused')


def reconnect_at_once(args):
    """1,000 clients reconnect at once after a kill -9 and a restart, each logs in and takes a Snapshot"""
    count = 100 if args.quick else 1000
    with Lab(args.binary) as lab, selectors.DefaultSelector() as selector:
        clients = [Client(('127.0.0.1', lab.ami), selector) for _ in range(count)]
        everybody(clients, selector)
        lab.kill()
        for client in clients:
            client.done = None
        began = time.monotonic()
        threading.Thread(target=lab.start, daemon=True).start()
        everybody(clients, selector)
        times = sorted(client.done - began for client in clients)
        for client in clients:
            client.sock.close()
        cpu, rss = lab.cpu(), lab.rss()
    return (f'{count:,} of {count:,} have their full state, 0 failures; from the start of the process: half after '
            f'{times[count // 2]:.2f} s, the last after {times[-1]:.2f} s; server {cpu:.2f} s of CPU, {rss:.0f} MiB')


def everybody(clients, selector, seconds=120):
    end = time.monotonic() + seconds
    while any(client.done is None for client in clients):
        expect(time.monotonic() < end, f'{sum(c.done is None for c in clients)} clients do not come back')
        ready = selector.select(1)
        for key, _ in ready:
            key.data.ready()
        if not ready or all(key.data.done is None and not key.data.tail for key, _ in ready):
            time.sleep(0.005)  # refused: the server is not there yet
