#!/usr/bin/env python3
"""How long a Ping takes while another session lists thousands of channels.

  benches/beside.py --server COMMAND [--channels 10000] [--seconds 10] [--rounds 3] [--apart]

COMMAND starts the server as for compare.py (e.g. "$PWD/switchroom.sh"). Rounds alternate: nobody lists; a client
in a process of its own asks the server for CoreShowChannels and Status in turn, four lists a second; that client is
given as many bytes as often by another process, which is as long busy with them and does nothing else: what the
machine makes of a third busy process. A figure is the median of the rounds', as machines have their moods.

The client that lists gives way to whoever else would run: else the system's scheduler, which lets a client that is
woken run before the server, is most of what is seen. With --apart the threads that serve sessions and the client that pings have one core, all
else another: then the scheduler has no say in it, and what is seen is what sessions make each other wait.
"""
import argparse
import contextlib
import multiprocessing
import os
import socket
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import compare  # noqa: E402

PACE = 0.002  # between pings
LISTS = 0.25  # between lists
ORIGINATE = ('Action: Originate\r\nChannel: Local/hold@bench\r\nContext: bench\r\nExten: hold\r\nPriority: 1\r\n'
             'Async: true\r\n\r\n').encode()


class Session:
    """A session of the manager that hears no events."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask(b'Action: Login\r\nUsername: fan\r\nSecret: fan-secret\r\nEvents: off\r\n\r\n', b'accepted')

    def ask(self, action, end):
        """Sends an action and reads up to the message with this text; how many bytes that were."""
        self.socket.sendall(action)
        tail, size = b'', 0
        while True:
            data = self.socket.recv(1 << 20)
            if not data:
                raise SystemExit('closed')
            size += len(data)
            tail = tail[-200:] + data
            if tail.endswith(b'\r\n\r\n') and end in tail[-400:]:
                return size


def go_apart():
    """Becomes a group of its own (sched(7), autogroup), where the client that pings has a core on another."""
    os.setsid()
    if len(os.sched_getaffinity(0)) == 1:
        os.sched_setaffinity(0, {1})


def give_way():
    """Runs from now on only where nobody else would."""
    go_apart()
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError), open('/proc/self/autogroup', 'w') as group:
        group.write('19')


def part(server):
    """Gives what serves sessions, and this process, one core, and all else of the server another."""
    for thread in os.listdir(f'/proc/{server}/task'):
        with open(f'/proc/{server}/task/{thread}/comm') as name:
            serves = name.read().startswith('tokio-rt-worker')
        os.sched_setaffinity(int(thread), {0 if serves else 1})
    os.sched_setaffinity(0, {0})


def listing(port, stop, lists):
    give_way()
    session = Session(port)
    while not stop.is_set():
        for name in ('CoreShowChannels', 'Status'):
            began = time.monotonic()
            size = session.ask(f'Action: {name}\r\n\r\n'.encode(), f'{name}Complete'.encode())
            lists.put((time.monotonic() - began, size))
            stop.wait(max(0, began + LISTS - time.monotonic()))


def giving(size, seconds, port):
    """Gives a client the bytes of a list, a piece at a time, whenever it asks, and is as long busy with it."""
    go_apart()
    listener = socket.create_server(('127.0.0.1', 0))
    port.put(listener.getsockname()[1])
    client, _ = listener.accept()
    piece = b'x' * 65534
    while client.recv(100):
        began, pieces = time.monotonic(), size // len(piece)
        for given in range(pieces):
            client.sendall(piece)
            while time.monotonic() < began + seconds * (given + 1) / pieces:
                pass
        client.sendall(b'\r\n\r\n')


def given(size, seconds, stop, ready):
    port = multiprocessing.SimpleQueue()
    giver = multiprocessing.Process(target=giving, args=(size, seconds, port), daemon=True)
    giver.start()
    give_way()
    session = Session.__new__(Session)
    session.socket = socket.create_connection(('127.0.0.1', port.get()))
    ready.set()
    while not stop.is_set():
        began = time.monotonic()
        session.ask(b'more', b'')
        stop.wait(max(0, began + LISTS - time.monotonic()))
    session.socket.close()
    giver.join()


def pings(session, seconds):
    """Round trips, in microseconds."""
    times, end = [], time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        session.ask(b'Action: Ping\r\n\r\n', b'Ping: Pong')
        took = time.monotonic() - began
        times.append(took * 1e6)
        time.sleep(max(0, PACE - took))
    return times


def call(session, channels):
    for _ in range(channels // 2):
        session.ask(ORIGINATE, b'successfully queued')
    end = time.monotonic() + 60
    while time.monotonic() < end:
        session.socket.sendall(b'Action: CoreStatus\r\n\r\n')
        answer = session.socket.recv(65536).decode()
        if f'CoreCurrentCalls: {channels}\r\n' in answer or f'CoreCurrentCalls: {channels // 2}\r\n' in answer:
            return
        time.sleep(0.1)
    raise SystemExit(f'not {channels} channels:\n{answer}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--server', required=True)
    parser.add_argument('--channels', type=int, default=10000)
    parser.add_argument('--seconds', type=float, default=10)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--apart', action='store_true')
    args = parser.parse_args()
    server = compare.Server(args.server, os.path.join(HERE, 'etc'))
    port, took, size = server.ports['AMI'], [], 0
    alone, other, beside = 'alone', 'beside another process as busy', 'beside lists'
    figures = {alone: [], other: [], beside: []}
    try:
        session = Session(port)
        call(session, args.channels)
        if args.apart:
            part(server.process.pid)
        for _ in range(args.rounds):
            figures[alone].append(pings(session, args.seconds))
            stop, lists = multiprocessing.Event(), multiprocessing.SimpleQueue()
            lister = multiprocessing.Process(target=listing, args=(port, stop, lists))
            lister.start()
            figures[beside].append(pings(session, args.seconds))
            stop.set()
            lister.join()
            while not lists.empty():
                seconds, size = lists.get()
                took.append(seconds)
            stop, ready = multiprocessing.Event(), multiprocessing.Event()
            client = multiprocessing.Process(target=given, args=(size, statistics.median(took), stop, ready))
            client.start()
            ready.wait()
            figures[other].append(pings(session, args.seconds))
            stop.set()
            client.join()
    finally:
        server.stop()
    for name, rounds in figures.items():
        cuts = [statistics.quantiles(times, n=1000) for times in rounds]
        p50, p99, worst = (statistics.median(cut[at] for cut in cuts) for at in (499, 989, 998))
        of_rounds = ' '.join(f'{cut[989]:.0f}' for cut in cuts)
        print(f'{name}: {sum(map(len, rounds))} pings, p50 {p50:.0f} µs, p99 {p99:.0f} µs ({of_rounds}), p99.9 {worst:.0f} µs')
    print(f'{len(took)} lists of {args.channels} rows and {size / 1e6:.1f} MB, {statistics.median(took) * 1e3:.0f} ms each')


if __name__ == '__main__':
    main()
