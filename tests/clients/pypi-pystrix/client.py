"""pystrix: a client with a class for every action and event. It is connected again by hand."""
from pystrix.ami import Manager, core
from steps import HOST, PORT, SECRET, USER, WRONG, Seen, serve


class Client:
    def __init__(self):
        self.seen = Seen()
        self.ami = Manager()
        self.ami.register_callback('', lambda event, _: self.seen.add(event))

    def login(self):
        self.ami.connect(HOST, PORT)
        answer = self.ami.send_action(core.Login(USER, SECRET))
        if not answer.success:
            raise RuntimeError(answer.response)

    def ping(self):
        return [self.ami.send_action(core.Ping()).response['Ping']]

    def command(self, command):
        response = self.ami.send_action(core.Command(command)).response
        return response.data if response.name == 'Follows' else [response['Output']]

    def list(self):
        request = core.CoreShowChannels()
        request.synchronous = True
        answer = self.ami.send_action(request)
        if answer.events_timeout:
            raise TimeoutError('the list did not end')
        return [event['Channel'] for event in answer.events['CoreShowChannel']]

    def watch(self):
        self.seen.clear()

    def events(self, last):
        events = self.seen.until(lambda event: event.name == 'Hangup' and event['Channel'] == last)
        return [f'{event.name} {event.get("Channel") or "-"}' for event in events]

    def originate(self, channel):
        self.seen.clear()
        answer = self.ami.send_action(core.Originate_Context(channel, 'lab', 'wait', 1))
        if not answer.success:
            raise RuntimeError(answer.response)
        event = self.seen.until(lambda event: event.name == 'OriginateResponse')[-1]
        return [event['Response'], event['Channel']]

    def wrong_secret(self):
        ami = Manager()
        ami.connect(HOST, PORT)
        try:
            return [ami.send_action(core.Login(USER, WRONG)).response['Message']]
        except core.ManagerAuthError as error:
            return [str(error)]

    def reconnect(self):
        self.login()
        return self.ping()

    def challenge(self):
        self.ami.connect(HOST, PORT)
        challenge = self.ami.send_action(core.Challenge()).response['Challenge']
        self.ami.send_action(core.Login(USER, SECRET, challenge=challenge))
        return self.ping()


serve(Client())
