"""A SIPp phone spies on one of two that talk: it hears both, and is heard by that one alone."""
import glob
import os
import wave

from lab import LabTest, golden
from test_sound import PACKETS, Voice


class SpyTest(LabTest):
    added = {'extensions.conf': '''
[phones]
exten => spy,1,ChanSpy(PJSIP/bob,qwr(desk/bob))
'''}

    def test_a_whisper_is_heard_by_one(self):
        watcher = self.connect()
        alice, bob, carol = (Voice(name[0].upper(), os.path.join(self.lab.dir, f'{name}.port'))
                             for name in ('alice', 'bob', 'carol'))
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        self.phone('bob', 'talk-answer', rtp=bob.port, learn=bob.learned)
        self.phone('carol', 'talk-answer', rtp=carol.port, learn=carol.learned)
        self.ask(watcher, 'Originate', Channel='PJSIP/bob', Context='phones', Exten='103', Priority='1')
        self.event(watcher, 'BridgeEnter', BridgeNumChannels='2')
        self.phone('alice', 'talk-call', to='spy', rtp=alice.port, learn=alice.learned)
        told = self.event(watcher, 'ChanSpyStart')
        self.assertRegex(golden.get(told, 'SpyerChannel'), r'^PJSIP/alice-\w{8}$')
        self.assertRegex(golden.get(told, 'SpyeeChannel'), r'^PJSIP/bob-\w{8}$')
        for voice in (alice, bob, carol):
            voice.start()
        self.hung_up('alice')
        self.event(watcher, 'ChanSpyStop', SpyerChannel=golden.get(told, 'SpyerChannel'))
        self.ask(watcher, 'Hangup', Channel=golden.get(told, 'SpyeeChannel'))
        self.hung_up('bob')
        self.hung_up('carol')
        self.assert_recorded()
        said = {name: {voice.packet(number) for number in range(PACKETS)}
                for name, voice in (('alice', alice), ('bob', bob), ('carol', carol))}
        self.assertGreater(len(said['bob'] & set(carol.heard)), PACKETS * 0.9)
        everybody = set.union(*said.values())
        self.assertLessEqual(set(carol.heard) & everybody, said['bob'], 'carol hears bob alone')
        for voice in (alice, bob):
            # The sum of two voices is what nobody has said.
            sums = [heard for heard in voice.heard if heard not in everybody]
            self.assertGreater(len(sums), PACKETS * 0.7, f'{voice.mark} hears two')

    def assert_recorded(self):
        """Two seconds were said, and the recording is whole whenever it is looked at."""
        found = glob.glob(os.path.join(self.lab.dir, '**', 'monitor', 'desk', 'bob-*.wav'), recursive=True)
        self.assertEqual(len(found), 1, found)
        with wave.open(found[0]) as recording:
            self.assertEqual((recording.getnchannels(), recording.getframerate()), (1, 8000))
            sound = recording.readframes(recording.getnframes())
        samples = memoryview(sound).cast('h')
        self.assertGreater(sum(abs(sample) > 100 for sample in samples), 8000)
