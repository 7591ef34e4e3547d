"""The manager over TLS: certificates are changed while it runs, and what cannot be had is told."""
import base64
import http.client
import os
import socket
import ssl
import subprocess
import tempfile

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


class CertificateTest(LabTest):
    """Clients that show a certificate over HTTPS."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.sign('authority', '-x509')
        self.sign('dialer.example')
        with open(self.path('extensions'), 'w') as file:
            file.write('basicConstraints = CA:FALSE\nsubjectAltName = DNS:dialer.example\n')
        subprocess.run(['openssl', 'x509', '-req', '-in', self.path('dialer.example.crt'), '-days', '2',
                        '-CA', self.path('authority.crt'), '-CAkey', self.path('authority.key'), '-CAcreateserial',
                        '-extfile', self.path('extensions'), '-out', self.path('dialer.pem')], check=True, capture_output=True, timeout=60)
        self.added = {
            'http.conf': f'\n[general](+)\ntlscafile = {self.path("authority.crt")}\n',
            'manager.conf': '\n[dialer]\ncertificate = dialer.example\nread = all\nwrite = all\n',
        }
        super().setUp()

    def path(self, name):
        return os.path.join(self.folder, name)

    def sign(self, name, *options):
        subprocess.run(['openssl', 'req', *options, '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', f'/CN={name}',
                        '-keyout', self.path(name + '.key'), '-out', self.path(name + '.crt')],
                       check=True, capture_output=True, timeout=60)

    def ask(self, path, shows=True, method='GET', **headers):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if shows:
            context.load_cert_chain(self.path('dialer.pem'), self.path('dialer.example.key'))
        connection = http.client.HTTPSConnection('127.0.0.1', self.lab.ports['HTTPS'], context=context, timeout=10)
        self.addCleanup(connection.close)
        connection.request(method, path, headers={name.replace('_', '-'): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def test_a_client_logs_in_with_its_certificate(self):
        login = '/rawman?action=login&username=dialer'
        answer, text = self.ask(login)
        self.assertIn('Authentication accepted', text)
        cookie = answer.getheader('Set-Cookie').split(';')[0]
        self.assertIn('Pong', self.ask('/rawman?action=ping', shows=False, Cookie=cookie)[1])
        # Not without one, nor where a page of somebody else's sends a browser here.
        self.assertIn('Authentication failed', self.ask(login, shows=False)[1])
        self.assertIn('Authentication failed', self.ask(login, sec_fetch_site='cross-site')[1])
        # What a session was shown on one connection does not count for what comes on another.
        answer, _ = self.ask('/rawman?action=challenge&authtype=md5')
        cookie = answer.getheader('Set-Cookie').split(';')[0]
        self.assertIn('Authentication failed', self.ask(login, shows=False, Cookie=cookie)[1])

    def test_so_it_does_where_http_names_the_account(self):
        basic = 'Basic ' + base64.b64encode(b'dialer:').decode()
        answer, text = self.ask('/actions/Ping', method='POST', Authorization=basic)
        self.assertEqual(answer.status, 200, text)
        self.assertIn('Pong', text)
        answer, _ = self.ask('/actions/Ping', shows=False, method='POST', Authorization=basic)
        self.assertEqual(answer.status, 401)
