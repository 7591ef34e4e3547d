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

PARSER = os.path.join(os.path.dirname(TESTS), '.clients', 'asyncapi')


class SchemaTest(LabTest):
    def get(self, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.lab.ports['HTTP']}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    @unittest.skipUnless(validate, 'needs openapi-spec-validator')
    def test_openapi_is_valid(self):
        document = self.get('/openapi.json')
        validate(document)
        self.assertIn('/actions/Originate', document['paths'])

    @unittest.skipUnless(validate, 'needs openapi-spec-validator, for jsonschema')
    def test_events_are_as_described(self):
        from jsonschema import Draft202012Validator
        from referencing import Registry, Resource
        document = self.get('/openapi.json')
        resource = Resource.from_contents({'$schema': 'https://json-schema.org/draft/2020-12/schema', **document})
        registry = Registry().with_resource('urn:openapi', resource)
        basic = 'Basic YWRtaW46YWRtaW4tc2VjcmV0'
        self.connect()
        state = self.get('/snapshot', Authorization=basic)
        self.assertTrue(state['events'])
        for event in state['events']:
            schema = {'$ref': f"urn:openapi#/components/schemas/{event['Event']}"}
            Draft202012Validator(schema, registry=registry).validate(event)

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
