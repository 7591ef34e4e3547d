"""asterisk-ami: a client with a thread and futures. Its AutoReconnect pings and logs in again."""
import threading

from asterisk.ami import AMIClient, AutoReconnect, SimpleAction
from steps import HOST, PORT, SECRET, USER, WRONG, Seen, serve


class Client:
    def __init__(self):
        self.seen = Seen()
        self.back = threading.Event()
        self.ami = AMIClient(address=HOST, port=PORT, timeout=10)
        self.ami.add_event_listener(lambda event, source: self.seen.add(event))
        AutoReconnect(self.ami, delay=0.2, on_reconnect=lambda *_: self.back.set())

    def action(self, name, **keys):
        response = self.ami.send_action(SimpleAction(name, **keys)).response
        if response is None or response.is_error():
            raise RuntimeError(f'{name}: {response}')
        return response

    def login(self):
        response = self.ami.login(username=USER, secret=SECRET).response
        if response.is_error():
            raise RuntimeError(response.keys['Message'])

    def ping(self):
        return [self.action('Ping').keys['Ping']]

    def command(self, command):
        response = self.action('Command', Command=command)
        if 'Output' in response.keys:
            return response.keys['Output'].split('\n')
        return [line for line in response.follows if line != '--END COMMAND--']

    def list(self):
        ident = self.action('CoreShowChannels', ActionID='the-list').keys['ActionID']
        events = self.seen.until(lambda event: event.name == 'CoreShowChannelsComplete')
        return [event['Channel'] for event in events
                if event.name == 'CoreShowChannel' and event['ActionID'] == ident]

    def watch(self):
        self.seen.clear()

    def events(self, last):
        events = self.seen.until(lambda event: event.name == 'Hangup' and event['Channel'] == last)
        return [f'{event.name} {event.keys.get("Channel") or "-"}' for event in events]

    def originate(self, channel):
        self.seen.clear()
        self.action('Originate', Channel=channel, Context='lab', Exten='wait', Priority='1', Async='true')
        event = self.seen.until(lambda event: event.name == 'OriginateResponse')[-1]
        return [event['Response'], event['Channel']]

    def wrong_secret(self):
        response = AMIClient(address=HOST, port=PORT, timeout=10).login(USER, WRONG).response
        return [response.keys['Message']]

    def reconnect(self):
        self.back.wait(20)
        return self.ping()


serve(Client())
