"""Going on where a session was cut off: over real sockets, every event once and in order."""
import socket

from lab import LabTest, golden


class ResumeTest(LabTest):
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
