"""Two SIPp phones call each other; what each hears is exactly what the other says."""
import os
import socket
import struct
import threading
import time

from lab import LabTest, golden

PACKETS = 100
SPACING = 0.02  # seconds, as ulaw is sent


class Voice(threading.Thread):
    """The sound of a phone: says numbered packets and keeps what it hears."""

    def __init__(self, mark, learned):
        super().__init__(daemon=True)
        self.mark, self.learned, self.heard = mark, learned, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]

    def packet(self, number):
        """160 samples of ulaw that no other packet has."""
        text = f'{self.mark}{number:03}'.encode()
        return text * (160 // len(text))

    def run(self):
        deadline = time.monotonic() + 10
        while not (os.path.exists(self.learned) and open(self.learned).read().strip()):
            if time.monotonic() > deadline:
                return
            time.sleep(0.02)
        server = ('127.0.0.1', int(open(self.learned).read()))
        threading.Thread(target=self.listen, daemon=True).start()
        start = time.monotonic()
        for number in range(PACKETS):
            head = struct.pack('!BBHII', 0x80, 0, number, number * 160, 0x1000 + ord(self.mark))
            self.socket.sendto(head + self.packet(number), server)
            time.sleep(max(0, start + (number + 1) * SPACING - time.monotonic()))

    def listen(self):
        while True:
            try:
                data = self.socket.recv(2048)
            except OSError:
                return
            if len(data) > 12 and data[1] & 0x7f == 0:
                self.heard.append(data[12:])


class SoundTest(LabTest):
    def test_each_phone_hears_what_the_other_says(self):
        watcher = self.connect()
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        alice = Voice('A', os.path.join(self.lab.dir, 'alice.port'))
        bob = Voice('B', os.path.join(self.lab.dir, 'bob.port'))
        self.phone('bob', 'talk-answer', rtp=bob.port, learn=bob.learned)
        self.phone('alice', 'talk-call', to=102, rtp=alice.port, learn=alice.learned)
        self.event(watcher, 'BridgeEnter', BridgeNumChannels='2')
        shown = self.console('core show channels')
        self.assertIn('2 active channels\n1 active call\n', shown)
        self.assertRegex(shown, r'PJSIP/alice-\w{8} .* Up +Dial\(PJSIP/bob')
        for voice in (alice, bob):
            voice.start()
        self.hung_up('alice')
        self.hung_up('bob')
        self.assert_heard(bob, alice)
        self.assert_heard(alice, bob)
        for channel in ('alice', 'bob'):
            ended = watcher.wait(lambda m: golden.get(m, 'Event') == 'Hangup'
                                 and f'/{channel}-' in golden.get(m, 'Channel'), 5)
            self.assertEqual(golden.get(ended or [], 'Cause'), '16')
        self.assert_figures(watcher)

    def assert_heard(self, listener, speaker):
        said = [speaker.packet(number) for number in range(PACKETS)]
        known = [payload for payload in listener.heard if payload in said]
        self.assertGreater(len(known), PACKETS * 0.9, f'heard {len(known)} of {PACKETS} packets')
        first = said.index(known[0])
        self.assertEqual(known, said[first:first + len(known)], 'in order, none lost, none twice')

    def assert_figures(self, watcher):
        figures = [golden.get(m, 'Value') for m in watcher.messages
                   if golden.get(m, 'Event') == 'VarSet' and golden.get(m, 'Variable') == 'RTPAUDIOQOS']
        self.assertTrue(figures and all('rxcount=' in figure for figure in figures), figures)
