"""Cases of what runs out: room on the disk, descriptors, peers that are there."""
import os
import resource
import socket
import subprocess
import time

from lab import Failure, Lab, expect, wait_for
from manager import Manager, place

TMPFS = ['unshare', '-rm', 'sh', '-c', 'mount -t tmpfs -o size=12m tmpfs "$0" && cp -a "$0.seed/." "$0" && exec "$@"']


def disk_full(args):
    """The disk with all state (journal, call records, channel events, audit log, AstDB, promises, log) is full"""
    with (Limited if args.quick else Disk)(args.binary) as lab:
        admin, reader = Manager(lab.ami), Manager(lab.ami, 'users')
        admin.ask('DBPut', Family='test', Key='before', Val='1')
        calls = 10
        make_calls(admin, calls)
        lab.fill()
        before = place(reader.ask('Ping')['Sequence'])
        times = []
        count = 200 if args.quick else 2000
        for number in range(count):
            began = time.monotonic()
            admin.ask('UserEvent', UserEvent='Told', Number=str(number))
            times.append(time.monotonic() - began)
        make_calls(admin, calls)
        put = admin.ask('DBPut', Family='test', Key='during', Val='1')['Response']
        reader.event('UserEvent', Number=str(count - 1))
        expect(reader.told() == [str(number) for number in range(count)], 'a reader lost events')
        failed = {name: wait_for(lambda: lab.metric(name), 10, f'{name} is not counted') for name in
                  ('switchroom_journal_failed', 'switchroom_file_failures', 'switchroom_records_failures')}
        lab.free()
        began = time.monotonic()
        rows = wait_for(lambda: lab.rows() == 4 * calls and lab.rows(), 30, 'all call records are written')
        wait_for(lambda: admin.ask('DBPut', Family='test', Key='after', Val='1')['Response'] == 'Success', 30, 'AstDB')
        recovered = time.monotonic() - began
        wait_for(lambda: 'could not be written here' in lab.read('log', 'messages.log'), 30, 'lost lines are not told')
        time.sleep(6)  # so long the journal waits before it tries again
        admin.ask('UserEvent', UserEvent='Told', Number='recovered')
        time.sleep(1)
        audit = lab.verify()
        lab.restart()
        with Manager(lab.ami, 'users', Resume=f'{before[0]}/{before[1]}') as back:
            back.event('UserEvent', Number='recovered')
            gaps = [m for m in back.messages if m.get('Event') == 'EventsMissed']
            expect(gaps, 'what the journal lacks is not told')
            told = len(back.told()) - 1
        with Manager(lab.ami) as admin:
            for key in ('before', 'during', 'after'):
                expect(admin.ask('DBGet', Family='test', Key=key)['Response'] == 'Success', f'AstDB lost {key}')
    times.sort()
    return (f'full: {count:,} of {count:,} events heard, {calls} of {calls} calls made, an action answered in {times[count * 99 // 100] * 1e3:.1f} '
            f'ms (p99); DBPut answered {put}, as it was not on the disk; failures counted: journal '
            f'{failed["switchroom_journal_failed"]:.0f}, call records {failed["switchroom_records_failures"]:.0f}, others '
            f'{failed["switchroom_file_failures"]:.0f}. With room again: {rows} of {4 * calls} call records there and AstDB '
            f'written after {recovered:.1f} s, no value lost, {audit}; of the events {told:,} can be resumed, the rest is '
            f'told in {len(gaps)} EventsMissed')


def make_calls(admin, count):
    """So many calls of two halves each, up to their end."""
    begin = len(admin.messages)
    for _ in range(count):
        expect(admin.call()['Response'] == 'Success', 'a call is refused')
    done = lambda: sum(m.get('Event') == 'Hangup' for m in admin.messages[begin:]) == 2 * count  # noqa: E731
    wait_for(done, 20, 'the end of the calls')


class Limited(Lab):
    """A server whose files may not grow: writing them fails, and the descriptors it has are not moved."""

    def fill(self):
        hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (1, hard))

    def free(self):
        hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard, hard))

    def read(self, *names):
        with open(self.path(*names), errors='replace') as file:
            return file.read()

    def rows(self):
        return len(self.read('log', 'cdr-csv', 'Master.csv').splitlines())

    def verify(self):
        done = subprocess.run([self.binary, 'audit', 'verify', self.path('log', 'audit.jsonl')], capture_output=True, text=True)
        expect(done.returncode == 0, f'the audit log is not sound: {done.stdout}{done.stderr}')
        return 'the audit log is sound'

    def restart(self):
        self.stop()
        self.start()


