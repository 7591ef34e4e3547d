"""A phone with lamps: it subscribes to an extension and is told when its phone registers and rings."""
import re
import socket

from lab import LabTest


class Lamp:
    """A phone that subscribes, and answers what it is told."""

    def __init__(self, port, exten, test):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        test.addCleanup(self.socket.close)
        self.socket.bind(('127.0.0.1', 0))
        self.socket.settimeout(10)
        self.server = ('127.0.0.1', port)
        own = self.socket.getsockname()[1]
        self.send(f'SUBSCRIBE sip:{exten}@127.0.0.1 SIP/2.0', f'Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK1',
                  'From: <sip:dave@127.0.0.1>;tag=lamp', f'To: <sip:{exten}@127.0.0.1>', 'Call-ID: lamp',
                  'CSeq: 1 SUBSCRIBE', f'Contact: <sip:dave@127.0.0.1:{own}>', 'Max-Forwards: 70',
                  'X-Lab-Phone: dave', 'Event: dialog', 'Expires: 600', 'Content-Length: 0')

    def send(self, *lines):
        self.socket.sendto(('\r\n'.join(lines) + '\r\n\r\n').encode(), self.server)

    def told(self):
        """The state in the next NOTIFY, which is answered; other messages are passed over."""
        while True:
            message = self.socket.recv(8192).decode()
            if not message.startswith('NOTIFY'):
                continue
            head = [line for line in message.split('\r\n') if re.match('(Via|From|To|Call-ID|CSeq):', line)]
            self.send('SIP/2.0 200 OK', *head, 'Content-Length: 0')
            return re.search('<state>(.*)</state>', message)[1]


class SubscriptionTest(LabTest):
    def test_a_lamp_follows_its_extension(self):
        lamp = Lamp(self.lab.ports['SIP'], '102', self)
        self.assertEqual(lamp.told(), 'confirmed')  # nobody is there: the lamp is lit
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        self.assertEqual(lamp.told(), 'terminated')
        self.phone('bob', 'ring')
        self.phone('alice', 'call-cancel', to='102')
        self.hung_up('alice')
        self.hung_up('bob')
        self.assertEqual([lamp.told(), lamp.told()], ['early', 'terminated'])
