"""SIPp phones in one conversation of three: each hears both others at once, and one leaves it to a fourth."""
import os

from lab import LabTest, golden
from test_sound import PACKETS, Voice

NAMES = ('dave', 'bob', 'carol')


class ThreewayTest(LabTest):
    def answers(self, name):
        """A phone that answers a call; gives its voice."""
        voice = Voice(name[0].upper(), os.path.join(self.lab.dir, f'{name}.port'))
        self.phone(name, 'talk-answer', rtp=voice.port, learn=voice.learned)
        return voice

    def registers(self, name):
        self.phone(name, 'register', expires=300)
        self.hung_up(name)

    def three(self, watcher):
        """Three talk: gives their voices, the name of dave's channel and that of the bridge."""
        self.registers('bob')
        voices = [self.answers(name) for name in NAMES]
        self.ask(watcher, 'Originate', Channel='PJSIP/dave', Context='phones', Exten='102', Priority='1')
        talks = self.event(watcher, 'BridgeEnter', BridgeNumChannels='2')
        dave = golden.get(talks, 'Channel')
        self.assertRegex(dave, r'^PJSIP/dave-\w{8}$')
        self.ask(watcher, 'Atxfer', Channel=dave, Exten='103', Context='phones')
        self.event(watcher, 'DialEnd', Channel=dave, DialStatus='ANSWER', DestExten='103')
        for digit in '*3':
            self.ask(watcher, 'PlayDTMF', Channel=dave, Digit=digit, Receive='true')
        told = self.event(watcher, 'AttendedTransfer', DestType='Threeway', DestTransfererChannel=dave)
        bridge = golden.get(self.event(watcher, 'BridgeMerge'), 'ToBridgeUniqueid')
        self.assertEqual(bridge, golden.get(told, 'DestBridgeUniqueid'))
        self.event(watcher, 'BridgeEnter', BridgeUniqueid=bridge, BridgeNumChannels='3')
        return voices, dave, bridge

    def each_hears_both(self, voices):
        for voice in voices:
            voice.start()
        for voice in voices:
            voice.join()
        said = {voice.packet(number) for voice in voices for number in range(PACKETS)}
        for voice in voices:
            # The sum of two voices is what nobody has said.
            sums = [heard for heard in voice.heard if heard not in said]
            self.assertGreater(len(sums), PACKETS * 0.7, f'{voice.mark} hears two')

    def test_each_hears_both_others(self):
        watcher = self.connect()
        voices, _, bridge = self.three(watcher)
        self.each_hears_both(voices)
        self.ask(watcher, 'BridgeDestroy', BridgeUniqueid=bridge)
        for name in NAMES:
            self.hung_up(name)

    def test_one_leaves_both_others_to_a_fourth(self):
        watcher = self.connect()
        self.registers('alice')
        (_, bob, carol), dave, bridge = self.three(watcher)
        alice = self.answers('alice')
        answer = self.ask(watcher, 'BlindTransfer', Channel=dave, Context='phones', Exten='101')
        self.assertEqual(golden.get(answer, 'Response'), 'Success')
        told = self.event(watcher, 'BlindTransfer', TransfererChannel=dave, Result='Success', IsExternal='Yes')
        self.assertEqual(golden.get(told, 'BridgeNumChannels'), '3')
        self.assertIsNone(golden.get(told, 'TransfereeChannel'))
        self.hung_up('dave')
        # The Local channel that called alice steps aside for her.
        self.event(watcher, 'LocalOptimizationEnd')
        self.event(watcher, 'BridgeEnter', BridgeUniqueid=bridge, CallerIDNum='101', BridgeNumChannels='3')
        self.each_hears_both([alice, bob, carol])
        self.ask(watcher, 'BridgeDestroy', BridgeUniqueid=bridge)
        for name in ('alice', 'bob', 'carol'):
            self.hung_up(name)
