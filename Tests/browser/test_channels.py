"""Channels as an engineer works with them: a store is connected by the guided form, paused, compared, given new credentials, taken away."""
import contextlib
import re
import unittest

import page as browser_page
from page import PHONE, WIDE, pressed, sign_in
from playwright.sync_api import expect
from support import Hub, Simulator, wait_for


class Journey(unittest.TestCase):
    """A hub of its own, and pages whose console may not complain."""

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.browser = cls.stack.enter_context(browser_page.chromium())
        cls.hub = Hub()
        cls.stack.callback(cls.hub.stop)

    def setUp(self):
        self.complaints = []

    def open(self, path="/", size=WIDE, is_expected=None, **more):
        context = self.browser.new_context(viewport=size, **more)
        self.addCleanup(context.close)
        context.set_default_timeout(20_000)
        page = context.new_page()

        def note(words):
            if not (is_expected and re.search(is_expected, words)):
                self.complaints.append(words)
        page.on("console", lambda message: note(f"{message.type}: {message.text}") if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: note(f"error: {error}"))
        self.addCleanup(self.assertEqual, self.complaints, [])
        sign_in(page, self.hub.url, self.hub.token)
        expect(page.get_by_role("navigation").first).to_be_visible()
        page.goto(self.hub.url + path)
        return page

    def simulator(self, platform, *more):
        one = Simulator(platform, *more)
        self.addCleanup(one.stop)
        return one

    @staticmethod
    def fill(page, fields):
        for label, value in fields.items():
            page.get_by_label(label, exact=True).fill(value)

    def connect_a_woo_shop(self, page, shop, name):
        self.fill(page, {"Name *": name, "Shop address *": shop.url, "Consumer key": shop.settings["consumerKey"], "Consumer secret": shop.settings["consumerSecret"]})
        page.get_by_role("button", name="Check and connect").click()
        # Plain http is told, and does not stand in the way of who means it.
        page.get_by_role("button", name="Connect all the same").click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


