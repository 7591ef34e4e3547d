"""AstDB: what was answered with Success is there after the server was killed in the middle of a burst."""
import os
import signal
import unittest

from lab import LabTest, golden

CLIENTS, KEYS = 8, 2000


class DatabaseTest(LabTest):
    def values(self, family):
        """All values of a family by key, as DBGetTree lists them."""
        connection = self.connect()
        self.ask(connection, 'DBGetTree', Family=family)
        end = connection.wait(lambda m: golden.get(m, 'Event') == 'DBGetTreeComplete', 10)
        self.assertIsNotNone(end)
        items = (m for m in connection.messages if golden.get(m, 'Event') == 'DBGetTreeResponse')
        return {golden.get(m, 'Key').removeprefix(f'/{family}/'): golden.get(m, 'Val') for m in items}

    def burst(self, connection, client):
        puts = (f'Action: DBPut\r\nActionID: {client}-{n}\r\nFamily: burst\r\nKey: {client}-{n}\r\n'
                f'Val: value {n}\r\n\r\n' for n in range(KEYS))
        try:
            connection.sock.sendall(''.join(puts).encode())
        except OSError:  # killed meanwhile
            pass

    def test_what_was_answered_survives_a_kill(self):
        connections = [self.connect() for _ in range(CLIENTS)]
        senders = [golden.threading.Thread(target=self.burst, args=(c, n), daemon=True)
                   for n, c in enumerate(connections)]
        for sender in senders:
            sender.start()
        for n, connection in enumerate(connections):
            answer = connection.wait(lambda m: golden.get(m, 'ActionID') == f'{n}-20', 30)
            self.assertIsNotNone(answer, 'no answer before the kill')
        self.kill()
        for connection, sender in zip(connections, senders):
            connection.join(10)
            sender.join(10)
        answered = {golden.get(m, 'ActionID') for c in connections for m in c.messages
                    if golden.get(m, 'Message') == 'Updated database successfully'}
        self.assertGreaterEqual(len(answered), CLIENTS * 21)
        self.start_again()
        kept = self.values('burst')
        lost = sorted(answered - set(kept))
        self.assertEqual(lost, [], f'{len(lost)} of {len(answered)} values are lost')
        self.assertTrue(all(value == 'value ' + key.partition('-')[2] for key, value in kept.items()))

    def test_a_custom_device_keeps_its_state(self):
        connection = self.connect()
        device = 'DEVICE_STATE(Custom:lamp)'
        answer = self.ask(connection, 'Setvar', Variable=device, Value='RINGING')
        self.assertEqual(golden.get(answer, 'Message'), 'Variable Set')
        os.killpg(self.lab.server.pid, signal.SIGTERM)
        self.lab.server.wait(10)
        self.start_again()
        connection = self.connect()
        answer = self.ask(connection, 'Getvar', Variable=device)
        self.assertEqual(golden.get(answer, 'Value'), 'RINGING')

    def test_the_console_and_the_manager_see_the_same(self):
        self.assertEqual(self.console('database put fruit apple "dark red"'),
                         'Updated database successfully\n')
        connection = self.connect()
        self.ask(connection, 'DBGet', Family='fruit', Key='apple')
        self.event(connection, 'DBGetResponse', Key='apple', Val='dark red')
        self.ask(connection, 'DBPut', Family='fruit', Key='pear', Val='green')
        self.assertEqual(self.console('database get fruit pear'), 'Value: green\n')
        shown = self.console('database show fruit')
        self.assertIn(f'{"/fruit/apple":<50}: {"dark red":<25}\n', shown)
        self.assertTrue(shown.endswith('2 results found.\n'), shown)
        self.assertEqual(self.console('database deltree fruit'), '2 database entries removed.\n')
        answer = self.ask(connection, 'DBGet', Family='fruit', Key='apple')
        self.assertEqual(golden.get(answer, 'Message'), 'Database entry not found')


if __name__ == '__main__':
    unittest.main()
