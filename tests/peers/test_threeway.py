"""Three SIPp phones in one conversation: each hears both others at once."""
import os

from lab import LabTest, golden
from test_sound import PACKETS, Voice

NAMES = ('dave', 'bob', 'carol')


class ThreewayTest(LabTest):
    def test_each_hears_both_others(self):
        watcher = self.connect()
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        voices = [Voice(name[0].upper(), os.path.join(self.lab.dir, f'{name}.port')) for name in NAMES]
        for name, voice in zip(NAMES, voices):
            self.phone(name, 'talk-answer', rtp=voice.port, learn=voice.learned)
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
        for voice in voices:
            voice.start()
        for voice in voices:
            voice.join()
        self.ask(watcher, 'BridgeDestroy', BridgeUniqueid=bridge)
        for name in NAMES:
            self.hung_up(name)
        said = {voice.packet(number) for voice in voices for number in range(PACKETS)}
        for voice in voices:
            # The sum of two voices is what nobody has said.
            sums = [heard for heard in voice.heard if heard not in said]
            self.assertGreater(len(sums), PACKETS * 0.7, f'{voice.mark} hears two')
