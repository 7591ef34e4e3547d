"""What one half of a Local channel plays is heard by all in its conversation, and by who spies on one of them."""
import os
import threading

from lab import LabTest, golden
from test_sound import Voice


class PlayedTest(LabTest):
    added = {'extensions.conf': '''
[phones]
exten => tones,1,Answer()
 same => n,PlayTones(1000)
 same => n,Wait(60)
exten => spy,1,ChanSpy(PJSIP/bob,q)
'''}

    def test_all_hear_it(self):
        watcher = self.connect()
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        alice, bob, dave = voices = [Voice(name[0].upper(), os.path.join(self.lab.dir, f'{name}.port'))
                                     for name in ('alice', 'bob', 'dave')]
        for voice in voices:
            threading.Thread(target=voice.listen, daemon=True).start()
        for name, voice in (('bob', bob), ('dave', dave)):
            self.phone(name, 'talk-answer', rtp=voice.port, learn=voice.learned)
        self.ask(watcher, 'Originate', Channel='PJSIP/dave', Context='phones', Exten='102', Priority='1')
        talks = self.event(watcher, 'BridgeEnter', BridgeNumChannels='2')
        channel = golden.get(talks, 'Channel')
        self.ask(watcher, 'Atxfer', Channel=channel, Exten='tones', Context='phones')
        self.event(watcher, 'DialEnd', Channel=channel, DialStatus='ANSWER')
        for digit in '*3':
            self.ask(watcher, 'PlayDTMF', Channel=channel, Digit=digit, Receive='true')
        bridge = golden.get(self.event(watcher, 'BridgeMerge'), 'ToBridgeUniqueid')
        self.event(watcher, 'BridgeEnter', BridgeUniqueid=bridge, BridgeNumChannels='3')
        self.phone('alice', 'talk-call', to='spy', rtp=alice.port, learn=alice.learned)
        self.event(watcher, 'ChanSpyStart')
        for voice in voices:
            voice.heard.clear()
            # Nobody says anything: what is no silence is the tone.
            sounds = lambda voice=voice: [heard for heard in voice.heard if set(heard) - {0xff, 0x7f}]  # noqa: E731
            self.until(lambda: len(sounds()) >= 30)
        self.hung_up('alice')
        self.ask(watcher, 'BridgeDestroy', BridgeUniqueid=bridge)
        for name in ('bob', 'dave'):
            self.hung_up(name)
