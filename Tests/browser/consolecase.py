"""A hub with a channel of files and a browser, for tests that look at the console."""
import contextlib
import re
import unittest

import page as browser_page
from page import WIDE, sign_in
from playwright.sync_api import expect
from support import Hub, wait_for

HEADER = "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,District,Province,Postcode,Country,SKU,Product name,Quantity,Unit price\n"


class ConsoleCase(unittest.TestCase):
    CHANNEL = "Excel orders"

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.browser = cls.stack.enter_context(browser_page.chromium())
        cls.hub = Hub()
        cls.stack.callback(cls.hub.stop)
        cls.hub.add_channel("file", cls.CHANNEL, hub__approval="manual")

    @classmethod
    def take_in(cls, number, buyer="Somchai Jaidee", quantity=2, postcode="10110", line1="99/1 Sukhumvit 21", district="Watthana", hub=None):
        """An order by a file, as a person imports it."""
        hub = hub or cls.hub
        quoted = '"' + buyer.replace('"', '""') + '"'
        path = f"{hub.folder.name}/orders-{number}.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER + f"{number},2026-03-01,THB,{quoted},0812345678,{line1},{district},Bangkok,{postcode},TH,MUG,Mug,{quantity},1500.00\n")
        report = hub.cli("import", "orders", path, "--channel", cls.CHANNEL)
        if report["taken"] != 1:
            raise AssertionError(report["problems"])
        return wait_for("the order", lambda: hub.orders(cls.CHANNEL).get(number))

    def setUp(self):
        self.complaints = []

    def open(self, size=WIDE, scheme="light", is_expected=None, **more):
        """A page of a fresh browser session. What its console complains of fails the test, except what matches `is_expected`."""
        context = self.browser.new_context(**{"viewport": size, "color_scheme": scheme, "locale": "en-GB", **more})
        self.addCleanup(context.close)
        context.set_default_timeout(15_000)
        page = context.new_page()

        def note(words):
            if not (is_expected and re.search(is_expected, words)):
                self.complaints.append(words)
        page.on("console", lambda message: note(f"{message.type}: {message.text}") if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: note(f"error: {error}"))
        self.addCleanup(self.assertEqual, self.complaints, [])
        return page

    def signed_in(self, token=None, **more):
        page = self.open(**more)
        sign_in(page, self.hub.url, token or self.hub.token)
        expect(page.locator("header.top nav")).to_be_visible()
        return page

    def sign_out(self, page):
        page.locator("details.who > summary").click()
        page.get_by_role("button", name="Sign out").click()

    def row(self, page, number):
        return page.get_by_role("row").filter(has=page.get_by_role("link", name=number, exact=True))

    def live(self, page):
        expect(page.locator("#standing")).to_have_text("live")

    def order_page(self, page, order):
        page.goto(f"{self.hub.url}/orders/{order['id']}")
        expect(page.get_by_role("heading", name=f"Order {order['externalNumber']}")).to_be_visible()
