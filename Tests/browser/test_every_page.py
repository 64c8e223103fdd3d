"""What holds for every page that can be reached by links: it answers, it is readable in both themes and on a phone, every control has a name, hostile text stays text."""
import base64
import contextlib
import hmac
import json
import re
import unittest
import urllib.parse

import page as browser_page
from page import CONTRASTS, HOSTILE, PHONE, TOO_WIDE, WIDE, sign_in
from support import Hub, call, wait_for

NARROW = {"width": 360, "height": 740}
HEADER = "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,Province,Postcode,Country,SKU,Product name,Quantity,Unit price,Note\n"
UNNAMED = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex="0"]')].filter(one => {
    if (one.getAttribute('role') === 'gridcell' || !one.checkVisibility({ visibilityProperty: true })) return false;      // a cell is named by its column
    const by = (one.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join('');
    const labels = [...(one.labels ?? [])].map(label => label.textContent).join('');
    const inner = one.tagName === 'INPUT' && ['submit', 'button'].includes(one.type) ? one.value : ['INPUT', 'SELECT', 'TEXTAREA'].includes(one.tagName) ? '' : one.textContent + [...one.querySelectorAll('[alt],[aria-label]')].map(x => x.getAttribute('alt') ?? x.getAttribute('aria-label')).join('');
    return ![one.getAttribute('aria-label'), by, labels, inner, one.title].some(text => text && text.trim());
}).map(one => one.outerHTML.slice(0, 140))"""
DOUBLED = """() => { const seen = new Set(), twice = []; for (const one of document.querySelectorAll('[id]')) { if (seen.has(one.id)) twice.push(one.id); seen.add(one.id); } return twice; }"""
HEADLESS_TABLES = """() => [...document.querySelectorAll('main table')].filter(one => !one.querySelector('th')).map(one => one.outerHTML.slice(0, 140))"""
# What is no page: answers for programs, files, and what ends the session.
NO_PAGE = re.compile(r"^/(api|assets|live|health|metrics|sign-out)|\.(csv|xlsx|pdf|yaml|json)(\?|$)|/(label|template|rejected|export|download)\b")


def pattern(address):
    """The kind of page an address leads to: numbers and queries' values do not make another kind."""
    parts = urllib.parse.urlsplit(address)
    names = sorted(name for name, _ in urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    return re.sub(r"\d+", "N", parts.path) + ("?" + "&".join(names) if names else "")


def shop_order(number, text):
    """A WooCommerce order, every text of which is made by `text(field)`."""
    def person(kind, **more):
        fields = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "phone")
        return {field: text(f"{kind}.{field}") for field in fields} | {"country": "TH"} | more
    return {
        "id": number, "parent_id": 0, "number": str(number), "status": "processing", "currency": "THB", "version": "10.0.2", "prices_include_tax": True, "date_created_gmt": "2026-11-06T03:12:40",
        "date_modified_gmt": "2026-11-06T03:12:44", "discount_total": "0.00", "discount_tax": "0.00", "shipping_total": "60.00", "shipping_tax": "0.00", "cart_tax": "0.00", "total": "260.00", "total_tax": "0.00",
        "customer_id": 0, "order_key": text("order_key"), "billing": person("billing", email=text("email")), "shipping": person("shipping"), "payment_method": text("payment_method"),
        "payment_method_title": text("payment_method_title"), "transaction_id": text("transaction_id"), "customer_ip_address": text("ip"), "customer_user_agent": text("agent"), "created_via": text("created_via"),
        "customer_note": text("customer_note"), "date_completed_gmt": None, "date_paid_gmt": "2026-11-06T03:12:44", "meta_data": [{"id": 1, "key": text("meta.key"), "value": text("meta.value")}],
        "line_items": [{"id": 5, "name": text("line.name"), "product_id": 7, "variation_id": 0, "quantity": 2, "tax_class": "", "subtotal": "200.00", "subtotal_tax": "0.00", "total": "200.00", "total_tax": "0.00", "taxes": [],
                        "meta_data": [{"id": 2, "key": text("line.meta"), "value": text("line.value"), "display_key": text("line.key"), "display_value": text("line.shown")}], "sku": text("sku"), "price": 100}],
        "tax_lines": [], "fee_lines": [], "refunds": [], "coupon_lines": [{"id": 9, "code": text("coupon"), "discount": "0.00", "discount_tax": "0.00"}],
        "shipping_lines": [{"id": 6, "method_title": text("method_title"), "method_id": text("method_id"), "total": "60.00", "total_tax": "0.00", "taxes": [], "meta_data": []}]}


