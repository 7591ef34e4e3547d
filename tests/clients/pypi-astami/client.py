"""astami: a client that asks and reads the answer; it has nothing for events or lists."""
from astami import AMIClient, AMIError
from steps import HOST, PORT, SECRET, USER, WRONG, serve


class Client:
    def login(self):
        self.ami = AMIClient(HOST, PORT, USER, SECRET, retries=5, retry_delay=0.2)
        self.ami.__enter__()

    def ping(self):
        return [self.ami.ping().data['Ping']]

    def command(self, command):
        return self.ami.command(command).output

    def originate(self, channel):
        answer = self.ami.originate(channel, context='lab', exten='wait')
        return [answer.response]

    def wrong_secret(self):
        try:
            with AMIClient(HOST, PORT, USER, WRONG):
                return ['logged in']
        except AMIError as error:
            return [str(error)]

    def reconnect(self):
        self.ami.__exit__(None, None, None)
        self.login()
        return self.ping()


serve(Client())
