"""Going on where a session was cut off: over real sockets, every event once and in order."""
import glob
import http.client
import json
import os
import signal
import socket

from lab import LabTest, golden

try:
    from websockets.sync.client import connect
except ImportError:
    connect = None


BASIC = {'Authorization': 'Basic YWRtaW46YWRtaW4tc2VjcmV0'}


class Stream:
    """The live stream as Server-Sent Events."""

    def __init__(self, test, port, headers=()):
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=20)
        test.addCleanup(self.connection.close)
        self.connection.request('GET', '/events', headers={**BASIC, **dict(headers)})
        self.lines = self.connection.getresponse()
        test.assertEqual(self.lines.status, 200)

    def until(self, number):
        """What is told up to the event with this number: place, name if it is no event, what it says."""
        told = []
        while not told or told[-1][2].get('Number') != str(number):
            fields = {}
            while line := self.lines.readline().decode().rstrip('\n'):
                name, _, value = line.partition(': ')
                fields[name] = value
            if 'data' in fields:
                told.append((fields.get('id'), fields.get('event'), json.loads(fields['data'])))
        return told


class Sequenced(LabTest):
    def open(self, user='admin', **headers):
        """A connection that is told places, and the answer to its login."""
        connection = golden.Connection(self.lab.ports['AMI'])
        self.addCleanup(connection.end)
        answer = self.ask(connection, 'Login', Username=user, Secret=user + '-secret', **headers)
        self.assertEqual(golden.get(answer, 'Response'), 'Success')
        return connection, answer

    def tell(self, connection, number):
        self.ask(connection, 'UserEvent', UserEvent='Told', Number=str(number))

    @staticmethod
    def heard(connection):
        """What was told, but for what is told to whom logs in."""
        return [m for m in connection.messages
                if m[0][0] == 'Event' and golden.get(m, 'Event') != 'FullyBooted']

    def told(self, connection):
        return [golden.get(m, 'Number') for m in self.heard(connection)
                if golden.get(m, 'UserEvent') == 'Told']


class ResumeTest(Sequenced):
    def test_who_was_cut_off_hears_what_the_others_heard(self):
        stayed, _ = self.open(Sequence='on')
        cut, _ = self.open(Sequence='on')
        author = self.connect('quiet')
        for number in range(100):
            self.tell(author, number)
        self.event(cut, 'UserEvent', Number='50')
        cut.sock.shutdown(socket.SHUT_RDWR)
        with cut.cond:
            cut.cond.wait_for(lambda: cut.closed, 5)
        last = golden.get(self.heard(cut)[-1], 'Sequence')
        for number in range(100, 200):
            self.tell(author, number)
        back, answer = self.open(Resume=last)
        self.assertEqual(golden.get(answer, 'Sequence'), last)
        for number in range(200, 300):
            self.tell(author, number)
        for reader in (stayed, back):
            self.event(reader, 'UserEvent', Number='299')
        self.assertEqual(self.told(stayed), [str(number) for number in range(300)])
        whole = self.heard(stayed)
        first = self.heard(cut)
        self.assertIn(first[0], whole)
        start = whole.index(first[0])
        joined = first + self.heard(back)
        end = next(i for i, m in enumerate(joined) if golden.get(m, 'Number') == '299')
        self.assertEqual(joined[:end + 1], whole[start:start + end + 1])

    def test_a_session_is_told_again_what_it_may_hear(self):
        author = self.connect('quiet')
        deaf, answer = self.open('calls', Sequence='on')
        reader, _ = self.open(Sequence='on')
        for number in range(3):
            self.tell(author, number)
        self.event(reader, 'UserEvent', Number='2')
        place = golden.get(answer, 'Sequence')
        for connection in (deaf, reader):
            self.ask(connection, 'Resume', Sequence=place)
        self.tell(author, 3)
        self.event(reader, 'UserEvent', Number='3')
        self.assertEqual(self.told(reader), ['0', '1', '2', '0', '1', '2', '3'])
        self.ask(deaf, 'Ping')
        self.assertEqual(self.told(deaf), [])

    def test_who_comes_from_elsewhere_is_told_what_is_not_there(self):
        run = golden.get(self.open(Sequence='on')[1], 'Sequence').split('/')[0]
        _, answer = there = self.open('calls', Resume=f'{int(run) + 1}/7')
        missed = self.event(there[0], 'EventsMissed')
        self.assertEqual(golden.get(missed, 'From'), f'{int(run) + 1}/8')
        self.assertEqual(golden.get(missed, 'To'), golden.get(answer, 'Sequence'))
        self.assertEqual(golden.get(missed, 'Reason'), 'unknown')
        _, answer = before = self.open('calls', Resume='1700000000000/7')
        missed = self.event(before[0], 'EventsMissed')
        self.assertEqual((golden.get(missed, 'From'), golden.get(missed, 'To'), golden.get(missed, 'Reason')),
                         ('1700000000000/8', f'{run}/0', 'restarted'))

    def test_who_does_not_ask_is_told_no_place(self):
        plain = self.connect()
        self.ask(plain, 'CoreShowChannels')
        self.tell(plain, 1)
        self.event(plain, 'UserEvent', Number='1')
        self.assertFalse([m for m in plain.messages if golden.get(m, 'Sequence')])


