"""Clients that misbehave over HTTP while two phones talk: they are held within bounds, nobody else notices."""
import socket
import time
import unittest
import urllib.error
import urllib.request

from lab import LabTest, golden

# More than there may be (sessionlimit): half of them say half a request, half of them half of TLS's first word.
MANY = 160
HALF_A_REQUEST = b'POST /rawman HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\naction='
HALF_A_HELLO = b'\x16\x03\x01\x02\x00\x01'


class AbuseTest(LabTest):
    def open(self, port, said):
        """A connection on which this was said, as far as it was taken."""
        stream = socket.create_connection(('127.0.0.1', self.lab.ports[port]), timeout=10)
        self.addCleanup(stream.close)
        try:
            stream.sendall(said)
        except OSError:
            pass  # closed without a byte, as there were too many
        return stream

    def answer(self, stream):
        """The status line of the answer, or nothing if there is none."""
        try:
            return stream.recv(4096).split(b'\r\n')[0]
        except OSError:
            return b''

    def test_a_call_goes_on_and_others_are_served(self):
        watcher = self.connect()
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        self.phone('bob', 'answer')
        self.phone('alice', 'call-wait', to=102)
        self.event(watcher, 'BridgeEnter')

        # What is too large is refused before it is taken.
        flood = b'GET /rawman HTTP/1.1\r\n' + b'X-Y: z\r\n' * 20_000 + b'\r\n'
        self.assertRegex(self.answer(self.open('HTTP', flood)), rb'^(HTTP/1.1 4\d\d .*)?$')
        huge = b'POST /rawman HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n'
        self.assertRegex(self.answer(self.open('HTTP', huge)), rb'^HTTP/1.1 413 ')
        # Who asks for much and reads nothing.
        greedy = b'GET /manager HTTP/1.1\r\nHost: x\r\n\r\n' * 5_000
        stream = socket.create_connection(('127.0.0.1', self.lab.ports['HTTP']), timeout=10)
        self.addCleanup(stream.close)
        stream.setblocking(False)
        stream.send(greedy)

        held = [self.open('HTTP', HALF_A_REQUEST) for _ in range(MANY // 2)]
        held += [self.open('HTTPS', HALF_A_HELLO) for _ in range(MANY // 2)]

        # The manager over TCP answers at once, and the call is as it was.
        began = time.monotonic()
        channels = self.lists(watcher, 'CoreShowChannels')
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(len(channels), 2)
        self.assertEqual({golden.get(channel, 'ChannelStateDesc') for channel in channels}, {'Up'})
        self.ask(watcher, 'Hangup', Channel=golden.get(channels[0], 'Channel'))
        self.hung_up('alice')
        self.hung_up('bob')

        # Once they are gone, there is room again.
        for stream in held:
            stream.close()
        deadline = time.monotonic() + 20
        while not self.is_served():
            self.assertLess(time.monotonic(), deadline, 'HTTP is not served any more')

    def is_served(self):
        url = f"http://127.0.0.1:{self.lab.ports['HTTP']}/rawman?action=ping"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return b'Permission denied' in answer.read()
        except (urllib.error.URLError, OSError):
            return False


if __name__ == '__main__':
    unittest.main()
