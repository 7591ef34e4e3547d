"""pyst2: a client with threads and callbacks. A connection is a new Manager."""
from asterisk.manager import Manager, ManagerAuthException
from steps import HOST, PORT, SECRET, USER, WRONG, Seen, serve


class Client:
    def __init__(self):
        self.seen = Seen()

    def login(self):
        self.ami = Manager()
        self.ami.register_event('*', lambda event, _: self.seen.add(event))
        self.ami.connect(HOST, PORT)
        self.ami.login(USER, SECRET)

    def ping(self):
        return [self.ami.ping().get_header('Ping')]

    def command(self, command):
        answer = self.ami.command(command)
        if answer.has_header('Output'):
            return [answer.get_header('Output')]
        lines = [line.rstrip() for line in answer.data.split('\n')]
        return lines[:lines.index('--END COMMAND--')]

    def list(self):
        self.seen.clear()
        self.ami.send_action({'Action': 'CoreShowChannels'})
        events = self.seen.until(lambda event: event.name == 'CoreShowChannelsComplete')
        return [event.get_header('Channel') for event in events if event.name == 'CoreShowChannel']

    def watch(self):
        self.seen.clear()

    def events(self, last):
        events = self.seen.until(
            lambda event: event.name == 'Hangup' and event.get_header('Channel') == last)
        return [f'{event.name} {event.get_header("Channel") or "-"}' for event in events]

    def originate(self, channel):
        self.seen.clear()
        self.ami.originate(channel, 'wait', context='lab', priority='1', run_async=True)
        event = self.seen.until(lambda event: event.name == 'OriginateResponse')[-1]
        return [event.get_header('Response'), event.get_header('Channel')]

    def wrong_secret(self):
        ami = Manager()
        ami.connect(HOST, PORT)
        try:
            return [ami.login(USER, WRONG).get_header('Message')]
        except ManagerAuthException as error:
            return [str(error)]

    def reconnect(self):
        self.login()
        return self.ping()


serve(Client())
