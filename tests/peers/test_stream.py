"""The live stream with a WebSocket client that others wrote: one reader stays, another is cut off in
the middle of calls and goes on from where it was. Both end with what the server itself tells."""
import json
import unittest
import urllib.request

from lab import LabTest

try:
    from websockets.sync.client import connect
except ImportError:
    connect = None

BASIC = {'Authorization': 'Basic YWRtaW46YWRtaW4tc2VjcmV0'}
FIELDS = ('Channel', 'ChannelState', 'CallerIDNum', 'ConnectedLineNum', 'Exten', 'Context', 'Linkedid')


class Reader:
    """Applies what it is told to what it knows."""

    def __init__(self, base):
        self.base, self.at, self.gaps, self.seen = base, None, 0, []
        self.channels, self.devices, self.bridges = {}, {}, {}
        self.socket = self.open('snapshot=yes')

    def open(self, query):
        return connect(f'{self.base}?{query}', additional_headers=BASIC, open_timeout=10)

    def cut_off(self):
        self.socket.socket.close()

    def resume(self):
        self.socket = self.open(f'after={self.at}')

    def until(self, done):
        while not done(self):
            told = json.loads(self.socket.recv(timeout=15))
            self.at = told.get('at', self.at)
            self.gaps += told['type'] == 'gap'
            for event in told.get('events', []):
                self.apply(event)

    def apply(self, event):
        name = event['Event']
        self.seen.append(name)
        if name == 'DeviceStateChange':
            self.devices[event['Device']] = event['State']
        elif name == 'Hangup':
            self.channels.pop(event['Uniqueid'])
        elif name == 'BridgeDestroy':
            self.bridges.pop(event['BridgeUniqueid'])
        elif name in ('BridgeCreate', 'BridgeEnter', 'BridgeLeave'):
            members = self.bridges.setdefault(event['BridgeUniqueid'], set())
            if name == 'BridgeEnter':
                members.add(event['Uniqueid'])
            elif name == 'BridgeLeave':
                members.discard(event['Uniqueid'])
        for prefix in ('', 'Dest'):
            known = event.get(prefix + 'Uniqueid')
            if known in self.channels or (name == 'Newchannel' and not prefix):
                told = {field: event[prefix + field] for field in FIELDS if prefix + field in event}
                self.channels.setdefault(known, {}).update(told)

    def state(self):
        # Whether a device is told of that is nowhere any more is chance.
        devices = {name: state for name, state in self.devices.items() if name.startswith('PJSIP/')}
        return self.channels, devices, self.bridges


@unittest.skipUnless(connect, 'needs websockets')
class StreamTest(LabTest):
    def act(self, action, **headers):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.lab.ports['HTTP']}/actions/{action}", method='POST',
            data=json.dumps(headers).encode(), headers={'Content-Type': 'application/json', **BASIC})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def test_who_was_cut_off_ends_with_the_state_of_who_stayed(self):
        base = f"ws://127.0.0.1:{self.lab.ports['HTTP']}/ws"
        stayed, cut = Reader(base), Reader(base)
        self.addCleanup(lambda: stayed.socket.close())
        self.addCleanup(lambda: cut.socket.close())
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        self.phone('bob', 'answer')
        self.phone('alice', 'call-wait', to=102)
        cut.until(lambda reader: reader.bridges)
        cut.cut_off()

        # More calls while it is away, and one of them ends.
        for number in range(3):
            self.act('Originate', Channel='Local/wait@lab', Application='Wait', Data=30, Async=True, ActionID=number)
        stayed.until(lambda reader: reader.seen.count('OriginateResponse') == 3)
        gone = next(channel['Channel'] for channel in stayed.channels.values() if channel['Channel'].startswith('Local/'))
        self.act('Hangup', Channel=gone)
        stayed.until(lambda reader: 'Hangup' in reader.seen)

        cut.resume()
        self.act('UserEvent', UserEvent='Last')
        for reader in (stayed, cut):
            reader.until(lambda reader: 'UserEvent' in reader.seen)
        self.assertEqual(cut.gaps, 0)
        self.assertEqual(cut.state(), stayed.state())

        # As the server itself tells it.
        fresh = Reader(base)
        self.addCleanup(lambda: fresh.socket.close())
        fresh.until(lambda reader: reader.at)
        self.assertEqual(fresh.state(), stayed.state())
        self.assertEqual(len(fresh.bridges), 1)


if __name__ == '__main__':
    unittest.main()
