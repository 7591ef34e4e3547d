#!/usr/bin/env python3
"""What an event costs the server, delivered to readers of the live stream and to those over TCP.

  benches/streams.py --server COMMAND [--readers 1000] [--events 100] [--rate 20] [--rounds 3]

COMMAND starts the server as for compare.py (e.g. "$PWD/switchroom.sh"). The same program reads both ways:
a round has N sessions of the manager over TCP, then as many `GET /events`, and the same events, at the same
pace and then in a closed loop of 32. Only the ratio of the two means anything.
"""
import argparse
import base64
import os
import resource
import selectors
import socket
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import compare  # noqa: E402

MARK = b'@-@'
EVENT = b'Action: UserEvent\r\nUserEvent: Bench\r\nMark: ' + MARK + b'\r\nPad: ' + b'x' * 200 + b'\r\n\r\n'
PATIENCE = 60


class Readers:
    """Sockets that events are read from."""

    def __init__(self, port, hello, welcome, count):
        self.selector = selectors.DefaultSelector()
        self.delivered = 0
        self.sockets = []
        for _ in range(count):
            reader = socket.create_connection(('127.0.0.1', port), timeout=PATIENCE)
            reader.sendall(hello)
            seen = b''
            while welcome not in seen:
                data = reader.recv(65536)
                if not data:
                    raise SystemExit(f'a reader was closed: {seen[-300:]!r}')
                seen += data
            reader.setblocking(False)
            self.sockets.append(reader)
            self.selector.register(reader, selectors.EVENT_READ, bytearray())

    def read(self, seconds):
        """Reads what comes within so many seconds."""
        for key, _ in self.selector.select(max(seconds, 0)):
            data = key.fileobj.recv(1 << 20)
            if not data:
                raise SystemExit('a reader was closed')
            # A mark may stand across two reads.
            kept = key.data
            kept += data
            self.delivered += kept.count(MARK)
            last = kept.rfind(MARK)
            del kept[:max(last + len(MARK), len(kept) - len(MARK) + 1)]

    def close(self):
        self.selector.close()
        for reader in self.sockets:
            reader.close()


def cpu(pid):
    with open(f'/proc/{pid}/stat') as f:
        fields = f.read().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def deliver(server, readers, args, rate):
    """CPU a delivered event, in microseconds: at a pace, or with at most 32 under way."""
    producer = socket.create_connection(('127.0.0.1', server.ports['AMI']))
    producer.sendall(b'Action: Login\r\nUsername: fan\r\nSecret: fan-secret\r\nEvents: off\r\n\r\n')
    events = args.events if rate else args.events * 10
    readers.read(0.3)
    readers.delivered = 0
    before, began, sent = cpu(server.process.pid), time.monotonic(), 0
    end = began + PATIENCE + (events / rate if rate else 0)
    while readers.delivered < events * args.readers:
        now = time.monotonic()
        if now > end:
            raise SystemExit(f'{readers.delivered} of {events * args.readers} delivered')
        due = (now - began) * rate if rate else readers.delivered / args.readers + 32
        while sent < events and sent <= due:
            producer.sendall(EVENT)
            sent += 1
        readers.read(0.05 if not rate else min(0.05, began + (sent + 1) / rate - now))
    spent = cpu(server.process.pid) - before
    producer.close()
    return spent * 1e6 / readers.delivered


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--server', required=True)
    parser.add_argument('--readers', type=int, default=1000)
    parser.add_argument('--events', type=int, default=100)
    parser.add_argument('--rate', type=float, default=20)
    parser.add_argument('--rounds', type=int, default=3)
    args = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    login = b'Action: Login\r\nUsername: fan\r\nSecret: fan-secret\r\n\r\n'
    basic = base64.b64encode(b'fan:fan-secret')
    get = b'GET /events HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic ' + basic + b'\r\n\r\n'
    server = compare.Server(args.server, os.path.join(HERE, 'etc'))
    figures = {}
    try:
        for _ in range(args.rounds):
            for name, port, hello, welcome in (('TCP', 'AMI', login, b'FullyBooted'), ('SSE', 'HTTP', get, b'retry:')):
                readers = Readers(server.ports[port], hello, welcome, args.readers)
                for pace, rate in ((f'{args.rate:g}/s', args.rate), ('closed loop', 0)):
                    figures.setdefault((pace, name), []).append(deliver(server, readers, args, rate))
                readers.close()
    finally:
        server.stop()
    for pace in dict.fromkeys(pace for pace, _ in figures):
        tcp, sse = (statistics.median(figures[pace, name]) for name in ('TCP', 'SSE'))
        print(f'{args.readers} readers, {pace}: TCP {tcp:.2f} µs, SSE {sse:.2f} µs a delivered event, {sse / tcp:.2f}x')


if __name__ == '__main__':
    main()