class JournalTest(Sequenced):
    added = {'journal.conf': '[general]\nenabled = yes\n'}

    def end(self, how):
        os.killpg(self.lab.server.pid, how)
        self.lab.server.wait(30)

    def again(self):
        self.lab.start()
        self.lab.boot()

    def segments(self):
        return sorted(glob.glob(os.path.join(self.lab.var, '**', '*.events'), recursive=True))

    def burst(self, count):
        """Tells so many events; what a reader heard of them, and its last place."""
        reader, _ = self.open(Sequence='on')
        author = self.connect('quiet')
        text = ''.join(f'Action: UserEvent\r\nUserEvent: Told\r\nNumber: {number}\r\n\r\n' for number in range(count))
        author.sock.sendall(text.encode())
        self.event(reader, 'UserEvent', 30, Number=str(count - 1))
        return reader

    def test_a_session_goes_on_across_a_restart(self):
        reader = self.burst(100)
        heard = [m for m in self.heard(reader) if golden.get(m, 'UserEvent') == 'Told']
        place = golden.get(heard[49], 'Sequence')
        self.end(signal.SIGTERM)
        self.again()
        back, answer = self.open(Resume=place)
        self.assertEqual(golden.get(answer, 'Sequence'), place)
        self.tell(self.connect('quiet'), 'after')
        self.event(back, 'UserEvent', Number='after')
        # The same words as before, then what happened at the end and since.
        again = [m for m in self.heard(back) if golden.get(m, 'UserEvent') == 'Told']
        self.assertEqual(again[:50], heard[50:])
        self.assertEqual(golden.get(again[50], 'Number'), 'after')
        names = [golden.get(m, 'Event') for m in self.heard(back)]
        self.assertIn('Shutdown', names)
        self.assertNotIn('EventsMissed', names)
        # What happens next is heard by all who have come to the end of the journal and wait.
        others = [self.open(Resume=place)[0] for _ in range(20)]
        for other in others:
            self.event(other, 'UserEvent', Number='after')
        self.tell(self.connect('quiet'), 'next')
        for other in others:
            self.event(other, 'UserEvent', Number='next')
        # Rights hold for what was before, too.
        deaf, _ = self.open('calls', Resume=place)
        self.ask(deaf, 'Ping')
        self.ask(deaf, 'CoreShowChannels')
        self.assertEqual(self.told(deaf), [])

    def test_nothing_that_was_told_is_lost_to_a_kill(self):
        reader = self.burst(20000)
        place = golden.get(self.heard(reader)[0], 'Sequence')
        self.end(signal.SIGKILL)
        self.again()
        back, _ = self.open(Resume=place)
        missed = self.event(back, 'EventsMissed', 60)
        self.assertEqual(golden.get(missed, 'Reason'), 'restarted')
        run = place.split('/')[0]
        self.assertEqual(golden.get(missed, 'From').split('/')[0], run)
        self.assertTrue(golden.get(missed, 'To').endswith('/0'))
        # The journal is right behind: what is not in it is what was told in the last moment.
        told = self.told(back)
        self.assertEqual(told, [str(number) for number in range(len(told))])
        self.assertGreater(len(told), 19000)

    def test_streams_go_on_across_a_kill(self):
        count = 3000
        stream = Stream(self, self.lab.ports['HTTP'])
        self.burst(count)
        before = stream.until(count - 1)
        # Once it is the system's, no kill takes it away.
        last = f'Number: {count - 1}\r\n'.encode()
        self.until(lambda: any(last in open(path, 'rb').read() for path in self.segments()))
        self.end(signal.SIGKILL)
        self.again()
        places = {event['Number']: place for place, _, event in before if event.get('UserEvent') == 'Told'}
        again = Stream(self, self.lab.ports['HTTP'], {'Last-Event-ID': places['999']})
        self.tell(self.connect('quiet'), 'after')
        told = again.until('after')
        numbers = [event['Number'] for _, _, event in told if event.get('UserEvent') == 'Told']
        self.assertEqual(numbers, [*map(str, range(1000, count)), 'after'])
        # The same events at the same places; what may have been told in the last moment is told of, once.
        old = [one for one in before if one[0] in {place for place, *_ in told}]
        self.assertEqual([one for one in told if one[0] in {place for place, *_ in old}], old)
        gaps = [(index, event) for index, (_, name, event) in enumerate(told) if name == 'gap']
        self.assertEqual([event for _, event in gaps], [{'missed': None}])
        self.assertGreaterEqual(gaps[0][0], count - 1000)
        # So is a WebSocket.
        if connect:
            with connect(f"ws://127.0.0.1:{self.lab.ports['HTTP']}/ws?after={places['999']}",
                         additional_headers=BASIC) as socket:
                heard = []
                while 'after' not in heard:
                    events = json.loads(socket.recv(timeout=20)).get('events', [])
                    heard += [event['Number'] for event in events if event.get('UserEvent') == 'Told']
            self.assertEqual(heard, numbers)

    def test_a_torn_end_is_cut_and_told(self):
        reader = self.burst(100)
        place = golden.get(self.heard(reader)[0], 'Sequence')
        self.end(signal.SIGTERM)
        with open(self.segments()[-1], 'r+b') as file:
            file.truncate(os.path.getsize(file.name) - 30)
        self.again()
        back, _ = self.open(Resume=place)
        missed = self.event(back, 'EventsMissed')
        self.assertEqual(golden.get(missed, 'Reason'), 'restarted')
        self.assertEqual(self.told(back), [str(number) for number in range(100)])
        self.assertIn('cut off', open(self.lab.log.name).read())
        self.assertRegex(self.console('prometheus show metrics'), 'switchroom_journal_cut_bytes [1-9]')
