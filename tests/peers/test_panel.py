"""The live page in headless Chromium, through a real call of two phones."""
import os
import re
import shutil
import time
import unittest

from lab import LabTest

try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    sync_playwright = None

CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')


@unittest.skipUnless(sync_playwright and CHROMIUM, 'needs Playwright for Python and Chromium')
class PanelTest(LabTest):
    def setUp(self):
        super().setUp()
        playwright = sync_playwright().start()
        self.addCleanup(playwright.stop)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=['--no-sandbox'])
        self.addCleanup(browser.close)
        self.context = browser.new_context(viewport={'width': 1200, 'height': 780})
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on('pageerror', lambda error: self.complaints.append(str(error)))
        self.page.on('console', lambda message: self.on_console(message))
        self.page.set_default_timeout(10_000)
        expect.set_options(timeout=10_000)

    def on_console(self, message):
        # That nobody was logged in yet is asked, and answered with 401.
        if message.type == 'error' and '401' not in message.text:
            self.complaints.append(message.text)

    def log_in(self, secret='admin-secret'):
        self.page.goto(f"http://127.0.0.1:{self.lab.ports['HTTP']}/panel/")
        self.page.get_by_label('Account').fill('admin')
        self.page.get_by_label('Secret').fill(secret)
        self.page.keyboard.press('Enter')

    def test_a_call_is_seen_from_beginning_to_end(self):
        page = self.page
        self.log_in('wrong')
        expect(page.get_by_role('alert')).to_have_text('Authentication failed')
        self.log_in()
        expect(page.get_by_role('status').first).to_have_text('Live')
        expect(page.get_by_text('Nobody is calling.')).to_be_visible()

        # A phone registers.
        alice, bob = (page.locator('#endpoints li', has_text=name) for name in ('alice', 'bob'))
        expect(bob).to_contain_text('Not registered')
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        expect(bob).to_contain_text('Idle')

        # Two phones talk.
        self.phone('bob', 'answer')
        self.phone('alice', 'call-wait', to=102)
        call = page.locator('#calls li')
        expect(call).to_contain_text('Talking')
        expect(call).to_contain_text(re.compile('Alice.*→'))
        expect(bob).to_contain_text('In a call')
        expect(alice).to_contain_text('In a call')
        page.get_by_label('Only those with').fill('BridgeEnter')
        expect(page.locator('#events li')).to_have_count(2)
        page.locator('#events summary').first.click()
        expect(page.locator('#events dl').first).to_contain_text('BridgeUniqueid')
        page.get_by_label('Only those with').fill('DialEnd')
        expect(page.locator('#events summary', has_text='DialEnd')).to_contain_text('ANSWER')

        # An action by keyboard alone.
        page.get_by_label('Name').focus()
        page.keyboard.type('CoreShowChannels')
        expect(page.locator('#about')).to_contain_text('(Priv: system,reporting,all)')
        page.keyboard.press('Tab')
        page.keyboard.press('Control+Enter')
        expect(page.get_by_label('The answer')).to_contain_text('ListItems: 2')
        if path := os.environ.get('SCREENSHOT'):
            page.get_by_label('Only those with').fill('')
            page.evaluate('document.activeElement.blur(); scrollTo(0, 0)')
            page.screenshot(path=path)

        # A reload shows the same, and the call ends.
        page.reload()
        expect(call).to_contain_text('Talking')
        page.get_by_role('button', name=re.compile('Hang up Alice')).focus()
        page.keyboard.press('Enter')
        expect(page.get_by_text('Nobody is calling.')).to_be_visible()
        expect(page.locator('#calls-title')).to_be_focused()
        expect(bob).to_contain_text('Idle')

        page.get_by_role('button', name='Log off').click()
        expect(page.get_by_label('Account')).to_be_visible()
        self.assertEqual(self.complaints, [])

    def test_who_was_there_before_a_restart_logs_in_after_it(self):
        page = self.page
        self.log_in()
        expect(page.get_by_role('status').first).to_have_text('Live')
        self.console('core restart now')
        expect(page.get_by_label('Account')).to_be_visible()
        expect(page.get_by_role('status').first).to_contain_text('shutting down')
        # Until the server is back the page says that it is not.
        page.get_by_label('Account').fill('admin')
        live = page.get_by_text('Live', exact=True)
        away = page.get_by_text('The server cannot be reached.')
        deadline = time.monotonic() + 20
        while not live.is_visible():
            self.assertLess(time.monotonic(), deadline, 'nobody can log in again')
            page.get_by_label('Secret').fill('admin-secret')
            page.keyboard.press('Enter')
            expect(live.or_(away)).to_be_visible()

    def test_the_form_of_old_logs_in_and_asks(self):
        page = self.page
        page.goto(f"http://127.0.0.1:{self.lab.ports['HTTP']}/manager")
        page.locator('select[name=action]').select_option('login')
        page.locator('input[name=username]').fill('admin')
        page.locator('input[name=secret]').fill('admin-secret')
        page.keyboard.press('Enter')
        expect(page.get_by_role('cell', name='Authentication accepted')).to_be_visible()
        page.locator('input[name=action]').fill('CoreSettings')
        page.keyboard.press('Enter')
        expect(page.get_by_role('cell', name='CoreMaxCalls')).to_be_visible()
        page.locator('select[name=action]').select_option('command')
        page.locator('input[name=command]').fill('dialplan show <b>none</b>')
        page.keyboard.press('Enter')
        expect(page.get_by_role('cell', name="There is no existence of '<b>none</b>'")).to_be_visible()

    def test_it_is_readable_on_a_phone(self):
        self.page.set_viewport_size({'width': 360, 'height': 740})
        self.log_in()
        expect(self.page.get_by_role('heading', name='Calls')).to_be_visible()
        width = self.page.evaluate('document.documentElement.scrollWidth')
        self.assertLessEqual(width, 360)
        self.assertLess(self.page.locator('header').bounding_box()['height'], 72)
        small = self.page.evaluate('''[...document.querySelectorAll('button, input, textarea')]
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < 24).length''')
        self.assertEqual(small, 0)


if __name__ == '__main__':
    unittest.main()
