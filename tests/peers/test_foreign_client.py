"""A manager client that others wrote, unmodified: panoramisk watches a call, makes one, ends one."""
import asyncio

from lab import LabTest, golden
from panoramisk import Manager

ORDER = ['Newchannel', 'DialBegin', 'DialEnd', 'BridgeCreate', 'BridgeEnter', 'BridgeLeave',
         'BridgeDestroy', 'Hangup']


class ForeignClientTest(LabTest):
    def test_it_watches_makes_and_ends_calls(self):
        asyncio.run(asyncio.wait_for(self.session(), 60))

    async def session(self):
        manager = Manager(host='127.0.0.1', port=self.lab.ports['AMI'], username='admin',
                          secret='admin-secret', loop=asyncio.get_running_loop())
        events, arrived = [], asyncio.Event()

        def on_event(_, event):
            events.append(event)
            arrived.set()

        async def until(name, test=lambda event: True):
            """Waits for an event, from all that ever came."""
            while True:
                for event in events:
                    if event.event == name and test(event):
                        return event
                arrived.clear()
                await asyncio.wait_for(arrived.wait(), 10)

        manager.register_event('*', on_event)
        await manager.connect()
        await until('FullyBooted')

        # Two phones talk; the client sees it all, in order.
        self.phone('bob', 'register', expires=300)
        await asyncio.to_thread(self.hung_up, 'bob')
        self.phone('bob', 'answer')
        self.phone('alice', 'call', to=102)
        await until('Hangup', lambda event: event.channel.startswith('PJSIP/alice'))
        await until('Hangup', lambda event: event.channel.startswith('PJSIP/bob'))
        seen = list(dict.fromkeys(event.event for event in events if event.event in ORDER))
        self.assertEqual(seen, ORDER)

        # It makes a call: the client waits for the outcome itself,
        answered, outcome = await manager.send_action({
            'Action': 'Originate', 'Channel': 'Local/wait@lab', 'Context': 'lab', 'Exten': 'wait',
            'Priority': '1', 'Async': 'true'})
        self.assertEqual(answered.response, 'Success')
        self.assertEqual((outcome.event, outcome.response), ('OriginateResponse', 'Success'))

        # and ends it.
        answer = await manager.send_action({'Action': 'Hangup', 'Channel': outcome.channel})
        self.assertEqual(answer.response, 'Success')
        await until('Hangup', lambda event: event.uniqueid == outcome.uniqueid)
        manager.close()
