"""The state at one place and what follows it: a client that keeps both knows what the server knows."""
import random

from lab import LabTest, golden

FIELDS = ('Channel', 'ChannelState', 'CallerIDNum', 'ConnectedLineNum', 'AccountCode', 'Linkedid')


def number(place):
    return int(place.split('/')[1])


class Mirror:
    """Applies what a connection is told, from its snapshot on."""

    def __init__(self, test, connection):
        self.channels, self.bridges, self.devices, self.peers = {}, {}, {}, {}
        ident = 'mirror'
        connection.sock.sendall(f'Action: Snapshot\r\nActionID: {ident}\r\n\r\n'.encode())
        end = connection.wait(lambda m: golden.get(m, 'Event') == 'SnapshotComplete', 10)
        test.assertIsNotNone(end)
        start = next(m for m in connection.messages if golden.get(m, 'EventList') == 'start')
        test.assertEqual(golden.get(start, 'Sequence'), golden.get(end, 'Sequence'))
        self.place = golden.get(start, 'Sequence')
        items = [m for m in connection.messages if golden.get(m, 'ActionID') == ident and m not in (start, end)]
        test.assertEqual(golden.get(end, 'ListItems'), str(len(items)))
        for item in items:
            self.apply(item)
        self.connection, self.read = connection, connection.messages.index(end) + 1

    def follow(self, until):
        """What has come since, up to this place."""
        for message in self.connection.messages[self.read:]:
            if message[0][0] == 'Event' and number(golden.get(message, 'Sequence')) <= number(until):
                self.apply(message)

    def apply(self, message):
        event = dict(message)
        name = event['Event']
        if name == 'DeviceStateChange' and event['Device'].startswith('PJSIP/'):
            self.devices[event['Device']] = event['State']
        elif name == 'PeerStatus':
            self.peers[event['Peer']] = event['PeerStatus']
        elif name == 'Newchannel':
            assert event['Uniqueid'] not in self.channels, 'told twice'
            self.channels[event['Uniqueid']] = {}
        elif name == 'Hangup':
            self.channels.pop(event['Uniqueid'])
        elif name == 'BridgeCreate':
            assert event['BridgeUniqueid'] not in self.bridges, 'told twice'
            self.bridges[event['BridgeUniqueid']] = set()
        elif name == 'BridgeDestroy':
            self.bridges.pop(event['BridgeUniqueid'])
        elif name == 'BridgeEnter':
            self.bridges[event['BridgeUniqueid']].add(event['Uniqueid'])
        elif name == 'BridgeLeave':
            self.bridges[event['BridgeUniqueid']].remove(event['Uniqueid'])
        for prefix in ('', 'Dest'):
            known = event.get(prefix + 'Uniqueid')
            if known in self.channels:
                told = {field: event[prefix + field] for field in FIELDS if prefix + field in event}
                self.channels[known].update(told)

    def state(self):
        return self.channels, self.bridges, self.devices, self.peers


class SnapshotTest(LabTest):
    def open(self):
        """A connection that is told places."""
        connection = golden.Connection(self.lab.ports['AMI'])
        self.addCleanup(connection.end)
        self.ask(connection, 'Login', Username='admin', Secret='admin-secret', Sequence='on')
        return connection

    def test_a_mirror_that_follows_is_the_state(self):
        dice = random.Random(7)
        author = self.connect()
        mirrors = [Mirror(self, self.open())]
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        for step in range(60):
            if dice.random() < 0.6:
                channel = dice.choice(('Local/wait@lab', 'Local/wait@lab/n', 'Local/echo@lab'))
                self.ask(author, 'Originate', Channel=channel, Application='Wait', Data=30, Async='true')
            else:
                self.ask(author, 'Hangup', Channel=f'/^Local.*{dice.randrange(10)};[12]$/')
            if step % 20 == 10:  # somebody comes in the middle of it
                mirrors.append(Mirror(self, self.open()))
        fresh = Mirror(self, self.open())
        self.assertTrue(fresh.channels and fresh.peers)
        self.ask(author, 'UserEvent', UserEvent='Done')
        for mirror in mirrors:
            self.event(mirror.connection, 'UserEvent', UserEvent='Done')
            mirror.follow(fresh.place)
            self.assertEqual(mirror.state(), fresh.state())

    def test_following_from_its_place_by_resuming(self):
        author = self.connect()
        mirror = Mirror(self, self.connect())
        self.ask(author, 'Originate', Channel='Local/wait@lab', Application='Wait', Data=30, Async='true')
        self.ask(author, 'UserEvent', UserEvent='Done')
        late = golden.Connection(self.lab.ports['AMI'])
        self.addCleanup(late.end)
        self.ask(late, 'Login', Username='admin', Secret='admin-secret', Resume=mirror.place)
        for connection in (mirror.connection, late):
            self.event(connection, 'UserEvent', UserEvent='Done')
        told = [[golden.get(m, 'Event') for m in messages if golden.get(m, 'Privilege')]
                for messages in (mirror.connection.messages[mirror.read:], late.messages)]
        told = [[name for name in names if name != 'FullyBooted'] for names in told]
        before = [one[:one.index('UserEvent')] for one in told]
        self.assertIn('Newchannel', before[1])
        self.assertEqual(*before)
