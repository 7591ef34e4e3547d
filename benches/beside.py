#!/usr/bin/env python3
"""How long a Ping takes while another session lists thousands of channels.

  benches/beside.py --server COMMAND [--channels 10000] [--seconds 4] [--rounds 12] [--apart]

COMMAND starts the server as for compare.py (e.g. "$PWD/switchroom.sh"). Rounds alternate: nobody lists; a client
in a process of its own asks the server for CoreShowChannels and Status in turn, four lists a second; that client is
given as many bytes as often by another process, which is as long busy with them and does nothing else: what the
machine makes of a third busy process. A figure is the median of the rounds', as machines have their moods.

A virtual machine waits for its host (`steal` in proc_stat(5)), and the slowest pings are those during which it did. So
each round says how much of the time the host took, and the figures are told once more of the rounds in which it took
less than QUIET: there is no other way to see what the server does.

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

QUIET = 2  # percent of the processors' time
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


def stolen():
    """Ticks for which the host kept the processors to itself, and all ticks."""
    with open('/proc/stat') as stat:
        times = [int(ticks) for ticks in stat.readline().split()[1:9]]
    return times[7], sum(times)


class Round:
    """The p50, p99 and p99.9 of a round, in microseconds, and what the host took of its time, in percent."""

    def __init__(self, session, seconds):
        before = stolen()
        times = pings(session, seconds)
        taken, all_ = (after - was for was, after in zip(before, stolen()))
        self.pings, self.stolen = len(times), 100 * taken / all_
        cuts = statistics.quantiles(times, n=1000)
        self.cuts = cuts[499], cuts[989], cuts[998]


def tell(name, rounds):
    if not rounds:
        return print(f'{name}: no round')
    p50, p99, worst = (statistics.median(cuts) for cuts in zip(*(each.cuts for each in rounds)))
    of_rounds = ', '.join(f'{each.cuts[1]:.0f} ({each.stolen:.1f} %)' for each in sorted(rounds, key=lambda each: each.stolen))
    print(f'{name}: {len(rounds)} rounds, {sum(each.pings for each in rounds)} pings, p50 {p50:.0f} µs, p99 {p99:.0f} µs, '
          f'p99.9 {worst:.0f} µs; p99 of each and what the host took: {of_rounds}')


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
    parser.add_argument('--seconds', type=float, default=4)
    parser.add_argument('--rounds', type=int, default=12)
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
            figures[alone].append(Round(session, args.seconds))
            stop, lists = multiprocessing.Event(), multiprocessing.SimpleQueue()
            lister = multiprocessing.Process(target=listing, args=(port, stop, lists))
            lister.start()
            figures[beside].append(Round(session, args.seconds))
            stop.set()
            lister.join()
            while not lists.empty():
                seconds, size = lists.get()
                took.append(seconds)
            stop, ready = multiprocessing.Event(), multiprocessing.Event()
            client = multiprocessing.Process(target=given, args=(size, statistics.median(took), stop, ready))
            client.start()
            ready.wait()
            figures[other].append(Round(session, args.seconds))
            stop.set()
            client.join()
    finally:
        server.stop()
    for name, rounds in figures.items():
        tell(name, rounds)
        tell(f'{name}, host quiet', [each for each in rounds if each.stolen < QUIET])
    print(f'{len(took)} lists of {args.channels} rows and {size / 1e6:.1f} MB, {statistics.median(took) * 1e3:.0f} ms each')


if __name__ == '__main__':
    main()
