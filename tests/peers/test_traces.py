"""A call told as a trace: to a collector of OpenTelemetry, and in the log."""
import http.server
import json
import os
import threading

from lab import LabTest, golden

ID = 'order-4711'


class Collector(http.server.ThreadingHTTPServer):
    """Takes spans as OTLP has them in JSON; refuses the first request for a while."""

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Handler)
        self.spans, self.requests, self.came = [], [], threading.Condition()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait(self, done, seconds=20):
        with self.came:
            self.came.wait_for(lambda: done(self.spans), seconds)
            return list(self.spans)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        first = not self.server.requests
        with self.server.came:
            self.server.requests.append((self.path, self.headers, json.loads(body)))
            if not first:
                for resource in json.loads(body)['resourceSpans']:
                    for scope in resource['scopeSpans']:
                        self.server.spans += scope['spans']
            self.server.came.notify_all()
        answer = b'{}'
        self.send_response(503 if first else 200)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def said(span):
    return {one['key']: next(iter(one['value'].values())) for one in span['attributes']}


class TraceTest(LabTest):
    def setUp(self):
        self.collector = Collector()
        self.addCleanup(self.collector.server_close)
        self.addCleanup(self.collector.shutdown)
        self.added = {
            'otel.conf': '[general]\nenabled = yes\ninterval = 1\nheader = X-Token: t\nservice = lab\n'
                         f'endpoint = http://127.0.0.1:{self.collector.server_port}/v1/traces\n',
            'logger.conf': 'traces.log => trace\n',
        }
        super().setUp()

    def call(self):
        """Originates a call to a phone that answers, and hangs it up; the channels it had."""
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        self.phone('bob', 'answer')
        connection = self.connect()
        text = (f'Action: Originate\r\nActionID: {ID}\r\nChannel: Local/102@phones/n\r\nApplication: Wait\r\n'
                'Data: 30\r\nAsync: true\r\n\r\n')
        connection.sock.sendall(text.encode())
        self.event(connection, 'OriginateResponse', 20, ActionID=ID, Response='Success')
        made = [m for m in connection.messages if golden.get(m, 'Event') == 'Newchannel']
        names = [golden.get(m, 'Channel') for m in made]
        phone = next(name for name in names if name.startswith('PJSIP/'))
        self.call_id = golden.get(self.ask(connection, 'Getvar', Channel=phone, Variable='CHANNEL(callid)'), 'Value')
        self.ask(connection, 'Hangup', Channel=names[0])
        for name in names:
            self.event(connection, 'Hangup', Channel=name)
        return {golden.get(m, 'Channel'): golden.get(m, 'Uniqueid') for m in made}

    def test_a_collector_is_told_the_action_the_call_and_its_legs(self):
        channels = self.call()
        self.assertEqual(len(channels), 3, channels)
        spans = self.collector.wait(lambda spans: sum(s['name'].startswith('leg') for s in spans) == 3
                                    and any(s['name'] == 'call' for s in spans))
        path, headers, body = self.collector.requests[0]
        self.assertEqual((path, headers['X-Token'], headers['Content-Type']), ('/v1/traces', 't', 'application/json'))
        self.assertEqual(said(body['resourceSpans'][0]['resource'])['service.name'], 'lab')
        by_name = {s['name']: s for s in spans}
        originate, call, hangup = by_name['AMI Originate'], by_name['call'], by_name['AMI Hangup']
        legs = {said(s)['channel.name']: s for s in spans if s['name'].startswith('leg')}
        self.assertEqual({name: said(leg)['channel.uniqueid'] for name, leg in legs.items()}, channels)
        self.assertEqual({s['traceId'] for s in spans}, {originate['traceId']})
        self.assertEqual(len({s['spanId'] for s in spans}), len(spans))
        one, two, phone = (next(leg for name, leg in legs.items() if name.startswith(start) and name.endswith(end))
                           for start, end in (('Local', ';1'), ('Local', ';2'), ('PJSIP/bob', '')))
        parents = [(originate, None), (call, originate), (hangup, call), (one, call), (two, call), (phone, two)]
        for part, whole in parents:
            self.assertEqual(part.get('parentSpanId'), whole and whole['spanId'], part['name'])
            self.assertLessEqual(int(part['startTimeUnixNano']), int(part['endTimeUnixNano']))
        self.assertEqual(said(originate)['ami.action_id'], ID)
        self.assertEqual(said(originate)['ami.user'], 'admin')
        self.assertEqual(said(phone)['dial.status'], 'ANSWER')
        self.assertEqual([e['name'] for e in phone['events']][0], 'dial')
        self.assertIn('answer', [e['name'] for e in phone['events']])
        self.assertEqual(said(phone)['sip.call_id'], self.call_id)

    def test_one_search_of_the_log_finds_the_whole_story(self):
        channels = self.call()
        path = os.path.join(self.lab.var, 'log', 'traces.log')
        # What the collector has been told was told to the log before.
        self.collector.wait(lambda spans: any(s['name'] == 'call' for s in spans))
        with open(path, encoding='utf-8') as file:
            lines = file.read().splitlines()
        accepted = next(line for line in lines if 'trace: Originate ' in line)
        trace = accepted.split(' trace=')[1].split()[0]
        story = [line for line in lines if trace in line]
        for wanted in ('trace: Originate ', 'Originate answered', 'Newchannel', 'DialBegin', 'OriginateResponse',
                       'trace: Hangup ', 'Newstate', 'Hangup answered'):
            self.assertTrue(any(wanted in line for line in story), wanted)
        self.assertIn(f'action_id={ID} user=admin', accepted)
        for name, uniqueid in channels.items():
            told = [line for line in story if f'channel={uniqueid} ' in line and 'Newchannel' in line]
            self.assertEqual(len(told), 1, name)
            self.assertEqual(f'call_id={self.call_id}' in told[0], name.startswith('PJSIP/'), told)
            self.assertIn(f'action_id={ID} user=admin', told[0])