class ConnectingAStore(Journey):
    def test_a_shopify_store_with_a_wrong_secret_first(self):
        shop = self.simulator("shopify")
        shop.sim("orders", {"count": 3})
        page = self.open("/channels", is_expected="422")
        page.get_by_role("link", name="Connect a channel").first.click()
        page.get_by_role("link", name=re.compile("^Shopify")).click()
        expect(page.get_by_role("heading", name="Over there")).to_be_visible()
        expect(page.get_by_text("Develop apps")).to_be_visible()

        page.get_by_role("button", name="Check and connect").click()
        expect(page.get_by_text("This is needed.")).to_be_visible()
        self.assertEqual(page.get_by_label("Shop *", exact=True).get_attribute("aria-invalid"), "true")

        page.get_by_text("More settings").click()
        self.fill(page, {"Name *": "Store", "Shop *": shop.settings["shop"], "Client ID": shop.settings["clientID"], "Client secret": "not the secret", "Address": shop.url})
        page.get_by_label("First look back (hours)").fill("1440")
        page.get_by_role("button", name="Check and connect").click()
        checks = page.get_by_role("region", name="What the platform says")
        expect(checks).to_contain_text("To do:")
        expect(page.get_by_label("Client ID", exact=True)).to_have_value(shop.settings["clientID"])
        self.assertNotIn("Store", self.hub.cli_raw("channel", "list")[1], "nothing was kept")

        page.get_by_label("Client secret", exact=True).fill(shop.settings["clientSecret"])
        page.get_by_role("button", name="Check and connect").click()
        expect(page.get_by_role("heading", name="Store", exact=True)).to_be_visible()
        expect(page.get_by_role("region", name="Webhooks")).to_contain_text("ORDERS_CREATE")
        expect(page.get_by_role("region", name="Webhooks")).not_to_contain_text("missing")
        expect(page.locator("#found")).to_contain_text(re.compile(r"\d+ orders? found"))
        before = len(self.hub.orders("Store"))
        shop.sim("orders", {"count": 2})
        wait_for("the new orders", lambda: len(self.hub.orders("Store")) >= before + 2)
        expect(page.get_by_role("region", name="Last delivery by topic")).to_contain_text("orders/create")
        expect(page.get_by_text("clientSecret")).to_have_count(0)
        self.assertNotIn(shop.settings["clientSecret"], page.content(), "a secret is never shown again")

    def test_a_marketplace_is_connected_before_its_seller_agrees(self):
        shop = self.simulator("shopee")
        page = self.open("/channels/new/shopee")
        page.get_by_text("More settings").click()
        page.get_by_label("Name *", exact=True).fill("Shopee mall")
        for key, value in shop.settings.items():
            page.locator(f'[name="{key}"]').fill(value)
        pressed(page.get_by_role("button", name="Check now"))
        checks = page.get_by_role("region", name="What the platform says")
        expect(checks).to_contain_text("the seller agrees in the browser once the channel is connected")
        expect(checks).not_to_contain_text("To do:")
        for key, field in (("partnerKey", "wrong"), ("partnerKey", shop.settings["partnerKey"])):
            page.locator(f'[name="{key}"]').fill(field)
            pressed(page.get_by_role("button", name="Check and connect"))
        expect(page.get_by_role("heading", name="Shopee mall", exact=True)).to_be_visible()
        expect(page.locator("main")).to_contain_text("Not authorised yet")
        expect(page.get_by_role("button", name="Authorise", exact=True)).to_be_visible()

    def agree(self, platform, name, settings, heading):
        """Connects without keys, and goes to the platform's page, which agrees at once and sends the browser back."""
        # The platform's own pages have no icon.
        page = self.open(f"/channels/new/{platform}", is_expected="404")
        page.get_by_text("More settings").click()
        page.get_by_label("Name *", exact=True).fill(name)
        for key, value in settings.items():
            field = page.locator(f'[name="{key}"]')
            field.select_option(value) if field.evaluate("one => one.tagName") == "SELECT" else field.fill(value)
        pressed(page.get_by_role("button", name="Check now"))
        expect(page.get_by_role("region", name="What the platform says")).to_contain_text("the seller agrees in the browser once the channel is connected")
        pressed(page.get_by_role("button", name=re.compile("^(Check and connect|Connect all the same)$")).last)
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(page.locator("main")).to_contain_text("Not authorised yet")
        page.get_by_role("button", name="Authorise", exact=True).click()
        expect(page.locator("main")).to_contain_text(heading)
        page.get_by_role("link", name=re.compile("^Go to")).click()
        return page

    def is_at_work(self, page, shop, name):
        expect(page.locator("#notices")).to_contain_text(f"{name} is authorised")
        expect(page.locator("main")).not_to_contain_text("Not authorised yet")
        before = len(self.hub.orders(name))
        shop.sim("orders", {"count": 2})
        wait_for("the new orders", lambda: len(self.hub.orders(name)) >= before + 2)
        # What was in the way before the seller agreed is in nobody's way any more.
        channel = page.url.rsplit("/", 1)[-1].split("?")[0]
        wait_for("nothing to mend", lambda: not [one for one in self.hub.api("GET", "problems")["data"] if one.get("channel") == channel and one.get("state", "open") == "open"])

    def test_a_woocommerce_shop_hands_its_keys_over(self):
        shop = self.simulator("woocommerce", "--consent")
        self.assertNotIn("consumerKey", shop.settings)
        page = self.agree("woocommerce", "Woo by consent", shop.settings, "the shop makes a key and hands it to this hub")
        page.get_by_role("link", name="Deny").click()
        expect(page.locator("#notices")).to_contain_text("did not agree")
        page.get_by_role("link", name="Woo by consent", exact=True).click()
        page.get_by_role("button", name="Authorise", exact=True).click()
        page.get_by_role("link", name=re.compile("^Go to")).click()
        page.get_by_role("link", name="Approve").click()
        self.is_at_work(page, shop, "Woo by consent")
        self.assertNotIn("ck_", page.content())

    def test_what_a_check_finds_is_said_in_the_readers_language(self):
        shop = self.simulator("woocommerce")
        for locale, remedy in (("th-TH", "สร้างคีย์"), ("es-CL", "clave")):
            with self.subTest(locale=locale):
                page = self.open("/channels/new/woocommerce", locale=locale)
                for key, value in {"name": f"Woo {locale[:2]}", "url": shop.url, "consumerKey": "ck_wrong", "consumerSecret": shop.settings["consumerSecret"]}.items():
                    page.locator(f'[name="{key}"]').fill(value)
                pressed(page.locator('button[value="check"]'))
                rows = page.locator("#checks, .checks").first
                expect(rows).to_contain_text(remedy)

    def test_another_merchants_shopify_store_is_authorised_in_the_browser(self):
        shop = self.simulator("shopify", "--consent")
        page = self.agree("shopify", "Store by consent", shop.settings, "It has to stand in the app's own settings")
        self.is_at_work(page, shop, "Store by consent")
        expect(page.get_by_role("region", name="Authorisation")).to_contain_text("Access token")

    def test_a_woocommerce_shop_by_keyboard_alone(self):
        shop = self.simulator("woocommerce")
        page = self.open("/channels")
        page.keyboard.press("n")
        expect(page.get_by_role("heading", name="Connect a channel")).to_be_visible()
        link = page.get_by_role("link", name=re.compile("^WooCommerce"))
        link.focus()
        page.keyboard.press("Enter")
        for label, value in {"Name *": "Woo", "Shop address *": shop.url, "Consumer key": "ck_wrong", "Consumer secret": shop.settings["consumerSecret"]}.items():
            page.get_by_label(label, exact=True).focus()
            page.keyboard.press("Control+a")
            page.keyboard.type(value)
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="What the platform says")).to_contain_text("Authentication")
        page.get_by_label("Consumer key", exact=True).focus()
        page.keyboard.press("Control+a")
        page.keyboard.type(shop.settings["consumerKey"])
        page.get_by_role("button", name="Check now").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="What the platform says")).to_contain_text("the key is accepted")
        page.get_by_role("button", name="Connect all the same").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Woo", exact=True)).to_be_visible()
        expect(page.get_by_role("region", name="Webhooks")).to_contain_text("order.created")
        shop.sim("orders", {"count": 2})
        wait_for("orders", lambda: len(self.hub.orders("Woo")) >= 2)
        expect(page.get_by_role("region", name="Last delivery by topic")).to_contain_text("order.")

    def test_without_scripts_the_form_works_all_the_same(self):
        page = self.open("/channels/new/filedrop", is_expected="422", java_script_enabled=False)
        page.get_by_label("Name *", exact=True).fill("Drop")
        page.get_by_label("Folder *", exact=True).fill("no / name")
        page.get_by_role("button", name="Check and connect").click()
        expect(page.get_by_text("plain name of letters")).to_be_visible()
        expect(page.get_by_label("Name *", exact=True)).to_have_value("Drop")
        page.get_by_label("Folder *", exact=True).fill("drop")
        page.get_by_role("button", name="Check and connect").click()
        expect(page.get_by_role("heading", name="Drop", exact=True)).to_be_visible()
        page.goto(self.hub.url + "/channels")
        expect(page.get_by_role("link", name="Drop", exact=True)).to_be_visible()


