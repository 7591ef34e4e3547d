"""A thousand malformed messages a port: the server goes on answering, calls stay up."""
import random
import socket

from lab import LabTest, golden

MESSAGES = 1000

MANAGER = (b'Action: Originate\r\nActionID: 7\r\nChannel: Local/wait@lab\r\nContext: lab\r\nExten: wait\r\n'
           b'Priority: 1\r\nVariable: A=1,B=2\r\nAsync: true\r\n\r\n')

SIP = (b'INVITE sip:102@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%d;branch=z9hG4bK-%d\r\n'
       b'From: "Alice" <sip:alice@127.0.0.1>;tag=1\r\nTo: <sip:102@127.0.0.1>\r\nCall-ID: %d@test\r\n'
       b'CSeq: 1 INVITE\r\nContact: <sip:alice@127.0.0.1:%d>\r\nMax-Forwards: 70\r\n'
       b'Authorization: Digest username="alice", realm="asterisk", nonce="1", uri="sip:102", response="2"\r\n'
       b'Content-Type: application/sdp\r\nContent-Length: 112\r\n\r\n'
       b'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
       b'm=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n')

SPLICES = [b'\0', b'\r', b'\n', b'\r\n', b'\r\n\r\n', b'\xff\xfe', b':', b';;', b'<', b'>', b'"', b'\\', b'%00',
           b'A' * 1100, b'9' * 40, b'-1', b' \t ', b'SIP/3.0', b'Content-Length: 999999999\r\n', b'\xc3\x28']


def malformed(chance, message):
    """The message with up to six pieces cut out, doubled or put in."""
    message = bytearray(message)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(message) + 1)
        end = min(len(message), start + chance.choice([0, 1, 2, 8, 64]))
        piece = chance.choice([b'', bytes(message[start:end]) * 2, chance.choice(SPLICES), chance.randbytes(3)])
        message[start:end] = piece
    return bytes(message)


class MalformedTest(LabTest):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(5038)
        self.manager = self.connect()
        self.ask(self.manager, 'Originate', Channel='Local/wait@lab', Context='lab', Exten='wait', Priority=1)

    def test_manager(self):
        for round_ in range(MESSAGES // 20):
            with socket.create_connection(('127.0.0.1', self.lab.ports['AMI']), timeout=5) as stream:
                if round_ % 2:  # half of them from a session that is logged in
                    stream.sendall(b'Action: Login\r\nUsername: quiet\r\nSecret: quiet-secret\r\n\r\n')
                self.throw(stream, [malformed(self.chance, MANAGER) for _ in range(20)])
        self.assert_alive()

    def test_sip_over_udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(('127.0.0.1', 0))
            port = datagrams.getsockname()[1]
            for number in range(MESSAGES):
                message = malformed(self.chance, SIP % (b'UDP', port, number, number, port))
                datagrams.sendto(message[:60000], ('127.0.0.1', self.lab.ports['SIP']))
        self.assert_alive()

    def test_sip_over_tcp(self):
        for round_ in range(MESSAGES // 20):
            with socket.create_connection(('127.0.0.1', self.lab.ports['SIP']), timeout=5) as stream:
                port = stream.getsockname()[1]
                self.throw(stream, [malformed(self.chance, SIP % (b'TCP', port, n, round_ * 20 + n, port))
                                    for n in range(20)])
        self.assert_alive()

    def throw(self, stream, messages):
        try:
            for message in messages:
                stream.sendall(message)
        except (BrokenPipeError, ConnectionResetError, socket.timeout):
            pass  # it may well hang up on us

    def assert_alive(self):
        self.assertIsNone(self.lab.server.poll(), 'the server ended')
        self.assertEqual(golden.get(self.ask(self.manager, 'Ping'), 'Ping'), 'Pong')
        shown = self.console('core show channels concise')
        self.assertGreaterEqual(len([line for line in shown.splitlines() if line.startswith('Local/wait@lab-')]), 2)
        self.phone('alice', 'register', expires=60)
        self.hung_up('alice')
