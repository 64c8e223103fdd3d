"""The console page as a person sees it: signing in, the live overview, an order, hostile text, no scripts, a phone."""
import contextlib
import re
import unittest

import page as browser_page
from page import CONTRASTS, HOSTILE, PHONE, TOO_WIDE, WIDE, sign_in
from playwright.sync_api import expect
from support import Hub, Simulator, wait_for

HEADER = "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,Province,Postcode,Country,SKU,Product name,Quantity,Unit price\n"


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.browser = cls.stack.enter_context(browser_page.chromium())
        cls.hub = Hub()
        cls.stack.callback(cls.hub.stop)
        cls.hub.add_channel("file", "Excel orders", hub__approval="manual")
        cls.imported = 0
        cls.take_in("FIRST-1", "Somchai Jaidee")

    @classmethod
    def take_in(cls, number, buyer, quantity=2):
        """An order by a file, as a person imports it."""
        quoted = '"' + buyer.replace('"', '""') + '"'
        path = f"{cls.hub.folder.name}/orders-{number}.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER + f"{number},2026-03-01,THB,{quoted},0812345678,99/1 Sukhumvit 21,Bangkok,10110,TH,MUG,Mug,{quantity},1500.00\n")
        report = cls.hub.cli("import", "orders", path, "--channel", "Excel orders")
        if report["taken"] != 1:
            raise AssertionError(report["problems"])
        return wait_for("the order", lambda: cls.hub.orders("Excel orders").get(number))

    def setUp(self):
        self.complaints = []

    def open(self, size=WIDE, scheme="light", is_expected=None, **more):
        """A page of a fresh browser session. What its console complains of fails the test, except what matches `is_expected`."""
        context = self.browser.new_context(viewport=size, color_scheme=scheme, **more)
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

    def signed_in(self, **more):
        page = self.open(**more)
        sign_in(page, self.hub.url, self.hub.token)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    def row(self, page, number):
        return page.get_by_role("row").filter(has=page.get_by_role("link", name=number, exact=True))

    # signing in

    def test_signing_in_lasts_over_a_reload_and_ends_with_signing_out(self):
        page = self.signed_in()
        page.reload()
        expect(page.get_by_role("heading", name="Last orders")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Token")).to_be_visible()
        page.goto(self.hub.url)
        expect(page.get_by_label("Token")).to_be_visible()
        self.assertEqual(page.context.cookies(), [])

    def test_a_wrong_token_is_told_beside_its_field(self):
        page = self.open(is_expected="401")
        for wrong in ("cdt_wrong", "not a token <b>"):
            sign_in(page, self.hub.url, wrong)
            expect(page.get_by_role("alert")).to_contain_text("unknown or was revoked")
            field = page.get_by_label("Token")
            self.assertEqual(field.get_attribute("aria-invalid"), "true")
            self.assertEqual(page.evaluate("document.activeElement.id"), "token")
            expect(page.get_by_text("crossdock token create")).to_be_visible()

    def test_a_token_sees_no_more_than_its_scopes(self):
        token = self.hub.cli("token", "create", "packing table", "--scope", "orders:read")["token"]
        page = self.open()
        sign_in(page, self.hub.url, token)
        expect(page.get_by_text("packing table")).to_be_visible()
        expect(page.get_by_text("flows:read")).to_be_visible()
        expect(self.row(page, "FIRST-1")).to_contain_text("S•••")
        expect(page.get_by_text("Somchai")).to_have_count(0)
        self.row(page, "FIRST-1").get_by_role("link").click()
        expect(page.get_by_text("buyers:read")).to_be_visible()
        for hidden in ("Somchai", "Sukhumvit", "0812345678", "812345678"):
            self.assertNotIn(hidden, page.content())

    # the overview

    def test_the_overview_shows_channels_routes_and_orders(self):
        page = self.signed_in()
        expect(page.get_by_role("heading", name="Channels", exact=True)).to_be_visible()
        expect(page.locator("#channels").get_by_role("row").filter(has_text="Excel orders")).to_contain_text("active")
        expect(page.locator("#routes").get_by_role("row").filter(has_text="book at the courier")).to_contain_text("live")
        expect(self.row(page, "FIRST-1")).to_contain_text("3,000.00 THB")
        expect(page.get_by_text("crossdock doctor")).to_be_visible()

    def test_an_imported_order_appears_without_a_reload(self):
        page = self.signed_in()
        expect(page.get_by_role("status")).to_have_text("live")
        page.evaluate("window.sameDocument = true")
        self.take_in("LIVE-1", "Malee Suksai")
        expect(self.row(page, "LIVE-1")).to_contain_text("Malee Suksai")
        self.assertTrue(page.evaluate("window.sameDocument"))
        order = self.hub.orders("Excel orders")["LIVE-1"]
        self.hub.cli("orders", "exclude", order["id"], "--reason", "a test")
        expect(self.row(page, "LIVE-1")).to_contain_text("excluded")
        self.assertTrue(page.evaluate("window.sameDocument"))

    def test_a_change_is_brought_by_the_stream_not_by_the_clock(self):
        page = self.open()
        page.clock.install()      # the two-second round never comes
        sign_in(page, self.hub.url, self.hub.token)
        page.clock.run_for(2100)
        expect(page.get_by_role("status")).to_have_text("live")
        with page.expect_request(lambda request: request.url.endswith("/fragment")):
            self.take_in("STREAM-1", "Anan Kaew")
            wait_for("the stream's word", lambda: page.evaluate("document.readyState") == "complete" and (page.clock.run_for(500) or self.row(page, "STREAM-1").count() == 1))

    def test_a_marked_text_and_the_focus_stay_where_they_are(self):
        page = self.signed_in()
        expect(page.get_by_role("status")).to_have_text("live")
        link = self.row(page, "FIRST-1").get_by_role("link")
        link.focus()
        self.take_in("FOCUS-1", "Somsri")
        expect(self.row(page, "FOCUS-1")).to_be_visible()
        self.assertEqual(page.evaluate("document.activeElement.textContent"), "FIRST-1")
        page.evaluate("getSelection().selectAllChildren(document.querySelector('.orders tbody tr td:nth-child(3)'))")
        self.take_in("FOCUS-2", "Somsri")
        self.assertIn("FOCUS-2", page.evaluate("fetch('/fragment').then(answer => answer.text())"))
        self.assertEqual(page.evaluate("getSelection().toString()").strip(), "Somsri")
        page.evaluate("getSelection().removeAllRanges()")
        expect(self.row(page, "FOCUS-2")).to_be_visible()

    def test_a_hub_that_is_gone_is_told_and_its_return_noticed(self):
        page = self.open(is_expected="ERR_FAILED|ERR_CONNECTION|Failed to load")
        sign_in(page, self.hub.url, self.hub.token)
        expect(page.get_by_role("status")).to_have_text("live")
        page.route("**/fragment", lambda route: route.abort())
        expect(page.get_by_role("status")).to_contain_text("does not answer")
        expect(self.row(page, "FIRST-1")).to_be_visible()
        page.unroute("**/fragment")
        expect(page.get_by_role("status")).to_have_text("live")

    # an order

    def test_an_order_tells_what_happened_and_what_can_be_done(self):
        self.hub.cli("orders", "note", self.hub.orders("Excel orders")["FIRST-1"]["id"], "called the buyer")
        page = self.signed_in()
        self.row(page, "FIRST-1").get_by_role("link").click()
        expect(page.get_by_role("heading", name="Order FIRST-1")).to_be_visible()
        for words in ("99/1 Sukhumvit 21", "called the buyer", "crossdock orders approve"):
            expect(page.get_by_text(words).first).to_be_visible()
        expect(page.get_by_role("row").filter(has_text="Total")).to_contain_text("3,000.00 THB")
        expect(page.get_by_role("row").filter(has_text="created")).to_be_visible()
        page.get_by_role("link", name="Overview").click()
        expect(page.get_by_role("heading", name="Last orders")).to_be_visible()

    def test_an_order_that_is_not_there_has_a_way_back(self):
        page = self.open(is_expected="404")
        sign_in(page, self.hub.url, self.hub.token)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        for address in ("orders/1", "orders/<b>"):
            self.assertEqual(page.goto(f"{self.hub.url}/{address}").status, 404)
            expect(page.get_by_role("alert")).to_contain_text("no such order")
        page.get_by_role("link", name="overview").click()
        expect(page.get_by_role("heading", name="Last orders")).to_be_visible()

    # hostile text

    def test_a_hostile_buyers_name_is_text(self):
        self.take_in("HOSTILE-1", HOSTILE)
        page = self.signed_in()
        expect(page.get_by_role("status")).to_have_text("live")
        shown = self.row(page, "HOSTILE-1").locator("td.buyer").text_content()
        self.assertEqual(shown, HOSTILE)
        self.row(page, "HOSTILE-1").get_by_role("link").click()
        expect(page.get_by_role("heading", name="Order HOSTILE-1")).to_be_visible()
        self.assertIn(HOSTILE, page.locator("main").text_content())
        self.assertIsNone(page.evaluate("window.pwned ?? null"))
        self.assertEqual(page.locator("main img, main script, main [onmouseover]").count(), 0)
        # The override ends with its own element: what follows it is written from left to right.
        self.assertEqual(page.evaluate("getComputedStyle(document.querySelector('main bdi')).unicodeBidi"), "isolate")

    # without scripts, on a phone, by keyboard

    def test_it_works_with_scripts_blocked(self):
        page = self.open(java_script_enabled=False)
        sign_in(page, self.hub.url, self.hub.token)
        expect(self.row(page, "FIRST-1")).to_be_visible()
        self.assertEqual(page.locator("meta[http-equiv=refresh]").get_attribute("content"), "10")
        self.take_in("PLAIN-1", "Niran")
        page.reload()
        expect(self.row(page, "PLAIN-1")).to_be_visible()
        self.row(page, "PLAIN-1").get_by_role("link").click()
        expect(page.get_by_role("heading", name="Order PLAIN-1")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Token")).to_be_visible()

    def test_a_policy_forbids_scripts_of_others(self):
        page = self.open(is_expected="Content Security Policy|Content-Security-Policy")
        sign_in(page, self.hub.url, self.hub.token)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.evaluate("""() => { const one = document.createElement('script'); one.textContent = 'window.inline = 1'; document.body.append(one);
            const other = document.createElement('script'); other.src = 'https://127.0.0.1:1/x.js'; document.body.append(other); }""")
        self.assertIsNone(page.evaluate("window.inline ?? null"))

    def test_nothing_is_wider_than_the_window(self):
        self.take_in("A-VERY-LONG-ORDER-NUMBER-" + "X" * 60, "W" * 120)
        shop = Simulator("shopify", "--seed", "3")
        self.addCleanup(shop.stop)
        name = "A shop with a name as long as names are allowed to be ----------"
        self.hub.add_channel("shopify", name, **shop.settings)
        self.addCleanup(self.hub.cli_raw, "channel", "remove", name, "--yes")
        long_order = next(order for number, order in self.hub.orders("Excel orders").items() if number.startswith("A-VERY"))
        for size in (PHONE, {"width": 360, "height": 640}, {"width": 800, "height": 600}, WIDE, {"width": 2560, "height": 1200}):
            with self.subTest(size["width"]):
                page = self.open(size=size)
                page.goto(self.hub.url)
                self.assertEqual(page.evaluate(TOO_WIDE), [])
                sign_in(page, self.hub.url, self.hub.token)
                for address in ("", f"orders/{long_order['id']}"):
                    page.goto(f"{self.hub.url}/{address}")
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), size["width"], address)
                    self.assertEqual(page.evaluate(TOO_WIDE), [], address)

    def test_texts_have_enough_contrast_in_light_and_dark(self):
        order = self.hub.orders("Excel orders")["FIRST-1"]["id"]
        for scheme in ("light", "dark"):
            with self.subTest(scheme):
                page = self.open(scheme=scheme)
                page.goto(self.hub.url)
                self.assertEqual(page.evaluate(CONTRASTS), [])
                sign_in(page, self.hub.url, self.hub.token)
                for address in ("", f"orders/{order}"):
                    page.goto(f"{self.hub.url}/{address}")
                    self.assertEqual(page.evaluate(CONTRASTS), [], address)

    def test_the_keyboard_reaches_everything_and_shows_where_it_is(self):
        page = self.signed_in()
        expect(page.get_by_role("status")).to_have_text("live")
        reached = []
        page.evaluate("document.activeElement.blur()")
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()"))
            self.assertEqual(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "solid", reached[-1])
        self.assertEqual(reached[:3], ["To the contents", "Crossdock", "Sign out"])
        self.assertTrue(any(words.startswith("Open problems") for words in reached), reached)
        self.assertTrue(all(reached), "a control without a name")

    def test_the_first_view_is_small_and_quick(self):
        page = self.signed_in()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.reload(wait_until="load")
        # The icon belongs to the browser's frame: it is asked for when the browser likes, within the load or after it.
        page_itself = [url for url in asked if not url.endswith(("/fragment", "/events/stream")) and "/assets/icon." not in url]
        self.assertLessEqual(len(page_itself), 3, asked)
        timing = page.evaluate("(() => { const t = performance.getEntriesByType('navigation')[0]; return [t.responseEnd - t.requestStart, t.loadEventEnd - t.startTime]; })()")
        self.assertLess(timing[1], 5000, timing)


if __name__ == "__main__":
    unittest.main()
