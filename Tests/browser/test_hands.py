"""The grid under the hands: the keyboard alone, a range by shift, a courier and a file for many, a view for all, and no motion where none is wanted."""
import re

from page import sign_in
from playwright.sync_api import expect
from support import wait_for
from test_orders import OrdersCase

MOVES = """() => [...document.querySelectorAll('*')].filter((one) => [one, '::before', '::after'].some((part) => {
    const style = typeof part === 'string' ? getComputedStyle(one, part) : getComputedStyle(one), moves = (times) => times.split(',').some((time) => parseFloat(time) > 0);
    return style.animationName !== 'none' && moves(style.animationDuration) || moves(style.transitionDuration);
})).map((one) => one.outerHTML.slice(0, 120))"""


class Hands(OrdersCase):
    def test_a_mornings_orders_are_approved_without_a_mouse(self):
        self.take_in([(f"DAWN-{number}", {}) for number in range(3)])
        page = self.open()
        sign_in(page, self.hub.url, self.hub.token)
        page.get_by_role("link", name="Orders", exact=True).wait_for()
        page.keyboard.press("g")
        page.keyboard.press("o")
        expect(page.locator("#grid[data-ready]")).to_be_visible()
        page.keyboard.press("/")
        expect(page.locator("[data-find]")).to_be_focused()
        page.keyboard.type("dawn-")
        page.keyboard.press("Enter")
        expect(self.row(page, "DAWN-0")).to_be_visible()
        expect(page.locator(".tabulator-row")).to_have_count(3)
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("Control+a")
        expect(page.get_by_role("toolbar")).to_contain_text("3 selected")
        page.keyboard.press("a")
        expect(page.get_by_role("dialog")).to_contain_text("3 of 3 will go")
        page.keyboard.press("Enter")
        expect(page.locator(".toast")).to_contain_text("3 of 3 went")
        self.assertNotEqual(self.state("DAWN-2"), "new")

    def test_a_range_is_selected_by_shift(self):
        self.take_in([(f"RANGE-{number}", {}) for number in range(5)])
        page = self.grid("orders?search=range-")
        boxes = page.locator(".tabulator-row").get_by_role("checkbox")
        expect(boxes).to_have_count(5)
        boxes.nth(1).click()
        boxes.nth(3).click(modifiers=["Shift"])
        expect(page.get_by_role("toolbar")).to_contain_text("3 selected")
        self.assertEqual([boxes.nth(index).is_checked() for index in range(5)], [False, True, True, True, False])

    def test_a_courier_and_a_file_for_many(self):
        self.hub.add_channel("courier", "Night riders", url="http://127.0.0.1:9", keyID="k", secret="s" * 32, callbackSecret="c" * 32)
        self.take_in([(f"RIDE-{number}", {}) for number in range(2)])
        page = self.grid("orders?search=ride-")
        page.get_by_role("checkbox", name="Select all that match").check()
        page.get_by_role("toolbar").get_by_role("button", name=re.compile("courier", re.I)).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("combobox").select_option("Night riders")
        dialog.get_by_role("button", name=re.compile(": 2$")).click()
        expect(page.locator(".toast")).to_contain_text("2 of 2 went")
        self.assertEqual({self.find(f"RIDE-{number}")["courier"] for number in range(2)}, {"Night riders"})
        page.get_by_role("checkbox", name="Select all that match").check()
        page.get_by_role("toolbar").get_by_role("button", name="Export").click()
        page.get_by_role("dialog").get_by_role("button", name=re.compile(": 2$")).click()
        with page.expect_download() as download:
            page.locator(".toast").get_by_role("link").or_(page.locator(".toast").get_by_role("button", name=re.compile("file", re.I))).first.click()
        with open(download.value.path(), encoding="utf-8-sig") as file:
            text = file.read()
        self.assertIn("RIDE-0", text)
        self.assertIn("RIDE-1", text)

    def test_a_shared_view_is_seen_by_others(self):
        self.take_in([("SHARED-1", {})])
        page = self.grid("orders?search=shared-1")
        page.get_by_role("button", name="Save view").click()
        page.get_by_label("Name", exact=True).fill("For all of us")
        page.get_by_label("Others see it too").check()
        page.get_by_role("button", name="Save as new").click()
        expect(page.locator("#views a[aria-current]")).to_contain_text("For all of us")
        other = self.hub.cli("token", "create", "Ploy", "--scope", "orders:read", "--scope", "buyers:read")["token"]
        theirs = self.grid("orders", token=other)
        theirs.locator("#views").get_by_role("link", name=re.compile("For all of us")).click()
        expect(self.row(theirs, "SHARED-1")).to_be_visible()

    def test_nothing_moves_for_those_who_do_not_want_it(self):
        self.take_in([("CALM-1", {})])
        page = self.grid("orders?search=calm", reduced_motion="reduce")
        expect(self.row(page, "CALM-1")).to_be_visible()
        self.assertEqual(page.evaluate(MOVES), [])
        self.take_in([("CALM-2", {})])
        wait_for("it is there", lambda: self.find("CALM-2"))
        page.goto(f"{self.hub.url}/")
        expect(page.get_by_role("link", name="CALM-2").first).to_be_visible()
        self.take_in([("CALM-3", {})])
        expect(page.get_by_role("link", name="CALM-3").first).to_be_visible()
        self.assertEqual(page.evaluate(MOVES), [])
