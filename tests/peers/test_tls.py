"""The manager over TLS: certificates are changed while it runs, and what cannot be had is told."""
import os
import socket
import ssl
import subprocess

from lab import LabTest


class TlsTest(LabTest):
    def certificate(self):
        """The certificate told to a newcomer."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        address = ('127.0.0.1', self.lab.ports['AMI_TLS'])
        with socket.create_connection(address, timeout=5) as stream, context.wrap_socket(stream) as secured:
            self.assertTrue(secured.recv(100).startswith(b'Asterisk Call Manager/'))
            return secured.getpeercert(binary_form=True)

    def secured(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        stream = socket.create_connection(('127.0.0.1', self.lab.ports['AMI_TLS']), timeout=5)
        stream = context.wrap_socket(stream)
        self.addCleanup(stream.close)
        return stream

    def said(self, stream, action):
        stream.sendall(b'Action: ' + action + b'\r\n\r\n')
        got = b''
        while b'\r\n\r\n' not in got:
            part = stream.recv(4096)
            self.assertTrue(part, got)
            got += part
        return got

    def test_a_new_certificate_is_taken_by_a_reload_and_a_bad_one_is_not(self):
        before = self.certificate()
        # Spoken to from one thread: this library's encrypted sockets are not for two.
        stays = self.secured()
        self.assertIn(b'Authentication accepted', self.said(stays, b'Login\r\nUsername: quiet\r\nSecret: quiet-secret'))
        path = os.path.join(self.lab.etc, 'lab.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=new',
                        '-keyout', path + '.key', '-out', path + '.crt'], check=True, capture_output=True, timeout=60)
        with open(path, 'w') as file:
            for part in (path + '.crt', path + '.key'):
                with open(part) as made:
                    file.write(made.read())
        self.console('manager reload')
        after = self.certificate()
        self.assertNotEqual(before, after)
        self.assertIn(b'Pong', self.said(stays, b'Ping'))
        with open(path, 'w') as file:
            file.write('no certificate')
        self.console('manager reload')
        self.assertEqual(self.certificate(), after)
        with open(os.path.join(self.lab.var, 'log', 'messages.log')) as file:
            self.assertRegex(file.read(), r'ERROR\[\d+\] .*manager over TLS: .*lab\.pem')

    def test_who_speaks_no_tls_is_gone_without_a_word(self):
        with socket.create_connection(('127.0.0.1', self.lab.ports['AMI_TLS']), timeout=5) as stream:
            stream.sendall(b'Action: Ping\r\n\r\n')
            try:
                self.assertNotIn(b'Response', stream.recv(100))
            except ConnectionResetError:
                pass
        self.assertIn('users connected', self.console('manager show connected'))
