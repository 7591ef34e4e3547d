"""A server of our own for each case: its configuration, its process, and what the system says of it."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ASTERISK = '''[directories]
astetcdir => {etc}
astvarlibdir => {var}/lib
astdbdir => {var}/lib
astkeydir => {var}/lib
astdatadir => {var}/lib
astagidir => {var}/lib/agi-bin
astspooldir => {var}/spool
astrundir => {run}
astlogdir => {var}/log
'''
FILES = {
    'manager.conf': '''[general]
enabled = yes
webenabled = yes
port = {ami}
bindaddr = {bind}
allowmultiplelogin = yes
authlimit = 5000
auditlog = {var}/log/audit.jsonl

[admin]
secret = admin-secret
read = all
write = all
sequence = yes
writetimeout = 5000

[quiet]
secret = quiet-secret
write = all
writetimeout = 5000

[plain]
secret = plain-secret
read = user
write = all

[stopped]
secret = stopped-secret
read = all
onlag = skip
writetimeout = 60000

[users]
secret = users-secret
read = user
write = all
sequence = yes
writetimeout = 5000
''',
    'extensions.conf': '''[bench]
exten => answer,1,Goto(lab,answer,1)
[lab]
exten => answer,1,Answer()
 same => n,Wait(600)
exten => short,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
''',
    'pjsip.conf': '''[udp]
type = transport
protocol = udp
bind = {bind}:{sip}
''' + ''.join(f'''
[{number}]
type = endpoint
context = lab
aors = {number}
[{number}]
type = aor
max_contacts = 3
''' for number in range(100, 200)),
    'http.conf': '[general]\nenabled = yes\nbindaddr = {bind}\nbindport = {http}\nsessionlimit = 5000\n',
    'rtp.conf': '[general]\nrtpstart = 22000\nrtpend = 22999\n',
    'journal.conf': '[general]\nenabled = yes\n',
    'prometheus.conf': '[general]\nenabled = yes\n',
    'logger.conf': '[general]\n[logfiles]\nmessages.log => notice,warning,error\n',
    'cdr.conf': '[general]\nenable = yes\nunanswered = yes\n[csv]\n',
    'cel.conf': '[general]\nenable = yes\napps = all\nevents = ALL\n',
    'cel_custom.conf': '[mappings]\nMaster.csv => ${{CSV_QUOTE(${{eventtype}})}},${{CSV_QUOTE(${{CHANNEL}})}}\n',
}


class Failure(Exception):
    """A case did not come out as it should."""


def expect(holds, what):
    if not holds:
        raise Failure(what)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(('127.0.0.1', 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(done, seconds, what, pause=0.02):
    """Waits until `done()` gives something true, and gives that."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = done()
        except OSError:
            found = None
        if found:
            return found
        expect(time.monotonic() < end, f'{what}: not within {seconds} s')
        time.sleep(pause)


class Lab:
    """A server. `wrap`, put before its command, becomes it; `env` goes into its environment."""

    def __init__(self, binary, wrap=(), env=None, bind='127.0.0.1', **more):
        self.binary, self.wrap, self.env = os.path.abspath(binary), list(wrap), env or {}
        self.dir = tempfile.mkdtemp(prefix='reliability-')
        self.etc, self.var = (os.path.join(self.dir, name) for name in ('etc', 'var'))
        self.ami, self.http, self.sip = free_ports(3)
        run = os.path.join(self.dir, 'run')
        for path in (self.etc, run, *(os.path.join(self.var, name) for name in ('lib', 'spool', 'log'))):
            os.makedirs(path)
        names = dict(etc=self.etc, var=self.var, run=run, ami=self.ami, http=self.http, sip=self.sip, bind=bind)
        for name, text in {'asterisk.conf': ASTERISK, **FILES}.items():
            text += more.get(name.removesuffix('.conf'), '')
            with open(os.path.join(self.etc, name), 'w') as file:
                file.write(text.format(**names))
        self.conf = os.path.join(self.etc, 'asterisk.conf')
        self.output = open(os.path.join(self.dir, 'output'), 'ab')
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        if self.process and self.process.poll() is None:
            self.kill()
        self.output.close()
        if error[0] is None:
            shutil.rmtree(self.dir, ignore_errors=True)
        else:
            print(f'left behind: {self.dir}')

    def start(self, seconds=30):
        """Starts it; how long until it took a connection, in seconds."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [*self.wrap, self.binary, '-f', '-q', '-n', '-C', self.conf], stdin=subprocess.DEVNULL,
            stdout=self.output, stderr=self.output, start_new_session=True, env={**os.environ, **self.env})
        wait_for(self.is_up, seconds, 'the start', 0.005)
        return time.monotonic() - began

    def is_up(self):
        expect(self.process.poll() is None, f'it does not start, see {self.dir}/output')
        with socket.create_connection(('127.0.0.1', self.ami), 5) as stream:
            return stream.recv(10)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        self.process.wait(60)

    @property
    def pid(self):
        """What it is started by becomes it."""
        return self.process.pid

    def cpu(self):
        """Seconds of CPU that it has taken."""
        with open(f'/proc/{self.pid}/stat') as file:
            fields = file.read().rsplit(') ', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def rss(self):
        """Its memory, in MiB."""
        with open(f'/proc/{self.pid}/statm') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 2**20

    def files(self):
        return len(os.listdir(f'/proc/{self.pid}/fd'))

    def metric(self, name):
        """The sum of a figure."""
        with urllib.request.urlopen(f'http://127.0.0.1:{self.http}/metrics', timeout=10) as answer:
            text = answer.read().decode()
        values = re.findall(rf'^{name}(?:{{.*}})? (\S+)$', text, re.M)
        expect(values, f'no figure {name}')
        return sum(float(value) for value in values)

    def console(self, command):
        done = subprocess.run([self.binary, '-C', self.conf, '-rx', command], capture_output=True, text=True, timeout=20)
        return done.stdout

    def log(self):
        with open(os.path.join(self.var, 'log', 'messages.log'), errors='replace') as file:
            return file.read()

    def path(self, *names):
        return os.path.join(self.var, *names)
