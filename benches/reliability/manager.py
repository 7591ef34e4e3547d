"""A client of the manager that keeps what it was told."""
import socket
import threading
import time

from lab import expect


class Manager:
    """A connection, logged in. A thread of its own reads, so that nobody waits for it."""

    def __init__(self, port, user='admin', host='127.0.0.1', source=None, **headers):
        self.sock = socket.create_connection((host, port), 10, source)
        self.sock.settimeout(None)
        self.changed = threading.Condition()
        self.messages, self.closed, self.sent = [], False, 0
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        self.login = self.ask('Login', Username=user, Secret=f'{user}-secret', **headers)
        expect(self.login.get('Response') == 'Success', f'login: {self.login}')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.thread.join()
        self.sock.close()

    def read(self):
        rest = b''
        try:
            while data := self.sock.recv(1 << 18):
                if rest.startswith(b'Asterisk') or data.startswith(b'Asterisk'):
                    _, _, data = (rest + data).partition(b'\r\n')
                    rest = b''
                *blocks, rest = (rest + data).split(b'\r\n\r\n')
                told = [parsed(block) for block in blocks]
                with self.changed:
                    self.messages += told
                    self.changed.notify_all()
        except OSError:
            pass
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def send(self, action, **headers):
        lines = [f'Action: {action}', *(f'{name}: {value}' for name, value in headers.items())]
        self.sock.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())

    def ask(self, action, seconds=20, **headers):
        """The response to an action."""
        self.sent += 1
        ident, begin = f'{action}-{self.sent}', len(self.messages)
        self.send(action, ActionID=ident, **headers)
        return self.wait(lambda m: 'Response' in m and m.get('ActionID') == ident, seconds, begin, action)

    def event(self, name, seconds=20, begin=0, **headers):
        wanted = {'Event': name, **headers}
        return self.wait(lambda m: wanted.items() <= m.items(), seconds, begin, str(wanted))

    def wait(self, wanted, seconds, begin=0, what=''):
        """The first message from this one on that is wanted."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                for message in self.messages[begin:]:
                    if wanted(message):
                        return message
                begin = len(self.messages)
                left = end - time.monotonic()
                expect(left > 0 and not self.closed, f'no {what}')
                self.changed.wait(left)

    def told(self, name='UserEvent', header='Number'):
        """What this header said in events of this name."""
        return [m.get(header) for m in list(self.messages) if m.get('Event') == name and header in m]

    def call(self, exten='short', **headers):
        """Has two Local channels call; the response."""
        return self.ask('Originate', Channel=f'Local/{exten}@lab', Application='Wait', Data='600', Async='true', **headers)


def parsed(block):
    return dict(line.split(': ', 1) for line in block.decode().split('\r\n') if ': ' in line)


def place(text):
    """A place in the order of events: the run and the number."""
    run, number = text.split('/')
    return int(run), int(number)