class Disk(Limited):
    """A server whose state is on a disk of 12 MiB, in a mount namespace of its own."""

    def __init__(self, binary):
        super().__init__(binary)
        os.rename(self.var, self.var + '.seed')
        os.mkdir(self.var)
        self.wrap = [*TMPFS, self.var]

    def path(self, *names):
        """As it is seen from outside of the namespace."""
        return f'/proc/{self.pid}/root' + os.path.join(self.var, *names)

    def fill(self):
        with open(self.path('filling'), 'wb', 0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def free(self):
        os.remove(self.path('filling'))

    def restart(self):
        """In another namespace, with what was on the disk."""
        seed = self.var + '.seed'
        keep = subprocess.Popen(['nsenter', f'--user=/proc/{self.pid}/ns/user', f'--mount=/proc/{self.pid}/ns/mnt',
                                 'sleep', '1000'], stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: os.path.exists(f'/proc/{keep.pid}/root{self.var}/lib'), 10, 'the namespace')
            self.stop()
            subprocess.run(['rm', '-rf', seed], check=True)
            subprocess.run(['cp', '-a', f'/proc/{keep.pid}/root{self.var}', seed], check=True)
        finally:
            keep.kill()
            keep.wait()
        self.start()


def descriptors_exhausted(args):
    """All 256 descriptors are taken by a flood of 1,000 connections that is held for 10 s"""
    limit, flood, held = 256, 1000, 2 if args.quick else 10
    with Lab(args.binary, wrap=['sh', '-c', f'ulimit -n {limit}; exec "$0" "$@"']) as lab:
        admin = Manager(lab.ami)
        reader = Manager(lab.ami, 'users')
        admin.call('answer')
        admin.event('OriginateResponse')
        streams = [open_stream(lab.ami) for _ in range(flood)]
        wait_for(lambda: lab.files() >= limit - 1, 10, 'all descriptors taken')
        cpu, began, times = lab.cpu(), time.monotonic(), []
        while time.monotonic() - began < held:
            asked = time.monotonic()
            expect(admin.ask('Ping')['Response'] == 'Success', 'no answer')
            times.append(time.monotonic() - asked)
            time.sleep(0.05)
        spent = (lab.cpu() - cpu) / held
        expect(admin.call('answer')['Response'] == 'Success', 'no new call between Local channels')
        expect(spent < 0.05, f'{spent:.1%} of a core: it runs in circles')
        admin.ask('UserEvent', UserEvent='Told', Number='1')
        reader.event('UserEvent', Number='1')
        lines = [m for m in (admin.ask('CoreStatus'),) if m.get('CoreCurrentCalls')]
        expect(lines and int(lines[0]['CoreCurrentCalls']) >= 2, f'a call was lost: {lines}')
        for stream in streams:
            stream.close()
        freed = time.monotonic()
        Manager(lab.ami).close()
        back = time.monotonic() - freed
        told = lab.log().count('no connection can be taken')
        expect(1 <= told <= 5, f'told {told} times')
    times.sort()
    return (f'{limit} of {limit} taken: pings answered in {times[len(times) * 99 // 100] * 1e3:.1f} ms (p99), calls stay and '
            f'new Local calls are made; {spent:.1%} of a core; told {told} times in the log; freed: a new login after '
            f'{back * 1e3:.0f} ms')


def open_stream(port):
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(('127.0.0.1', port))
    return sock


def half_open(args):
    """Two clients whose host vanishes without a word: one idle, one that hears events; and one that never reads"""
    if args.quick:
        return watched(args)
    if not args.inside:
        return within_network(args)
    subprocess.run('ip link set lo up && ip addr add 10.9.0.1/32 dev lo && ip addr add 10.9.0.2/32 dev lo',
                   shell=True, check=True)
    with Lab(args.binary, bind='0.0.0.0') as lab:
        far = {'host': '10.9.0.1', 'source': ('10.9.0.2', 0)}
        idle, hearing = Manager(lab.ami, 'quiet', **far), Manager(lab.ami, 'users', **far)
        admin = Manager(lab.ami)
        deaf = socket.create_connection(('127.0.0.1', lab.ami))
        deaf.sendall(b'Action: Login\r\nUsername: plain\r\nSecret: plain-secret\r\n\r\n')
        subprocess.run('ip addr del 10.9.0.2/32 dev lo && ip route add blackhole 10.9.0.2/32', shell=True, check=True)
        began, memory, ended = time.monotonic(), lab.rss(), {}
        kinds = {'idle': 'quiet', 'hearing': 'users', 'deaf': 'plain'}
        highest = memory
        while len(ended) < len(kinds):
            passed = time.monotonic() - began
            expect(passed < 200, f'still there after {passed:.0f} s: {set(kinds) - set(ended)}')
            if len(ended) < 2:
                for _ in range(400):
                    admin.send('UserEvent', UserEvent='Told', Filling='x' * 900)
            highest = max(highest, lab.rss())
            shown = [line.split()[0] for line in lab.console('manager show connected').splitlines() if line]
            for kind, user in kinds.items():
                if kind not in ended and user not in shown:
                    ended[kind] = passed
            time.sleep(0.5)
        closed = lab.metric('switchroom_manager_closed')
        del idle, hearing
    expect(highest - memory < 64, f'memory grew by {highest - memory:.0f} MiB')
    return (f'of 400 events of 1 KiB each half second, the one that hears is closed by `writetimeout` once its buffers are full '
            f'({ended["hearing"]:.0f} s), so is the one that never reads ({ended["deaf"]:.0f} s); the idle one by keepalive after '
            f'{ended["idle"]:.0f} s; memory grew by {highest - memory:.1f} MiB at most; {closed:.0f} sessions ended, nobody else')


def watched(args):
    """Only whether the system looks after idle connections: its timers are there for all to see."""
    with Lab(args.binary) as lab, Manager(lab.ami, 'quiet') as idle, socket.create_connection(('127.0.0.1', lab.http)) as page:
        for port, client in ((lab.ami, idle.sock), (lab.http, page)):
            ends = f':{port:04X} 0100007F:{client.getsockname()[1]:04X} 01 '
            wait_for(lambda: keepalive(ends), 10, f'keepalive on port {port}')
    return 'idle connections have keepalive'


def keepalive(ends):
    with open('/proc/net/tcp') as file:
        return any(ends in line and line.split()[5].startswith('02:') for line in file)


def within_network(args):
    """The same in a network of its own."""
    command = ['unshare', '-rn', 'python3', os.path.dirname(os.path.abspath(__file__)), args.binary,
               '--only', 'half_open', '--inside']
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    if done.returncode:
        raise Failure(done.stdout[-2000:] + done.stderr[-2000:])
    return done.stdout.strip().splitlines()[-1]


def raise_limits():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