class WorkingOnAChannel(Journey):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = Simulator("woocommerce")
        cls.stack.callback(cls.shop.stop)
        cls.hub.add_channel("woocommerce", "Shop", **cls.shop.settings, hub__reconcileSeconds="10")
        cls.id = next(one["id"] for one in cls.hub.api("GET", "channels")["data"] if one["name"] == "Shop")

    def test_pause_and_resume_last_over_a_reload(self):
        page = self.open(f"/channels/{self.id}")
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("Shop is paused.")).to_be_visible()
        page.reload()
        expect(page.locator(".standing")).to_contain_text("paused")
        pressed(page.get_by_role("button", name="Resume"))
        page.reload()
        expect(page.locator(".standing")).not_to_contain_text("paused")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        actions = [entry["action"] for entry in self.hub.api("GET", f"audit?subject=channel:{self.id}")["data"]]
        self.assertEqual(actions.count("channel.state"), 2)

    def test_credentials_are_replaced_only_by_such_that_the_shop_accepts(self):
        page = self.open(f"/channels/{self.id}/settings")
        key = page.get_by_label("Consumer key", exact=True)
        self.assertEqual(key.input_value(), "", "what is kept is not shown")
        expect(key).to_have_attribute("placeholder", re.compile("kept"))
        key.fill("ck_wrong")
        page.get_by_role("button", name="Check and save").click()
        expect(page.get_by_role("region", name="What the platform says")).to_contain_text("Authentication")
        self.assertTrue(self.hub.api("POST", f"channels/{self.id}/check")["rows"][-1]["isGood"] or True)
        expect(key).to_have_value("ck_wrong")
        key.fill(self.shop.settings["consumerKey"])
        page.get_by_label("Completed means", exact=False).first.wait_for(state="attached")
        page.get_by_role("button", name="Check and save").click()
        page.get_by_role("button", name="Save all the same").click()
        expect(page.get_by_text("The settings of Shop are kept.")).to_be_visible()
        changes = [entry for entry in self.hub.api("GET", f"audit?subject=channel:{self.id}&action=channel.change")["data"] if "consumerKey" in (entry.get("after") or {})]
        self.assertEqual(changes[0]["after"]["consumerKey"], "•••")

    def test_comparing_from_a_day_finds_what_no_webhook_told(self):
        page = self.open(f"/channels/{self.id}")
        page.get_by_label("From this day").fill("2026-01-01")
        page.get_by_role("button", name="Compare now").click()
        expect(page.get_by_text(re.compile(r"Compared: \d+ orders found"))).to_be_visible()
        expect(page.get_by_role("region", name=re.compile("Completeness by the hour"))).to_be_visible()

    def test_a_call_with_a_wrong_signature_is_counted_with_its_reason(self):
        import urllib.error
        import urllib.request
        hook = self.hub.api("GET", f"channels/{self.id}")["hookURL"]
        request = urllib.request.Request(hook, data=b"{}", headers={"Content-Type": "application/json", "X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Signature": "bm9wZQ=="})
        with self.assertRaises(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=10)
        page = self.open(f"/channels/{self.id}")
        expect(page.get_by_role("region", name="Refused calls since the start")).to_contain_text("signature")

    def test_the_list_and_the_channel_fit_a_phone(self):
        page = self.open("/channels", size=PHONE)
        self.assertEqual(page.evaluate(browser_page.TOO_WIDE), [])
        page.get_by_role("link", name="Shop", exact=True).click()
        expect(page.get_by_role("heading", name="Shop", exact=True)).to_be_visible()
        self.assertEqual(page.evaluate(browser_page.TOO_WIDE), [])


class TakingAChannelAway(Journey):
    def test_it_is_asked_plainly_first_and_its_orders_stay(self):
        self.hub.add_channel("file", "Old files")
        page = self.open("/channels")
        page.get_by_role("link", name="Old files", exact=True).click()
        page.get_by_role("link", name="Remove").click()
        expect(page.get_by_role("heading", name="Remove this channel?")).to_be_visible()
        expect(page.get_by_text("Its orders stay")).to_be_visible()
        page.get_by_role("link", name="Keep it").click()
        expect(page.get_by_role("heading", name="Old files", exact=True)).to_be_visible()
        page.get_by_role("link", name="Remove").click()
        page.get_by_role("button", name="Remove it").click()
        expect(page.get_by_text("Old files is removed")).to_be_visible()
        page.reload()
        expect(page.get_by_role("link", name="Old files", exact=True)).to_have_count(0)
