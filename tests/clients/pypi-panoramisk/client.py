"""panoramisk: an asyncio client. It reconnects by itself, and gathers lists into one answer."""
import asyncio
import ssl
import threading

from panoramisk import Manager
from steps import HOST, PORT, SECRET, TLS_PORT, TRUSTS, USER, WRONG, Seen, serve


class Client:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.seen = Seen()
        self.logged_in = threading.Event()

    def wait(self, awaitable):
        return asyncio.run_coroutine_threadsafe(awaitable, self.loop).result(15)

    async def manager(self, secret, port=PORT, context=False):
        manager = Manager(host=HOST, port=port, ssl=context, username=USER, secret=secret, loop=self.loop,
                          reconnect_timeout=1, on_login=lambda _: self.logged_in.set())
        manager.register_event('*', lambda _, event: self.seen.add(event))
        await manager.connect()
        return manager

    async def action(self, **headers):
        return await self.ami.send_action(headers)

    def login(self):
        self.ami = self.wait(self.manager(SECRET))
        if not self.logged_in.wait(10):
            raise TimeoutError('no login')
        self.logged_in.clear()

    def ping(self):
        return [self.wait(self.action(Action='Ping')).ping]

    def command(self, command):
        async def send():
            return await self.ami.send_command(command)
        answer = self.wait(send())
        if answer.response == 'Follows':
            return answer.content.split('\n')[:-1]  # without the end mark
        return answer.output if isinstance(answer.output, list) else [answer.output]

    def list(self):
        answer = self.wait(self.action(Action='CoreShowChannels'))
        return [item.channel for item in answer if item.event == 'CoreShowChannel']

    def watch(self):
        self.seen.clear()

    def events(self, last):
        events = self.seen.until(lambda event: event.event == 'Hangup' and event.channel == last)
        return [f'{event.event} {event.channel or "-"}' for event in events]

    def originate(self, channel):
        answer = self.wait(self.action(Action='Originate', Channel=channel, Context='lab', Exten='wait',
                                       Priority='1', Async='true'))
        return [answer[-1].response, answer[-1].channel]

    def wrong_secret(self):
        async def refused():
            manager = await self.manager(WRONG)
            while manager.authenticated_future is None:
                await asyncio.sleep(0)
            answer = await manager.authenticated_future
            manager.close()
            return answer.message
        return [self.wait(refused())]

    def reconnect(self):
        self.logged_in.wait(20)
        return self.ping()

    def tls(self):
        async def secure():
            manager = await self.manager(SECRET, TLS_PORT, ssl.create_default_context(cafile=TRUSTS))
            while manager.authenticated_future is None:
                await asyncio.sleep(0)
            await manager.authenticated_future
            answer = await manager.send_action({'Action': 'Ping'})
            manager.close()
            return answer.ping
        return [self.wait(secure())]


serve(Client())
