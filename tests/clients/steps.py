"""What the Python programs share: a step a line in, a line a step out (see run.py)."""
import os
import sys
import threading
import time
import traceback

HOST, PORT = os.environ['CLIENT_HOST'], int(os.environ['CLIENT_PORT'])
TLS_PORT, TRUSTS = int(os.environ['CLIENT_TLS_PORT']), os.environ['CLIENT_TRUSTS']
USER, SECRET = os.environ['CLIENT_USER'], os.environ['CLIENT_SECRET']
WRONG = 'not-' + SECRET


class Seen:
    """The messages a client told of so far, to be waited for."""

    def __init__(self):
        self.messages = []
        self.arrived = threading.Condition()

    def add(self, message):
        with self.arrived:
            self.messages.append(message)
            self.arrived.notify_all()

    def clear(self):
        with self.arrived:
            self.messages.clear()

    def until(self, test, seconds=15):
        """All messages up to the first that passes the test."""
        end = time.monotonic() + seconds
        with self.arrived:
            while True:
                for index, message in enumerate(self.messages):
                    if test(message):
                        return self.messages[:index + 1]
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError('not told in time')
                self.arrived.wait(left)


def serve(client):
    """Does the steps asked for with the methods of `client`."""
    for line in sys.stdin:
        name, *arguments = line.rstrip('\n').split('\t')
        try:
            values = getattr(client, name.replace('-', '_'))(*arguments) or []
            print('\t'.join([f'ok {name}', *map(str, values)]), flush=True)
        except Exception as error:  # whatever a client may raise is told
            traceback.print_exc()
            print(f'fail {name}: {type(error).__name__} {error}'.replace('\n', ' '), flush=True)
    os._exit(0)  # clients' threads may wait for ever
