"""Manager sessions at their limits: too many, too slow, no files left; nobody else is moved."""
import re
import resource
import selectors
import socket
import time

from lab import LabTest, SWITCHROOM, golden


class SessionsTest(LabTest):
    def open(self):
        """A connection that says nothing."""
        stream = socket.create_connection(('127.0.0.1', self.lab.ports['AMI']), timeout=5)
        self.addCleanup(stream.close)
        return stream

    def test_who_comes_beyond_authlimit_gets_no_byte_and_the_count_is_exact(self):
        strangers = [self.open() for _ in range(50)]
        for stream in strangers:
            self.assertTrue(stream.recv(100).startswith(b'Asterisk Call Manager/'))
        self.assertEqual(self.open().recv(100), b'')
        strangers.pop().close()
        deadline = time.monotonic() + 5
        while not self.open().recv(100):
            self.assertLess(time.monotonic(), deadline, 'the place is not given back')
        self.assertIn('50 users connected.', self.console('manager show connected'))

    def test_a_session_is_kicked_without_a_word(self):
        connection = self.connect()
        shown = self.console('manager show connected').splitlines()
        row = next(line for line in shown if line.split()[:1] == ['admin'])
        descriptor = row.split()[4]
        self.assertIn('Kicking manager session', self.console(f'manager kick session {descriptor}'))
        with connection.cond:
            connection.cond.wait_for(lambda: connection.closed, 5)
        self.assertTrue(connection.closed)
        self.assertIn('No manager session found', self.console(f'manager kick session {descriptor}'))

    def test_a_reader_that_stops_is_closed_and_moves_nobody(self):
        slow = self.open()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(b'Action: Login\r\nUsername: admin\r\nSecret: admin-secret\r\n\r\n')
        healthy, author = self.connect('onlyuser'), self.connect('quiet')
        filling = 'x' * 900
        for number in range(8000):  # more than its socket and its bound take
            author.sock.sendall(f'Action: UserEvent\r\nUserEvent: Fill\r\nNumber: {number}\r\nFilling: {filling}\r\n\r\n'.encode())
        self.event(healthy, 'UserEvent', 30, Number='7999')
        heard = [golden.get(m, 'Number') for m in healthy.messages if golden.get(m, 'UserEvent') == 'Fill']
        self.assertEqual(heard, [str(number) for number in range(8000)])
        deadline = time.monotonic() + 10
        while True:
            users = [line.split()[:1] for line in self.console('manager show connected').splitlines()]
            if ['admin'] not in users:
                break
            self.assertLess(time.monotonic(), deadline, 'the slow reader is still there')
            time.sleep(0.1)
        self.assertIn('closed{reason="took nothing', self.console('prometheus show metrics'))


class LagTest(LabTest):
    added = {'manager.conf': """
[patient]
secret = patient-secret
read = all
onlag = skip
keepclasses = call
sequence = yes
"""}

    def test_a_reader_that_stops_keeps_what_it_must_and_is_told_of_the_rest(self):
        slow = socket.create_connection(('127.0.0.1', self.lab.ports['AMI']), timeout=20)
        self.addCleanup(slow.close)
        slow.sendall(b'Action: Login\r\nUsername: patient\r\nSecret: patient-secret\r\n\r\n')
        author = self.connect('quiet')
        fill = (b'Action: UserEvent\r\nUserEvent: Fill\r\nFilling: ' + b'x' * 900 + b'\r\n\r\n') * 100
        admin = self.connect()
        self.ask(admin, 'Events', EventMask='off')
        for number in range(300):
            author.sock.sendall(fill)
            if number % 100 == 50:
                self.ask(admin, 'Originate', Channel='Local/wait@lab', Application='Wait', Data=1, Async='true')
        self.ask(author, 'UserEvent', UserEvent='Skipped')
        self.ask(admin, 'Originate', Channel='Local/wait@lab', Application='Wait', Data=1, Async='true')
        heard, rest, ended = [], b'', False
        while not ended:
            data = slow.recv(1 << 16)
            self.assertTrue(data, 'it was closed')
            rest += data
            *blocks, rest = rest.split(b'\r\n\r\n')
            heard += [block for block in blocks if block.startswith(b'Event: ')]
            ended = sum(block.startswith(b'Event: OriginateResponse') for block in heard) == 4
        headers = [dict(line.split(': ', 1) for line in block.decode().split('\r\n')) for block in heard]
        number = lambda place: int(place.split('/')[1])
        places = [number(event['Sequence']) for event in headers if event['Event'] != 'FullyBooted']
        self.assertEqual(places, sorted(places))
        gaps = [event for event in headers if event['Event'] == 'EventsMissed']
        self.assertTrue(gaps)
        self.assertEqual({event['Reason'] for event in gaps}, {'lag'})
        told = sum(event['Event'] == 'UserEvent' for event in headers)
        self.assertLess(told, 30000)
        self.assertEqual(sum(event['Event'] == 'Newchannel' for event in headers), 8)


class ManyReadersTest(LabTest):
    READERS, EVENTS = 999, 50
    added = {'manager.conf': '\n[reader]\nsecret = reader-secret\nread = user\n'}
    command = f'sh -c \'ulimit -n 4096; exec "$0" "$@"\' "{SWITCHROOM}" -f -C "$LAB_ETC/asterisk.conf"'

    def setUp(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        super().setUp()

    def open(self, user):
        """A connection, logged in, of which nothing more is read."""
        stream = socket.create_connection(('127.0.0.1', self.lab.ports['AMI']), timeout=20)
        self.addCleanup(stream.close)
        stream.sendall(f'Action: Login\r\nUsername: {user}\r\nSecret: {user}-secret\r\n\r\n'.encode())
        told = b''
        while b'Authentication accepted' not in told:
            told += stream.recv(4096)
        return stream

    def read_all(self, streams, marks):
        """Reads until each was told this; what each was told."""
        told = {stream: b'' for stream in streams}
        with selectors.DefaultSelector() as selector:
            for stream in streams:
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(20)
                self.assertTrue(ready, f'{len(selector.get_map())} readers are not told')
                for key, _ in ready:
                    data = key.fileobj.recv(1 << 16)
                    self.assertTrue(data, 'a reader was closed')
                    told[key.fileobj] += data
                    if marks in told[key.fileobj]:
                        selector.unregister(key.fileobj)
        return told.values()

    def test_one_that_stops_moves_none_of_the_others_and_no_call(self):
        readers = [self.open('reader') for _ in range(self.READERS)]
        self.open('admin')  # hears everything, and reads nothing
        author, caller = self.connect('quiet'), self.connect('calls')
        variables = ''.join(f'Variable: FILLING{n}={"x" * 900}\r\n' for n in range(80))
        for number in range(self.EVENTS):
            for _ in range(2):  # only the one that stops hears of variables
                caller.sock.sendall(b'Action: Originate\r\nChannel: Local/short@lab\r\nApplication: Wait\r\nData: 1\r\n'
                                    b'Async: true\r\n' + variables.encode() + b'\r\n')
            self.ask(author, 'UserEvent', UserEvent='Told', Number=f'<{number}>')
        wanted = [f'<{number}>'.encode() for number in range(self.EVENTS)]
        for told in self.read_all(readers, wanted[-1]):
            self.assertEqual(re.findall(rb'Number: (<\d+>)', told), wanted)
        self.assertIn('closed{reason="took nothing', self.console('prometheus show metrics'))
        for _ in range(2 * self.EVENTS):
            self.event(caller, 'OriginateResponse', Response='Success')