class EveryPage(unittest.TestCase):
    MOST = 80
    SHOP_SECRET = "made-for-this-test-alone"
    EMOJI = "👩‍👩‍👧‍👦" * 400

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.browser = cls.stack.enter_context(browser_page.chromium())
        cls.hub = Hub()
        cls.stack.callback(cls.hub.stop)
        cls.hub.add_channel("file", "Orders of files", hub__approval="manual")
        cls.hub.add_channel("courier", "Courier", url="http://127.0.0.1:9", keyID="k", secret="s", callbackSecret="c")
        path = f"{cls.hub.folder.name}/hostile.csv"
        quoted = '"' + HOSTILE.replace('"', '""') + '"'
        emoji = "👩‍👩‍👧‍👦" * 300
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER)
            file.write(f"H-1,2026-03-01,THB,{quoted},0812345678,{quoted},Bangkok,10110,TH,{quoted},{quoted},2,1500.00,{quoted}\n")
            file.write(f"H-2,2026-03-01,THB,{emoji[:1500]},0812345679,{emoji[:1500]},Bangkok,10110,TH,E-1,{emoji[:1500]},1,10.00,=HYPERLINK(1)\n")
        cls.report = cls.hub.cli("import", "orders", path, "--channel", "Orders of files")
        wait_for("the hostile orders", lambda: len(cls.hub.orders("Orders of files")) == 2 or None)
        cls.hostile = [cls.shop_sends(shop_order(7001, lambda field: f"{field} {HOSTILE}")), cls.shop_sends(shop_order(7002, lambda field: cls.EMOJI))]
        cls.addresses = cls.crawl()

    @classmethod
    def shop_sends(cls, order):
        """The hub's id of an order that a shop's webhook brings."""
        hook = getattr(cls, "hook", None) or cls.hub.add_channel("woocommerce", "Woo", url="http://127.0.0.1:9", consumerKey="ck_x", consumerSecret="cs_x", webhookSecret=cls.SHOP_SECRET, hub__approval="manual")["hookURL"]
        cls.hook = hook
        body = json.dumps(order, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Resource": "order", "X-WC-Webhook-Event": "updated", "X-WC-Webhook-ID": "1",
                   "X-WC-Webhook-Delivery-ID": f"{order['id']}", "X-WC-Webhook-Source": "http://127.0.0.1:9/", "X-WC-Webhook-Signature": base64.b64encode(hmac.digest(cls.SHOP_SECRET.encode(), body, "sha256")).decode()}
        status, _, answer = call("POST", hook, body, headers)
        assert status < 300, answer
        return wait_for("the shop's order", lambda: cls.hub.orders("Woo").get(str(order["id"])))["id"]

    @classmethod
    def crawl(cls):
        """One address of every kind that links lead to, found without scripts."""
        context = cls.browser.new_context(java_script_enabled=False)
        page = context.new_page()
        sign_in(page, cls.hub.url, cls.hub.token)
        waiting, found, broken = ["/"], {}, []
        while waiting and len(found) < cls.MOST:
            address = waiting.pop(0)
            if pattern(address) in found:
                continue
            answer = page.goto(cls.hub.url + address)
            found[pattern(address)] = address
            if answer.status >= 400:
                broken.append(f"{answer.status} {address}")
                continue
            for link in page.locator("a[href]").all():
                target = urllib.parse.urlsplit(urllib.parse.urljoin(page.url, link.get_attribute("href")))
                local = target.path + (f"?{target.query}" if target.query else "")
                if f"{target.scheme}://{target.netloc}" == cls.hub.url and not NO_PAGE.search(local) and pattern(local) not in found:
                    waiting.append(local)
        context.close()
        if broken:
            raise AssertionError(f"links lead nowhere: {broken}")
        return sorted(found.values())

    def visit_all(self, check, size=WIDE, scheme="light", **more):
        context = self.browser.new_context(viewport=size, color_scheme=scheme, **more)
        self.addCleanup(context.close)
        context.set_default_timeout(15_000)
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}") if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        sign_in(page, self.hub.url, self.hub.token)
        for address in self.addresses:
            page.goto(self.hub.url + address, wait_until="load")
            with self.subTest(address):
                check(page, address)
        self.assertEqual(complaints, [])

    def test_there_are_pages(self):
        kinds = {pattern(address) for address in self.addresses}
        for wanted in ("/", "/orders", "/channels", "/flows", "/rules", "/files", "/settings", "/account"):
            self.assertIn(wanted, kinds)

    def test_every_page_is_whole_and_every_control_has_a_name(self):
        def check(page, address):
            self.assertEqual(page.locator("h1").count(), 1, "one first heading")
            self.assertEqual(page.locator("main").count(), 1)
            self.assertTrue(page.title().endswith("· Crossdock"), page.title())
            self.assertEqual(page.evaluate(UNNAMED), [])
            self.assertEqual(page.evaluate(DOUBLED), [])
            self.assertEqual(page.evaluate(HEADLESS_TABLES), [])
        self.visit_all(check)

    def test_every_page_is_readable_in_light(self):
        self.visit_all(lambda page, address: self.assertEqual(page.evaluate(CONTRASTS), []))

    def test_every_page_is_readable_in_dark(self):
        self.visit_all(lambda page, address: self.assertEqual(page.evaluate(CONTRASTS), []), scheme="dark")

    def test_no_page_is_wider_than_a_phone(self):
        self.visit_all(lambda page, address: self.assertEqual(page.evaluate(TOO_WIDE), []), size=NARROW)

    def test_no_page_is_wider_than_a_phone_in_thai_and_spanish(self):
        for locale in ("th-TH", "es-CL"):
            def check(page, address):
                self.assertEqual(page.evaluate("document.documentElement.lang"), locale[:2])
                self.assertEqual(page.evaluate(TOO_WIDE), [])
                shown = page.evaluate("document.body.innerText")
                missing = re.findall(r"\b(?:shell|model|people|orders|channels|flows|today|order|rules|files)\.(?:js\.)?[a-z][A-Za-z]+(?:\.[A-Za-z]+)*\b", shown)
                # Names of files and of events are no keys of the string tables.
                self.assertEqual([text for text in missing if not re.search(r"\.(csv|xlsx|yaml|[a-z]+ed)$", text)], [], "texts without words")
            self.visit_all(check, size=NARROW, locale=locale)

    def test_hostile_texts_stay_texts(self):
        def check(page, address):
            self.assertFalse(page.evaluate("'pwned' in window"))
            self.assertEqual(page.locator("main i, img[src='x']").count(), 0)
        self.visit_all(check)

    def test_every_text_of_a_shop_may_be_hostile_or_endless(self):
        for size in (WIDE, PHONE):
            context = self.browser.new_context(viewport=size)
            page = context.new_page()
            sign_in(page, self.hub.url, self.hub.token)
            for number, order in enumerate(self.hostile):
                for address in (f"/orders/{order}", f"/orders/{order}?edit=1", "/orders?search=700", "/", "/ship", f"/find?q=700{number + 1}"):
                    with self.subTest(address=address, size=size["width"]):
                        page.goto(self.hub.url + address)
                        self.assertFalse(page.evaluate("'pwned' in window"))
                        self.assertEqual(page.locator("main img, main script, main [onmouseover], main [onerror]").count(), 0)
                        self.assertEqual(page.evaluate(TOO_WIDE), [])
            context.close()

    def test_the_keyboard_reaches_the_contents_and_focus_is_seen(self):
        def check(page, address):
            page.evaluate("document.activeElement.blur()")
            seen = set()
            for _ in range(14):
                page.keyboard.press("Tab")
                state = page.evaluate("""() => { const one = document.activeElement, style = getComputedStyle(one);
                    return [one.tagName + '#' + one.id + '.' + one.className + ' ' + one.textContent.slice(0, 20), one === document.body || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)]; }""")
                self.assertTrue(state[1], f"no visible focus on {state[0]}")
                seen.add(state[0])
            self.assertGreater(len(seen), 5)
        self.visit_all(check)


if __name__ == "__main__":
    unittest.main()
