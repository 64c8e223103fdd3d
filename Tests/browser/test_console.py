"""The console as a person meets it first: signing in, the live day, an order, hostile text, no scripts, a phone."""
import re
import unittest

from consolecase import ConsoleCase
from page import CONTRASTS, HOSTILE, PHONE, TOO_WIDE, WIDE, sign_in
from playwright.sync_api import expect
from support import Simulator, wait_for


class Console(ConsoleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.take_in("FIRST-1")

    # signing in

    def test_signing_in_lasts_over_a_reload_and_ends_with_signing_out(self):
        page = self.signed_in()
        page.reload()
        expect(page.get_by_role("heading", name="Last orders")).to_be_visible()
        self.sign_out(page)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.goto(self.hub.url)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        self.assertEqual([cookie["name"] for cookie in page.context.cookies() if "session" in cookie["name"]], [])

    def test_a_wrong_token_is_told_beside_its_field(self):
        page = self.open(is_expected="40[013]|422|429")
        for wrong in ("cdt_wrong", "not a token <b>"):
            sign_in(page, self.hub.url, wrong)
            expect(page.get_by_role("alert").first).to_be_visible()
            expect(page.get_by_label("Token", exact=True)).to_have_attribute("aria-invalid", "true")

    def test_a_token_sees_no_more_than_its_scopes(self):
        token = self.hub.cli("token", "create", "packing table", "--scope", "orders:read")["token"]
        page = self.signed_in(token)
        expect(page.locator("details.who > summary")).to_contain_text("packing table")
        expect(page.get_by_text("flows:read")).to_be_visible()
        expect(self.row(page, "FIRST-1")).to_contain_text("S•••")
        expect(page.get_by_text("Somchai")).to_have_count(0)
        self.row(page, "FIRST-1").get_by_role("link").click()
        expect(page.get_by_text("buyers:read").first).to_be_visible()
        for hidden in ("Somchai", "Sukhumvit", "0812345678", "812345678"):
            self.assertNotIn(hidden, page.content())

    # the day

    def test_today_shows_connections_steps_and_orders(self):
        page = self.signed_in()
        expect(page.get_by_role("heading", name="Connections")).to_be_visible()
        expect(page.locator("#connections")).to_contain_text("deliver")
        expect(self.row(page, "FIRST-1")).to_contain_text("3,000.00 THB")
        expect(page.get_by_text("No courier is connected")).to_be_visible()

    def test_an_imported_order_appears_without_a_reload(self):
        page = self.signed_in()
        self.live(page)
        page.evaluate("window.sameDocument = true")
        order = self.take_in("LIVE-1", "Malee Suksai")
        expect(self.row(page, "LIVE-1")).to_contain_text("Malee Suksai")
        self.assertTrue(page.evaluate("window.sameDocument"))
        self.hub.cli("orders", "exclude", order["id"], "--reason", "a test")
        expect(self.row(page, "LIVE-1")).to_contain_text("excluded")
        self.assertTrue(page.evaluate("window.sameDocument"))

    def test_a_change_is_brought_by_the_stream_not_by_the_clock(self):
        page = self.open()
        page.clock.install()      # the twenty-second round never comes
        sign_in(page, self.hub.url, self.hub.token)
        self.live(page)
        page.clock.run_for(3000)
        with page.expect_request(lambda request: request.url.endswith("/today/board")):
            self.take_in("STREAM-1", "Anan Kaew")
            wait_for("the stream's word", lambda: page.evaluate("document.readyState") == "complete" and (page.clock.run_for(500) or self.row(page, "STREAM-1").count() == 1))

    def test_a_marked_text_and_the_focus_stay_where_they_are(self):
        page = self.signed_in()
        self.live(page)
        page.mouse.move(2, 2)
        link = self.row(page, "FIRST-1").get_by_role("link")
        link.focus()
        self.take_in("FOCUS-1", "Somsri")
        expect(self.row(page, "FOCUS-1")).to_be_visible()
        self.assertEqual(page.evaluate("document.activeElement.textContent"), "FIRST-1")
        page.evaluate("getSelection().selectAllChildren(document.querySelector('.orders tbody tr td:nth-child(3)'))")
        self.take_in("FOCUS-2", "Somsri")
        self.assertIn("FOCUS-2", page.evaluate("fetch('/today/board').then(answer => answer.text())"))
        self.assertEqual(page.evaluate("getSelection().toString()").strip(), "Somsri")
        page.evaluate("getSelection().removeAllRanges()")
        expect(self.row(page, "FOCUS-2")).to_be_visible()

    def test_a_hub_that_is_gone_is_told_and_its_return_noticed(self):
        page = self.open(is_expected="ERR_|Failed to load")
        sign_in(page, self.hub.url, self.hub.token)
        self.live(page)
        page.context.set_offline(True)
        page.route("**/live", lambda route: route.abort())
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        expect(page.locator("#standing")).to_contain_text("does not answer")
        expect(self.row(page, "FIRST-1")).to_be_visible()
        page.unroute("**/live")
        page.context.set_offline(False)
        self.live(page)

    # an order

    def test_an_order_that_is_not_there_has_a_way_back(self):
        page = self.signed_in(is_expected="404")
        for address in ("orders/1", "orders/<b>"):
            self.assertEqual(page.goto(f"{self.hub.url}/{address}").status, 404)
            expect(page.get_by_role("alert")).to_contain_text("no such order")
        page.get_by_role("link", name="To Today").click()
        expect(page.get_by_role("heading", name="Last orders")).to_be_visible()

    # hostile text

    def test_a_hostile_buyers_name_is_text(self):
        self.take_in("HOSTILE-1", HOSTILE)
        page = self.signed_in()
        self.live(page)
        self.assertEqual(self.row(page, "HOSTILE-1").locator("td.buyer").text_content(), HOSTILE)
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
        self.assertEqual(page.locator("meta[http-equiv=refresh]").get_attribute("content"), "30")
        self.take_in("PLAIN-1", "Niran")
        page.reload()
        expect(self.row(page, "PLAIN-1")).to_be_visible()
        self.row(page, "PLAIN-1").get_by_role("link").click()
        expect(page.get_by_role("heading", name="Order PLAIN-1")).to_be_visible()
        self.sign_out(page)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_a_policy_forbids_scripts_of_others(self):
        page = self.signed_in(is_expected="Content Security Policy|Content-Security-Policy")
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
        long_order = next(order for number, order in self.hub.orders(self.CHANNEL).items() if number.startswith("A-VERY"))
        for size in (PHONE, {"width": 360, "height": 640}, {"width": 800, "height": 600}, WIDE, {"width": 2560, "height": 1200}):
            with self.subTest(size["width"]):
                page = self.signed_in(size=size)
                for address in ("", f"orders/{long_order['id']}", f"orders/{long_order['id']}?edit=1"):
                    page.goto(f"{self.hub.url}/{address}")
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), size["width"], address)
                    self.assertEqual(page.evaluate(TOO_WIDE), [], address)

    def test_texts_have_enough_contrast_in_light_and_dark(self):
        order = self.hub.orders(self.CHANNEL)["FIRST-1"]["id"]
        for scheme in ("light", "dark"):
            with self.subTest(scheme):
                page = self.signed_in(scheme=scheme)
                for address in ("", f"orders/{order}", f"orders/{order}?edit=1"):
                    page.goto(f"{self.hub.url}/{address}")
                    self.assertEqual(page.evaluate(CONTRASTS), [], address)

    def test_the_keyboard_reaches_everything_and_shows_where_it_is(self):
        page = self.signed_in()
        self.live(page)
        reached = []
        page.evaluate("document.activeElement.blur()")
        for _ in range(16):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).replace(/\\s+/g, ' ').trim()"))
            self.assertEqual(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "solid", reached[-1])
        self.assertEqual(reached[:3], ["To the contents", "Crossdock", "Today"])
        self.assertTrue(any(words.startswith("Late") for words in reached), reached)
        self.assertTrue(all(reached), "a control without a name")

    def test_the_first_view_is_small_and_quick(self):
        page = self.signed_in()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.reload(wait_until="load")
        # Assets are named by their content and cached for ever: they are not asked for again.
        page_itself = [url for url in asked if not re.search(r"/assets/|/live$|/today/board$", url)]
        self.assertLessEqual(len(page_itself), 3, asked)
        timing = page.evaluate("(() => { const t = performance.getEntriesByType('navigation')[0]; return [t.responseEnd - t.requestStart, t.loadEventEnd - t.startTime]; })()")
        self.assertLess(timing[1], 15_000, timing)


if __name__ == "__main__":
    unittest.main()
