"""One order: finding and fixing a wrong address, what can be done and what not, two people at once, the raw delivery behind a change."""
import unittest

from consolecase import ConsoleCase
from page import HOSTILE, PHONE, TOO_WIDE, pressed, sign_in
from playwright.sync_api import expect


class Order(ConsoleCase):
    count = 100

    def fresh(self, **more):
        Order.count += 1
        return self.take_in(f"ORD-{Order.count}", **more)

    def stored(self, order):
        return self.hub.api("GET", f"orders/{order['id']}")

    def field(self, page, name):
        return page.locator(f'[name="f.{name}"]')

    def shown(self, page, name):
        return page.locator(f'td[data-field="{name}"] > bdi')

    # why, what, who

    def test_its_reason_stands_at_the_top_with_the_rule_that_holds_it(self):
        rules = 'rules: [{name: "COD over 2,000", when: {field: totals.grand, atLeast: "2000"}, then: {hold: look at it}}]'
        path = f"{self.hub.folder.name}/rules.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(rules)
        self.hub.cli("rules", "apply", path, "--channel", self.CHANNEL)
        self.addCleanup(self.clear_rules)
        page = self.signed_in()
        self.order_page(page, self.fresh())
        reason = page.locator(".reason")
        expect(reason).to_contain_text("Held by the rule “COD over 2,000”")
        expect(reason).to_contain_text("3,000.00 THB")
        expect(reason).to_contain_text("waits for your word")
        reason.get_by_role("link", name="Open the rule").click()
        expect(page.locator("main")).to_contain_text("COD over 2,000")

    def clear_rules(self):
        path = f"{self.hub.folder.name}/none.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write("rules: []")
        self.hub.cli("rules", "apply", path, "--channel", self.CHANNEL)

    def test_money_lines_and_history_are_told(self):
        order = self.fresh()
        self.hub.cli("orders", "note", order["id"], "called the buyer")
        page = self.signed_in()
        self.order_page(page, order)
        expect(page.get_by_role("row").filter(has_text="Total").last).to_contain_text("3,000.00 THB")
        expect(page.locator(".notes")).to_contain_text("called the buyer")
        expect(page.locator(".timeline")).to_contain_text("created")
        page.locator(".timeline a[href^='/deliveries/']").first.click()
        expect(page.get_by_role("heading", name="Delivery")).to_be_visible()
        expect(page.locator("pre.body")).to_contain_text("Somchai Jaidee")
        page.get_by_role("link", name="Back to the order").click()
        expect(page.get_by_role("heading", name=f"Order {order['externalNumber']}")).to_be_visible()

    # the first journey: find and fix a wrong address

    def test_a_wrong_address_is_found_fixed_and_stays_fixed(self):
        order = self.fresh(postcode="99999")
        page = self.signed_in()
        page.keyboard.press("/")
        page.keyboard.type(order["externalNumber"])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=f"Order {order['externalNumber']}")).to_be_visible()
        expect(page.locator(".warnings")).to_contain_text("99999")
        page.keyboard.press("e")
        field = self.field(page, "shipTo.postcode")
        field.fill("10110")
        page.keyboard.press("Control+s")
        expect(self.shown(page, "shipTo.postcode")).to_have_text("10110")
        expect(page.locator("#notices")).to_contain_text("saved")
        expect(page.locator(".reason")).not_to_contain_text("99999")
        page.reload()
        expect(self.shown(page, "shipTo.postcode")).to_have_text("10110")
        row = page.get_by_role("row").filter(has=page.locator('[data-field="shipTo.postcode"]'))
        expect(row.locator(".edited")).to_contain_text("this machine")
        expect(page.locator(".timeline")).to_contain_text("edited")
        self.assertEqual(self.stored(order)["workflow"], "edited")
        row.get_by_role("button", name="let go").click()
        expect(page.locator("#notices")).to_contain_text("Let go")
        expect(row.locator(".edited")).to_have_count(0)

    def test_an_edit_can_be_taken_back(self):
        order = self.fresh()
        page = self.signed_in()
        self.order_page(page, order)
        page.keyboard.press("e")
        self.field(page, "shipTo.line1").fill("1 Wrong Street")
        page.get_by_role("button", name="Save").click()
        expect(self.shown(page, "shipTo.line1")).to_have_text("1 Wrong Street")
        page.locator("#notices").get_by_role("button", name="Undo").click()
        expect(self.shown(page, "shipTo.line1")).to_have_text("99/1 Sukhumvit 21")

    def test_what_cannot_be_saved_is_told_at_its_field_and_nothing_typed_is_lost(self):
        page = self.signed_in()
        order = self.fresh()
        self.order_page(page, order)
        page.locator("#edit").click()
        quantity = page.locator('[name^="f.lines."][name$=".quantity"]')
        quantity.fill("many")
        self.field(page, "shipTo.name").fill("Malee")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".invalid .fault")).to_contain_text("whole number")
        expect(quantity).to_have_value("many")
        expect(quantity).to_have_attribute("aria-invalid", "true")
        self.assertEqual(self.stored(order)["shipTo"]["name"], "Malee", "the rest is in")

    # acting

    def test_holding_approving_and_reopening_persist_and_refusals_say_why(self):
        order = self.fresh()
        page = self.signed_in()
        self.order_page(page, order)
        page.keyboard.press("h")
        page.keyboard.type("ask the buyer")
        page.keyboard.press("Enter")
        expect(page.locator(".reason")).to_contain_text("ask the buyer")
        page.reload()
        expect(page.locator(".reason")).to_contain_text("this machine holds it: ask the buyer")
        hold = page.get_by_role("button", name="Hold", exact=True)
        expect(hold).to_be_disabled()
        self.assertIn("cannot be held", hold.get_attribute("title"))
        page.locator(".cannots > summary").click()
        expect(page.locator(".cannots")).to_contain_text("cannot be reopened")
        page.keyboard.press("a")
        expect(page.locator(".reason")).to_contain_text("approved it")
        page.reload()
        self.assertEqual(self.stored(order)["workflow"], "approved")
        expect(page.get_by_role("button", name="Approve", exact=True)).to_be_disabled()

    def test_a_note_is_kept(self):
        order = self.fresh()
        page = self.signed_in()
        self.order_page(page, order)
        page.keyboard.press("n")
        page.keyboard.type("the gate is green")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".notes")).to_contain_text("the gate is green")
        page.reload()
        expect(page.locator(".notes")).to_contain_text("the gate is green")

    # two people

    def test_two_people_edit_the_same_field_and_see_mine_and_theirs(self):
        order = self.fresh()
        ann, bob = self.signed_in(), self.signed_in(is_expected="409|422")
        for page in (ann, bob):
            page.goto(f"{self.hub.url}/orders/{order['id']}?edit=1")
        self.field(ann, "shipTo.phone").fill("0899999999")
        ann.get_by_role("button", name="Save").click()
        expect(self.shown(ann, "shipTo.phone")).to_have_text("0899999999")
        self.field(bob, "shipTo.phone").fill("0811111111")
        self.field(bob, "shipTo.name").fill("Bob's recipient")
        bob.get_by_role("button", name="Save").click()
        expect(bob.get_by_role("alert").filter(has_text="changed by somebody else")).to_be_visible()
        expect(bob.locator(".theirs")).to_have_text("0899999999")
        expect(self.field(bob, "shipTo.phone")).to_have_value("0811111111")
        self.assertEqual(self.stored(order)["shipTo"]["name"], "Bob's recipient")
        bob.get_by_role("button", name="Save").click()
        expect(self.shown(bob, "shipTo.phone")).to_have_text("0811111111")

    def deaf(self, page):
        """Nothing that changes reaches the pages opened from now on."""
        page.add_init_script("window.EventSource = class extends EventTarget { close() {} }")

    def test_an_action_on_an_order_that_moved_on_is_not_done_blindly(self):
        order = self.fresh()
        page = self.signed_in()
        self.deaf(page)
        self.order_page(page, order)
        self.hub.cli("orders", "edit", order["id"], "--set", "shipTo.line2=back door")
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.locator("#notices")).to_contain_text("changed meanwhile")
        self.assertEqual(self.stored(order)["workflow"], "edited")

    def test_a_change_by_somebody_else_appears_by_itself_but_never_over_what_is_typed(self):
        order = self.fresh()
        page = self.signed_in()
        self.order_page(page, order)
        self.live(page)
        page.mouse.move(2, 2)
        self.hub.cli("orders", "hold", order["id"], "--reason", "stock is counted")
        expect(page.locator(".reason")).to_contain_text("stock is counted")
        page.locator("#edit").click()
        field = self.field(page, "shipTo.line2")
        field.fill("typed by me")
        self.hub.cli("orders", "edit", order["id"], "--set", "shipTo.company=Somebody Ltd")
        expect(page.locator("#notices")).to_contain_text("changed just now")
        expect(field).to_have_value("typed by me")
        page.get_by_role("button", name="Save").click()
        expect(self.shown(page, "shipTo.line2")).to_have_text("typed by me")
        expect(self.shown(page, "shipTo.company")).to_have_text("Somebody Ltd")

    # nothing typed is lost

    def sign_in_elsewhere(self, page):
        """Signs in in another tab of the same browser: the session is a new one, with a secret of its own."""
        other = page.context.new_page()
        sign_in(other, self.hub.url, self.hub.token)
        expect(other.locator("header.top nav")).to_be_visible()
        other.close()

    def typing(self, text, is_expected="401"):
        """A form in which a second line of the address is typed, and the session's end behind its back."""
        order = self.fresh()
        page = self.signed_in(is_expected=is_expected)
        self.order_page(page, order)
        page.locator("#edit").click()
        field = self.field(page, "shipTo.line2")
        field.fill(text)
        page.context.clear_cookies()
        return order, page, field

    def test_what_is_typed_outlasts_the_session_and_goes_with_the_next_one(self):
        order, page, field = self.typing("behind the temple")
        page.get_by_role("button", name="Save").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Your session has ended")
        expect(field).to_have_value("behind the temple")
        self.sign_in_elsewhere(page)
        dialog.get_by_role("button", name="I have signed in").click()
        expect(self.shown(page, "shipTo.line2")).to_have_text("behind the temple")
        self.assertEqual(self.stored(order)["shipTo"]["line2"], "behind the temple")

    def test_what_is_typed_outlasts_a_change_of_session(self):
        _, page, field = self.typing("over the bridge", is_expected="401|403")
        self.sign_in_elsewhere(page)
        page.get_by_role("button", name="Save").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Your session has ended")
        expect(field).to_have_value("over the bridge")
        dialog.get_by_role("button", name="I have signed in").click()
        expect(self.shown(page, "shipTo.line2")).to_have_text("over the bridge")

    def test_what_was_typed_is_offered_to_who_comes_back_by_the_sign_in_page(self):
        order, page, field = self.typing("left of the well")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(field).to_have_value("left of the well")
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        page.locator("details:has(#token) > summary").click()
        page.locator("#token").fill(self.hub.token)
        pressed(page.locator("form:has(#token) button[type=submit]"))
        expect(page.get_by_role("heading", name=f"Order {order['externalNumber']}")).to_be_visible()
        offer = page.locator("#kept")
        expect(offer).to_contain_text("left of the well")
        offer.get_by_role("button", name="Put them back").click()
        expect(field).to_have_value("left of the well")
        expect(offer).to_have_count(0)
        page.get_by_role("button", name="Save").click()
        expect(self.shown(page, "shipTo.line2")).to_have_text("left of the well")
        page.reload()
        expect(self.shown(page, "shipTo.line2")).to_have_text("left of the well")
        expect(offer).to_have_count(0)

    def test_a_plain_form_of_an_ended_session_is_answered_by_a_page_that_leads_back(self):
        order = self.fresh()
        page = self.open(java_script_enabled=False, is_expected="401|403")
        sign_in(page, self.hub.url, self.hub.token)
        for is_changed, heading, says, back in ((False, "Not signed in", "session has ended", "Sign in and go back"), (True, "Not allowed", "The form was too old", "Open the page again")):
            with self.subTest(heading):
                page.goto(f"{self.hub.url}/orders/{order['id']}?edit=1")
                self.field(page, "shipTo.line2").fill("back door")
                page.context.clear_cookies()
                if is_changed:
                    self.sign_in_elsewhere(page)
                pressed(page.get_by_role("button", name="Save"))
                expect(page.get_by_role("heading", name=heading)).to_be_visible()
                expect(page.get_by_role("alert")).to_contain_text(says)
                pressed(page.get_by_role("link", name=back))
                if not is_changed:
                    page.locator("details:has(#token) > summary").click()
                    page.locator("#token").fill(self.hub.token)
                    pressed(page.locator("form:has(#token) button[type=submit]"))
                expect(page.get_by_role("heading", name=f"Order {order['externalNumber']}")).to_be_visible()

    def test_nothing_swaps_a_form_with_changes_without_asking(self):
        order = self.fresh()
        self.hub.cli("orders", "edit", order["id"], "--set", "shipTo.company=Somebody Ltd")
        page = self.signed_in()
        self.order_page(page, order)
        page.locator("#edit").click()
        field, note = self.field(page, "shipTo.line2"), page.locator("#note")
        field.fill("typed by me")
        company = page.get_by_role("row").filter(has=page.locator('[data-field="shipTo.company"]'))
        dialog = page.get_by_role("dialog")

        def press_pencil():
            pencil = page.locator('a.pencil[href*="shipTo.postcode"]')
            page.locator("tr").filter(has=pencil).hover()
            pencil.click()

        def add_note():
            note.fill("the gate is green")
            note.press("Control+Enter")
        for name, act in (("approve", page.get_by_role("button", name="Approve", exact=True).click), ("let go", company.get_by_role("button", name="let go").click),
                          ("pencil", press_pencil), ("cancel", page.locator("[data-cancel]").click), ("note", add_note)):
            with self.subTest(name):
                act()
                expect(dialog).to_contain_text("Leave without saving?")
                dialog.get_by_role("button", name="Cancel").click()
                expect(dialog).to_be_hidden()
                expect(field).to_have_value("typed by me")
        self.assertEqual(self.stored(order)["workflow"], "edited")
        # The form's own saving is not asked for, and leaves the note that is being written.
        page.get_by_role("button", name="Save").click()
        expect(self.shown(page, "shipTo.line2")).to_have_text("typed by me")
        expect(note).to_have_value("the gate is green")
        # Whoever says yes gets what was pressed.
        company.get_by_role("button", name="let go").click()
        dialog.get_by_role("button", name="Do it").click()
        expect(page.locator("#notices")).to_contain_text("Let go")
        expect(company.locator(".edited")).to_have_count(0)

    # who may see what

    def test_a_reader_without_buyers_sees_the_order_masked(self):
        order = self.fresh(buyer="Hidden Person")
        token = self.hub.cli("token", "create", "engineer", "--scope", "orders:read,flows:read,flows:write")["token"]
        page = self.signed_in(token)
        self.order_page(page, order)
        expect(page.get_by_text("buyers:read").first).to_be_visible()
        for name in ("Approve", "Hold", "Print label"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
        page.locator(".timeline").get_by_role("link").first.click()
        expect(page.locator("pre.body")).to_be_visible()
        for hidden in ("Hidden", "Sukhumvit", "0812345678"):
            self.assertNotIn(hidden, page.content())

    def test_reading_is_written_down_once_an_hour(self):
        order = self.fresh()
        page = self.signed_in()
        for _ in range(3):
            self.order_page(page, order)
        reads = [entry for entry in self.hub.api("GET", f"audit?subject=order:{order['id']}")["data"] if entry["action"] == "order.read"]
        self.assertEqual(len(reads), 1)

    # hostile text, no scripts, small screens, other languages

    def test_hostile_texts_stay_texts_in_every_place(self):
        order = self.fresh(buyer=HOSTILE)
        self.hub.cli("orders", "note", order["id"], HOSTILE[:300])
        page = self.signed_in()
        for address in (f"orders/{order['id']}", f"orders/{order['id']}?edit=1"):
            page.goto(f"{self.hub.url}/{address}")
            self.assertIsNone(page.evaluate("window.pwned ?? null"))
            self.assertEqual(page.locator("main img, main script, main [onmouseover]").count(), 0)
        expect(self.field(page, "shipTo.name")).to_have_value(HOSTILE)

    def test_it_works_with_scripts_blocked(self):
        order = self.fresh()
        page = self.open(java_script_enabled=False, is_expected="409|422")
        sign_in(page, self.hub.url, self.hub.token)
        page.goto(f"{self.hub.url}/orders/{order['id']}")
        page.locator("#edit").click()
        self.field(page, "shipTo.postcode").fill("10330")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".notice").first).to_contain_text("saved")
        expect(self.shown(page, "shipTo.postcode")).to_have_text("10330")
        page.locator("details.act > summary").first.click()
        page.locator("details.act").first.get_by_role("textbox").or_(page.locator("details.act").first.get_by_role("combobox")).fill("later")
        page.locator("details.act").first.get_by_role("button").click()
        expect(page.locator(".reason")).to_contain_text("later")
        page.get_by_role("button", name="Approve", exact=True).click()
        self.assertEqual(self.stored(order)["workflow"], "approved")

    # an address that contradicts itself

    def test_a_contradiction_is_told_and_mended_with_one_click(self):
        order = self.fresh(postcode="50000", district="Vadhana")
        page = self.signed_in()
        self.order_page(page, order)
        reason = page.locator(".reason")
        expect(reason).to_contain_text("The postcode 50000 belongs to")
        expect(reason).to_contain_text("Chiang Mai; the address says Bangkok")
        reason.get_by_role("button", name="Take the postcode 10110").click()
        expect(page.locator(".toast")).to_contain_text("10110 is taken")
        for _ in range(2):
            expect(self.shown(page, "shipTo.postcode")).to_have_text("10110")
            expect(page.locator(".contradiction")).to_have_count(0)
            expect(page.locator("td.said").filter(has_text="50000")).to_be_visible()
            page.reload()
        self.assertEqual(self.stored(order)["shipTo"]["postcode"], "10110")
        self.assertEqual(self.hub.api("GET", f"orders/{order['id']}/address-offers"), {"data": []})

    def test_an_offer_of_an_address_that_changed_meanwhile_is_not_taken(self):
        order = self.fresh(postcode="50000", district="Vadhana")
        # Without scripts nothing tells the page meanwhile.
        page = self.open(java_script_enabled=False)
        sign_in(page, self.hub.url, self.hub.token)
        page.goto(f"{self.hub.url}/orders/{order['id']}")
        offers = self.hub.api("GET", f"orders/{order['id']}/address-offers")
        self.assertIn("50000 belongs to", offers["sentence"])
        taken = next(one for one in offers["data"] if one["kind"] == "place")
        after = self.hub.api("POST", f"orders/{order['id']}/address-offers", {"offer": taken["id"]})
        self.assertEqual(after["shipTo"]["province"], "Chiang Mai")
        late = self.hub.api("POST", f"orders/{order['id']}/address-offers", {"offer": taken["id"]}, expect=(409,))
        self.assertEqual(late["code"], "offer_gone")
        page.get_by_role("button", name="Take the postcode 10110").click()
        expect(page.locator("#notices .notice")).to_contain_text("no longer stands")
        expect(page.locator(".contradiction")).to_have_count(0)
        expect(self.shown(page, "shipTo.province")).to_have_text("Chiang Mai")

    def test_the_ways_out_of_a_contradiction_are_plain_forms_in_each_language(self):
        for locale, says, take in (("en-GB", "belongs to", "Take the postcode 10110"), ("th-TH", "รหัสไปรษณีย์ 50000 เป็นของ", "ใช้รหัสไปรษณีย์ 10110"), ("es-CL", "El código postal 50000 es de", "Tomar el código postal 10110")):
            with self.subTest(locale):
                order = self.fresh(postcode="50000", district="Vadhana")
                page = self.open(java_script_enabled=False, locale=locale, size=PHONE)
                sign_in(page, self.hub.url, self.hub.token)
                page.goto(f"{self.hub.url}/orders/{order['id']}")
                expect(page.locator(".contradiction")).to_contain_text(says)
                page.get_by_role("button", name=take).click()
                expect(page.locator("#notices .notice")).to_contain_text("10110")
                expect(self.shown(page, "shipTo.postcode")).to_have_text("10110")

    def test_it_is_whole_on_a_phone_and_in_each_language(self):
        order = self.fresh(postcode="99999")
        for locale, words in (("en-GB", "What happened"), ("th-TH", "ประวัติ"), ("es-CL", "Qué pasó")):
            with self.subTest(locale):
                page = self.signed_in(size=PHONE, locale=locale) if locale == "en-GB" else self.abroad(locale)
                page.goto(f"{self.hub.url}/orders/{order['id']}")
                expect(page.get_by_role("heading", name=words)).to_be_visible()
                self.assertEqual(page.evaluate(TOO_WIDE), [])
                self.assertNotIn("order.", page.locator("main").inner_text().replace("order.created", ""))

    def abroad(self, locale):
        page = self.open(size=PHONE, locale=locale)
        page.goto(f"{self.hub.url}/sign-in")
        page.locator("details > summary").first.click()
        page.locator("input[name=token]").fill(self.hub.token)
        page.locator("input[name=token]").press("Enter")
        expect(page.locator("header.top nav")).to_be_visible()
        return page

    # finding

    def test_a_scanned_number_opens_its_order_and_an_unknown_one_says_so(self):
        order = self.fresh()
        page = self.signed_in(is_expected="404")
        page.evaluate("document.activeElement.blur()")
        page.evaluate("""number => { for (const key of [...number, 'Enter']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })); }""", "SCAN-" + order["externalNumber"])
        expect(page.get_by_role("alert")).to_contain_text("SCAN-")
        page.evaluate("""number => { for (const key of [...number, 'Enter']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })); }""", order["externalNumber"])
        expect(page.get_by_role("heading", name=f"Order {order['externalNumber']}")).to_be_visible()
        page.goto(f"{self.hub.url}/find?q=NO-SUCH-NUMBER-1")
        expect(page.get_by_role("alert")).to_contain_text("NO-SUCH-NUMBER-1")

    def test_the_neighbours_of_the_list_are_one_key_away(self):
        first, second = self.fresh(), self.fresh()
        page = self.signed_in()
        page.evaluate("list => sessionStorage.setItem('crossdock.list', JSON.stringify(list))", {"address": "/orders", "ids": [first["id"], second["id"]]})
        self.order_page(page, first)
        page.keyboard.press("j")
        expect(page.get_by_role("heading", name=f"Order {second['externalNumber']}")).to_be_visible()
        page.get_by_role("link", name="Previous").click()
        expect(page.get_by_role("heading", name=f"Order {first['externalNumber']}")).to_be_visible()


if __name__ == "__main__":
    unittest.main()
