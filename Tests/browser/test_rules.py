"""The rules page: written with completion and mistakes at their place, rehearsed, applied now and later, compared, taken back; two people; no scripts."""
import contextlib
import re
import unittest

import page as browser_page
from page import HOSTILE, PHONE, TOO_WIDE, WIDE
from playwright.sync_api import expect
from support import Hub, wait_for

HEADER = "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,Province,Postcode,Country,SKU,Product name,Quantity,Unit price\n"
HOLD = 'rules:\n  - name: big\n    when: {field: totals.grand, atLeast: "500"}\n    then: {hold: "look at it"}\n'


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.browser = cls.stack.enter_context(browser_page.chromium())
        cls.hub = Hub()
        cls.stack.callback(cls.hub.stop)
        cls.hub.add_channel("courier", "Fast courier", url="http://127.0.0.1:9", keyID="k", secret="s", callbackSecret="c")
        cls.channels = 0

    def setUp(self):
        self.complaints = []
        type(self).channels += 1
        self.name = f"Shop {self.channels}"
        self.hub.add_channel("file", self.name, hub__approval="manual")
        path = f"{self.hub.folder.name}/{self.channels}.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER)
            for number in range(1, 7):
                file.write(f"O-{number},2026-03-0{number},THB,Somchai,0812345678,99/1 Sukhumvit 21,Bangkok,10110,TH,MUG,Mug,1,{number}00.00\n")
        self.hub.cli("import", "orders", path, "--channel", self.name)
        wait_for("the orders", lambda: len(self.hub.orders(self.name)) == 6)
        self.channel = next(one["id"] for one in self.hub.api("GET", "channels")["data"] if one["name"] == self.name)

    def open(self, size=WIDE, is_expected=None, token=None, **more):
        context = self.browser.new_context(viewport=size, **more)
        self.addCleanup(context.close)
        context.set_default_timeout(15_000)
        page = context.new_page()

        def note(words):
            if not (is_expected and re.search(is_expected, words)):
                self.complaints.append(words)
        page.on("console", lambda message: note(f"{message.type}: {message.text}") if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: note(f"error: {error}"))
        self.addCleanup(self.assertEqual, self.complaints, [])
        page.goto(self.hub.url)
        page.locator("details", has=page.locator("input[name=token]")).locator("summary").click()
        page.locator("input[name=token]").fill(token or self.hub.token)
        page.locator("input[name=token]").press("Enter")
        expect(page.locator(".who")).to_be_visible()
        page.goto(f"{self.hub.url}/rules/{self.channel}")
        return page

    def rules(self):
        return self.hub.api("GET", f"channels/{self.channel}/rules")

    def apply(self, text, **more):
        return self.hub.api("PUT", f"channels/{self.channel}/rules", {"text": text, **more})

    def test_a_rule_is_written_rehearsed_and_applied_by_keyboard(self):
        page = self.open(is_expected="422")
        page.goto(self.hub.url + "/rules")
        page.get_by_role("link", name=self.name, exact=True).press("Enter")
        page.wait_for_url("**/rules/*")  # loaded: its keys are read
        text = page.get_by_label("The rules of this channel")
        page.keyboard.press("e")
        expect(text).to_be_focused()
        page.keyboard.type('rules:\n- name: big\n')
        page.keyboard.type('when: {field: totals.gra')
        expect(page.get_by_role("listbox")).to_be_visible()
        expect(page.get_by_role("option", selected=True)).to_contain_text("totals.grand")
        page.keyboard.press("Enter")
        page.keyboard.type(', atLe')
        page.keyboard.press("Tab")
        page.keyboard.type('"500"}\nthen: {hold: "look at it"}')
        expect(page.get_by_text("1 rule, no mistake")).to_be_visible()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="Rehearsal on past orders")).to_be_visible()
        expect(page.get_by_text("2 orders would change, 4 would not.")).to_be_visible()
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="O-6", exact=True))
        expect(row).to_contain_text("held")
        expect(row).to_contain_text("totals.grand = 600.00 THB")
        page.get_by_role("button", name="Apply these rules").press("Enter")
        expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
        page.reload()
        expect(text).to_have_value(re.compile("look at it"))
        self.assertEqual(self.rules()["version"], 1)
        expect(page.get_by_role("row").filter(has_text="Version 1")).to_contain_text("in force")

    def test_a_mistake_is_shown_at_its_place_and_a_suggestion_mends_it(self):
        page = self.open(is_expected="422")
        text = page.get_by_label("The rules of this channel")
        text.fill('rules:\n  - name: a\n    when: {field: totals.grnd, above: "5"}\n    then: {hold: "x"}\n')
        expect(page.get_by_text("Line 3, column 19:")).to_be_visible()
        self.assertEqual(text.get_attribute("aria-invalid"), "true")
        page.get_by_role("button", name="totals.grand", exact=True).click()
        expect(page.get_by_text("1 rule, no mistake")).to_be_visible()
        expect(text).to_have_value(re.compile(r"field: totals\.grand,"))
        text.fill("rules: [{name: a, then: {hodl: x}}]")
        page.get_by_role("button", name="Rehearse and apply").click()
        expect(page.get_by_text("hodl")).to_be_visible()
        expect(text).to_be_focused()

    def test_completion_offers_this_hubs_own_values(self):
        page = self.open(is_expected="422")
        text = page.get_by_label("The rules of this channel")
        text.fill("rules:\n  - name: a\n    then: {courier: ")
        text.press("Control+Space")
        expect(page.get_by_role("option", name="Fast courier")).to_be_visible()
        text.press("Enter")
        expect(text).to_have_value(re.compile("courier: Fast courier$"))
        text.fill("rules:\n  - name: a\n    when: {field: lines.sku, is: ")
        text.press("Control+Space")
        expect(page.get_by_role("option", name="MUG")).to_be_visible()
        text.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        text.press("Escape")
        text.press("Tab")
        expect(text).not_to_be_focused()

    def test_rules_can_take_over_later_and_be_withdrawn(self):
        self.apply(HOLD)
        page = self.open()
        page.get_by_label("The rules of this channel").fill("rules: []\n")
        page.get_by_role("button", name="Rehearse and apply").click()
        page.get_by_label("Date and time").fill("2027-01-01T09:00")
        expect(page.get_by_label("From", exact=True)).to_be_checked()
        page.get_by_label("Note").fill("after the holidays")
        page.get_by_role("button", name="Apply these rules").click()
        expect(page.get_by_text("Version 2 will take over on")).to_be_visible()
        page.reload()
        scheduled = page.get_by_label("Scheduled versions")
        expect(scheduled).to_contain_text("after the holidays")
        self.assertEqual(self.rules()["version"], 1)
        scheduled.get_by_role("button", name="Withdraw").click()
        expect(page.get_by_text("Version 2 is withdrawn.")).to_be_visible()
        expect(scheduled).to_have_count(0)

    def test_two_people_write_and_the_second_sees_both(self):
        self.apply("rules: []\n")
        page = self.open(is_expected="409")
        page.get_by_label("The rules of this channel").fill(HOLD)
        self.apply("rules:\n  - {name: theirs, then: {tag: theirs}}\n")
        page.get_by_role("button", name="Rehearse and apply").click()
        page.get_by_role("button", name="Apply these rules").click()
        expect(page.get_by_role("heading", name="Two people wrote these rules")).to_be_visible()
        expect(page.get_by_text("name: theirs").first).to_be_visible()
        expect(page.get_by_text("look at it").first).to_be_visible()
        self.assertEqual(self.rules()["version"], 2)
        page.get_by_role("button", name="Rehearse and apply mine over theirs").click()
        page.get_by_role("button", name="Apply these rules").click()
        expect(page.get_by_text("Version 3 is in force.")).to_be_visible()

    def test_an_old_version_is_compared_and_brought_back_after_a_rehearsal(self):
        self.apply(HOLD)
        self.apply("rules: []\n")
        page = self.open()
        page.get_by_role("link", name="Version 1").click()
        expect(page.get_by_label(re.compile("lines added"))).to_contain_text("look at it")
        page.get_by_role("button", name="Go back to this version").click()
        expect(page.get_by_text("2 orders would change")).to_be_visible()
        page.get_by_role("button", name="Apply these rules").click()
        expect(page.get_by_text("Version 3 is in force.")).to_be_visible()
        expect(page.get_by_role("row").filter(has_text="Version 3")).to_contain_text("Back to version 1")
        self.assertIn("look at it", self.rules()["text"])

    def test_what_was_typed_survives_a_reload_and_a_session_that_ended(self):
        page = self.open(is_expected="401|422|Failed to load")
        text = page.get_by_label("The rules of this channel")
        text.fill(HOLD)
        expect(page.get_by_text("1 rule, no mistake")).to_be_visible()
        page.reload()
        expect(text).to_have_value("")
        page.get_by_role("button", name="Bring them back").click()
        expect(text).to_have_value(HOLD)
        cookies = page.context.cookies()
        page.context.clear_cookies()
        page.get_by_role("button", name="Rehearse and apply").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(text).to_have_value(HOLD)
        page.context.add_cookies(cookies)
        page.get_by_role("button", name="I have signed in").click()
        expect(page.get_by_role("heading", name="Rehearsal on past orders")).to_be_visible()

    def test_without_scripts_everything_goes_by_forms(self):
        page = self.open(java_script_enabled=False, is_expected="422")
        page.get_by_role("link", name="Hold cash on delivery over an amount").click()
        text = page.get_by_label("The rules of this channel")
        expect(text).to_have_value(re.compile("payment.codAmount"))
        text.fill("rules: [{name: a, then: {hodl: x}}]")
        page.get_by_role("button", name="Rehearse and apply").click()
        expect(page.get_by_text("Line 1, column")).to_be_visible()
        expect(text).to_have_value("rules: [{name: a, then: {hodl: x}}]")
        text.fill(HOLD)
        page.get_by_role("button", name="Rehearse and apply").click()
        expect(page.get_by_text("2 orders would change")).to_be_visible()
        page.get_by_role("button", name="Back to the text").click()
        expect(text).to_have_value(HOLD)
        page.get_by_role("button", name="Rehearse and apply").click()
        page.get_by_role("button", name="Apply these rules").click()
        expect(page.get_by_text("Version 1 is in force.")).to_be_visible()

    def test_hostile_names_stay_text(self):
        name = HOSTILE.replace('"', "'").replace("\u0301", "")[:60]
        self.apply(f'rules:\n  - name: "{name}"\n    then: {{hold: "</textarea><script>window.pwned=1</script>"}}\n')
        page = self.open()
        expect(page.get_by_label("The rules of this channel")).to_have_value(re.compile("</textarea><script>"))
        page.get_by_label("The rules of this channel").press("End")
        page.get_by_role("button", name="Rehearse and apply").click()
        expect(page.get_by_role("heading", name="Rehearsal on past orders")).to_be_visible()
        self.assertIsNone(page.evaluate("window.pwned ?? null"))

    def test_who_may_only_read_cannot_apply(self):
        self.apply(HOLD)
        token = self.hub.cli("token", "create", "reader", "--scope", "channels:read", "--scope", "orders:read")["token"]
        page = self.open(token=token)
        expect(page.get_by_label("The rules of this channel")).to_have_attribute("readonly", "")
        page.get_by_role("button", name="Rehearse and apply").click()
        expect(page.get_by_role("heading", name="Rehearsal on past orders")).to_be_visible()
        expect(page.get_by_role("button", name="Apply these rules")).to_have_count(0)

    def test_on_a_phone_and_in_three_languages_nothing_sticks_out(self):
        self.apply(HOLD)
        for language, word in (("en-GB", "Rules"), ("th-TH", "กฎ"), ("es-CL", "Reglas")):
            page = self.open(size=PHONE, locale=language)
            expect(page.get_by_role("heading", level=1)).to_contain_text(word)
            self.assertEqual(page.evaluate(TOO_WIDE), [], language)


if __name__ == "__main__":
    unittest.main()
