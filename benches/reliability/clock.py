"""The clock is set, a day ahead and two days back, while the server runs."""
import csv
import glob
import hashlib
import os
import re
import socket
import time
import urllib.error
import urllib.request

from lab import Failure, Lab, expect, wait_for
from manager import Manager

PHONE = '''REGISTER sip:127.0.0.1:{sip} SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{cseq}
From: <sip:100@127.0.0.1>;tag=a
To: <sip:100@127.0.0.1>
Call-ID: clock
CSeq: {cseq} REGISTER
Contact: <sip:100@127.0.0.1:{port}>
Expires: 300
Max-Forwards: 70
Content-Length: 0

'''


def library():
    found = glob.glob('/usr/lib/*/faketime/libfaketime.so.1')
    if not found:
        raise Failure('libfaketime is not installed (Debian: apt-get install faketime)')
    return found[0]


class Phone:
    """A phone that registers over UDP."""

    def __init__(self, lab):
        self.sock, self.lab, self.sequence = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), lab, 0
        self.sock.bind(('127.0.0.1', 0))
        self.sock.settimeout(10)

    def register(self):
        self.sequence += 1
        text = PHONE.format(sip=self.lab.sip, port=self.sock.getsockname()[1], cseq=self.sequence)
        self.sock.sendto(text.replace('\n', '\r\n').encode(), ('127.0.0.1', self.lab.sip))
        answer = self.sock.recv(65536).decode()
        expect(answer.startswith('SIP/2.0 200'), f'REGISTER: {answer}')


class Digest:
    """A client of /arawman that goes on with one nonce."""

    def __init__(self, lab):
        self.url, self.path, self.count = f'http://127.0.0.1:{lab.http}', '/arawman?action=ping', 0
        try:
            urllib.request.urlopen(self.url + self.path, timeout=10)
            raise Failure('it is answered without a login')
        except urllib.error.HTTPError as refused:
            told = refused.headers['WWW-Authenticate']
        self.realm, self.nonce, self.opaque = (
            (re.search(rf'{name}="([^"]*)"', told) or ['', ''])[1] for name in ('realm', 'nonce', 'opaque'))

    def ask(self):
        """Whether it is answered with the nonce of the first time."""
        def md5(*parts):
            return hashlib.md5(':'.join(parts).encode()).hexdigest()
        self.count += 1
        count, own = f'{self.count:08x}', 'abc'
        answer = md5(md5('admin', self.realm, 'admin-secret'), self.nonce, count, own, 'auth', md5('GET', self.path))
        header = (f'Digest username="admin", realm="{self.realm}", nonce="{self.nonce}", uri="{self.path}", qop=auth, '
                  f'nc={count}, cnonce="{own}", response="{answer}", opaque="{self.opaque}", algorithm=MD5')
        request = urllib.request.Request(self.url + self.path, headers={'Authorization': header})
        with urllib.request.urlopen(request, timeout=10) as told:
            return b'Success' in told.read()


def clock_set(args):
    """The clock is set a day and an hour ahead, then two days back, during calls and sessions"""
    with Clock(args.binary) as lab:
        admin, phone, digest = Manager(lab.ami), Phone(lab), Digest(lab)
        first = admin.ask('UserEvent', UserEvent='Told', Number='first')['Sequence']
        phone.register()
        expect(digest.ask(), 'digest')
        key = {'IdempotencyKey': 'once', 'Channel': 'Local/answer@lab', 'Application': 'Wait', 'Data': '600', 'Async': 'true'}
        once = admin.ask('Originate', **key)
        worst = 0
        for step in (90_000, -172_800):
            begin = len(admin.messages)
            admin.call('short')
            began = time.monotonic()
            time.sleep(0.4)
            lab.set_by(step)
            admin.wait(lambda m: m.get('Event') == 'Hangup', 20, begin, 'the end of a call')
            worst = max(worst, abs(time.monotonic() - began - 1.5))  # Answer waits half a second for sound
            time.sleep(1.5)  # what goes by the date would have looked at it
            expect(admin.ask('Ping')['Response'] == 'Success', 'a session')
            expect(lab.dated(admin) != 0, 'it does not see the clock')
            expect(digest.ask(), 'a nonce was refused')
            expect('100/sip:100@' in lab.console('pjsip show contacts'), 'the phone is gone')
            phone.register()
            again = admin.ask('Originate', **key)
            expect(again['Message'] == once['Message'], f'a repeated action was carried out: {again}')
            with Manager(lab.ami, 'users', Resume=first) as back:
                admin.ask('UserEvent', UserEvent='Told', Number=str(step))
                back.event('UserEvent', Number=str(step))
                expect(not back.told('EventsMissed', 'From'), 'events are no longer there')
        expect(int(admin.ask('CoreStatus')['CoreCurrentCalls']) == 2, 'a call was lost or made twice')
        rows = wait_for(lambda: lab.bills(), 10, 'call records')
        bills = [int(row[13]) for row in rows]
        expect(all(0 <= bill <= 2 for bill in bills), f'bills of calls of a second: {bills}')
        segments = len(os.listdir(lab.path('lib', 'journal')))
    return (f'calls ended within {worst * 1e3:.0f} ms of their time and are billed {min(bills)} to {max(bills)} s; the '
            f'registered contact, the digest nonce, the HTTP and manager sessions, the idempotency key and all events of the '
            f'journal ({segments} segment) are still good')


class Clock(Lab):
    """A server whose date is set by a file; its monotonic clock is the system's, as when the date is set."""

    def __init__(self, binary):
        super().__init__(binary)
        self.stamp = os.path.join(self.dir, 'faketime')
        self.offset = 0
        self.set_by(0)
        self.env = {'LD_PRELOAD': library(), 'FAKETIME_TIMESTAMP_FILE': self.stamp, 'FAKETIME_NO_CACHE': '1',
                    'FAKETIME_DONT_FAKE_MONOTONIC': '1', 'DONT_FAKE_MONOTONIC': '1'}

    def set_by(self, seconds):
        self.offset += seconds
        with open(self.stamp + '.new', 'w') as file:
            file.write(f'{self.offset:+d}\n')
        os.rename(self.stamp + '.new', self.stamp)

    def dated(self, admin):
        """Whether the server sees the date: its distance to ours."""
        return round(float(admin.ask('Ping')['Timestamp']) - time.time())

    def bills(self):
        path = self.path('log', 'cdr-csv', 'Master.csv')
        with open(path) as file:
            return list(csv.reader(file))
