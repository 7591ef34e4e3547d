"""What is served for programs is what their own tools take, and what is told is as it says."""
import json
import os
import shutil
import subprocess
import unittest
import urllib.request

from lab import LabTest, TESTS

try:
    from openapi_spec_validator import validate
except ImportError:
    validate = None

BASIC = 'Basic YWRtaW46YWRtaW4tc2VjcmV0'
PARSER = os.path.join(os.path.dirname(TESTS), '.clients', 'asyncapi')


class SchemaTest(LabTest):
    def open(self, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.lab.ports['HTTP']}{path}", headers=headers)
        return urllib.request.urlopen(request, timeout=10)

    def get(self, path, **headers):
        with self.open(path, **headers) as answer:
            return json.load(answer)

    @unittest.skipUnless(validate, 'needs openapi-spec-validator')
    def test_openapi_is_valid(self):
        document = self.get('/openapi.json')
        validate(document)
        self.assertIn('/actions/Originate', document['paths'])

    @unittest.skipUnless(validate, 'needs openapi-spec-validator, for jsonschema')
    def test_events_are_as_described(self):
        validate_event = self.validator()
        watcher = self.connect()
        with self.open('/events', Authorization=BASIC) as stream:
            self.phone('bob', 'register', expires=300)
            self.hung_up('bob')
            self.phone('bob', 'answer')
            self.phone('alice', 'call-wait', to=102)
            self.event(watcher, 'BridgeEnter')
            state = self.get('/snapshot', Authorization=BASIC)
            self.ask(watcher, 'Hangup', Channel='/PJSIP/')
            self.hung_up('alice')
            self.hung_up('bob')
            self.ask(watcher, 'Originate', Channel='Local/wait@lab', Application='NoOp', Async='yes')
            self.event(watcher, 'OriginateResponse')
            self.ask(watcher, 'UserEvent', UserEvent='Last')
            told = self.until(stream, 'UserEvent')
        self.assertIn('Newchannel', {event['Event'] for event in state['events']})
        self.assertLessEqual({'BridgeEnter', 'DialEnd', 'Hangup', 'OriginateResponse'}, {event['Event'] for event in told})
        for event in [*state['events'], *told]:
            validate_event(event)

    def validator(self):
        """Holds an event against what the document says of it."""
        from jsonschema import Draft202012Validator
        from referencing import Registry, Resource
        document = self.get('/openapi.json')
        resource = Resource.from_contents({'$schema': 'https://json-schema.org/draft/2020-12/schema', **document})
        registry = Registry().with_resource('urn:openapi', resource)

        def validate_event(event):
            schema = {'$ref': f"urn:openapi#/components/schemas/{event['Event']}"}
            Draft202012Validator(schema, registry=registry).validate(event)
        return validate_event

    def until(self, stream, last):
        """The events of a stream up to one of this name."""
        told = []
        while not told or told[-1]['Event'] != last:
            name, line = None, stream.readline().decode()
            while line.strip():
                if line.startswith('event: '):
                    name = line
                elif line.startswith('data: ') and not name:
                    told.append(json.loads(line.removeprefix('data: ')))
                line = stream.readline().decode()
        return told

    @unittest.skipUnless(shutil.which('node') and os.path.isdir(PARSER), 'needs @asyncapi/parser')
    def test_asyncapi_is_valid(self):
        script = '''
            const { Parser } = require('@asyncapi/parser');
            new Parser().parse(require('fs').readFileSync(0, 'utf8')).then(({ diagnostics }) => {
                const bad = diagnostics.filter(one => one.severity === 0);
                console.log(JSON.stringify(bad.slice(0, 3)));
                process.exit(bad.length ? 1 : 0);
            });'''
        document = json.dumps(self.get('/asyncapi.json'))
        done = subprocess.run(['node', '-e', script], input=document, cwd=PARSER, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == '__main__':
    unittest.main()
