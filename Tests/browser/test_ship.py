"""Ship: let go, print, pack by scan, count into a manifest, hand over, settle the cash; what must not leave stops."""
import re
import subprocess
import tempfile
import unittest

from consolecase import ConsoleCase
from page import PHONE, TOO_WIDE, pressed, sign_in
from playwright.sync_api import expect
from support import Simulator, wait_for


class Ship(ConsoleCase):
    count = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.courier = Simulator("courier")
        cls.stack.callback(cls.courier.stop)
        channel = cls.hub.add_channel("courier", "Quick", **cls.courier.settings)
        cls.carrier = channel["id"]
        cls.hub.cli("channel", "set", cls.CHANNEL, "hub.courier=Quick", "hub.booking=whenPacked")

    def booked(self, many=1):
        """Orders that were let go and have their parcels."""
        orders = []
        for _ in range(many):
            Ship.count += 1
            orders.append(self.take_in(f"SHIP-{Ship.count:03}"))
        for order in orders:
            self.hub.cli("orders", "approve", order["id"])
        started = self.hub.api("POST", "order-bulk", {"action": "ship", "ids": [order["id"] for order in orders]})
        self.assertIn("id", started)
        return [wait_for("its parcel", lambda order=order: self.parcel_of(order)) for order in orders]

    def parcel_of(self, order):
        return next((parcel for parcel in self.hub.api("GET", "parcels?limit=200")["data"] if parcel["order"] == order["id"] and parcel["trackingNumber"]), None)

    def printed(self, page, button, path):
        """What a button that opens a paper beside the page is answered with."""
        answers = []
        page.context.on("response", lambda answer: answers.append(answer) if answer.url.endswith(path) else None)
        with page.context.expect_page() as beside:
            page.get_by_role("button", name=button, exact=True).click()
        wait_for(button, lambda: page.evaluate("1") and answers)
        beside.value.close()
        self.assertEqual((answers[0].request.method, answers[0].status, answers[0].headers["content-type"]), ("POST", 200, "application/pdf"))

    def scan(self, page, number):
        page.locator("[data-scan]").fill(number)
        page.locator("[data-scan]").press("Enter")

    def test_approved_orders_wait_for_a_word_and_go_by_one_button(self):
        Ship.count += 1
        order = self.take_in(f"SHIP-{Ship.count:03}")
        self.hub.cli("orders", "approve", order["id"])
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship")
        waiting = page.get_by_role("region", name="Approved and waiting for your word")
        expect(waiting).to_contain_text(self.CHANNEL)
        waiting.get_by_role("button", name="Let them all go").click()
        expect(page).to_have_url(re.compile("/orders/bulk/"))
        wait_for("its parcel", lambda: self.parcel_of(order))
        page.goto(f"{self.hub.url}/ship")
        expect(page.get_by_role("row").filter(has_text=order["externalNumber"])).to_be_visible()

    def test_a_parcel_is_packed_counted_closed_and_handed_over_by_keyboard(self):
        first, second = self.booked(2)
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship/pack")
        expect(page.locator("[data-scan]")).to_be_focused()
        page.keyboard.type(first["trackingNumber"])
        page.keyboard.press("Enter")
        card = page.locator(".ship-card")
        expect(card).to_contain_text(first["number"])
        expect(card).to_contain_text("2×")
        expect(page.locator("#ship-weight")).to_be_focused()
        page.keyboard.type("0.85 kg")
        page.keyboard.press("Enter")
        expect(page.locator("#parcel")).to_contain_text(f"{first['number']} is packed")
        expect(page.locator("[data-scan]")).to_be_focused()
        self.assertEqual(self.hub.api("GET", f"parcels/find?code={first['trackingNumber']}")["weightGrams"], 850)
        page.goto(f"{self.hub.url}/ship/manifests")
        page.get_by_label("Carrier").select_option("Quick")
        page.get_by_role("button", name="Open a manifest").click()
        expect(page.locator("[data-scan]")).to_be_focused()
        for parcel in (first, second):
            page.keyboard.type(parcel["trackingNumber"])
            page.keyboard.press("Enter")
            expect(page.locator("#count .notice")).to_contain_text(parcel["trackingNumber"])
        page.keyboard.type("STRANGER-1")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("no parcel of ours")
        expect(page.locator(".ship-counted")).to_contain_text("2")
        page.get_by_role("button", name="Close the manifest").click()
        expect(page.locator("#notices")).to_contain_text("is closed with")
        page.get_by_label("Taken by").fill("Somsak")
        page.get_by_role("button", name="Handed over").click()
        expect(page.locator("#notices")).to_contain_text("on their way")
        page.reload()
        expect(page.locator(".page-head")).to_contain_text("Somsak")
        self.assertEqual(self.hub.api("GET", f"parcels/find?code={first['trackingNumber']}")["state"], "handedOver")

    def test_a_cancelled_order_stops_the_packer_and_stands_under_exceptions(self):
        (parcel,) = self.booked()
        self.hub.api("POST", f"parcels/{parcel['id']}/pack", {})
        self.hub.cli("orders", "cancel", parcel["order"], "--reason", "changed their mind")
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship/pack")
        self.scan(page, parcel["trackingNumber"])
        expect(page.get_by_role("alert")).to_contain_text("STOP")
        expect(page.get_by_role("button", name="Packed")).to_have_count(0)
        page.goto(f"{self.hub.url}/ship/exceptions")
        expect(page.get_by_role("row").filter(has_text=parcel["number"])).to_be_visible()

    def test_a_wrong_weight_and_an_unknown_number_are_answered_in_words(self):
        (parcel,) = self.booked()
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship/pack")
        self.scan(page, "NOBODY-KNOWS")
        expect(page.locator("#parcel").get_by_role("alert")).to_contain_text("No parcel has this number")
        self.scan(page, parcel["trackingNumber"])
        page.locator("#ship-weight").fill("heavy")
        page.locator("#ship-weight").press("Enter")
        expect(page.locator("#parcel").get_by_role("alert")).to_contain_text("850 or 0.85 kg")
        expect(page.locator(".ship-card")).to_contain_text(parcel["number"])

    def test_labels_are_one_pdf_whose_codes_read_back(self):
        parcels = self.booked(2)
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship?carrier={self.carrier}")
        page.locator("#ship-all").uncheck()
        for parcel in parcels:
            page.get_by_role("checkbox", name=parcel["number"]).check()
        expect(page.locator("#ship-chosen")).to_have_text("2 chosen")
        self.printed(page, "Print labels", "/ship/print")
        answer = page.request.post(f"{self.hub.url}/api/v1/parcels/labels", data={"parcels": [parcel["id"] for parcel in parcels], "size": "a4"}, headers={"Authorization": f"Bearer {self.hub.token}"})
        self.assertEqual(answer.status, 200)
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/labels.pdf", "wb") as file:
                file.write(answer.body())
            subprocess.run(["pdftoppm", "-r", "300", "-png", f"{folder}/labels.pdf", f"{folder}/sheet"], check=True)
            read = subprocess.run(["zbarimg", "-q", "--raw", f"{folder}/sheet-1.png"], capture_output=True, text=True, check=True).stdout
        for parcel in parcels:
            self.assertIn(parcel["trackingNumber"], read.splitlines())

    def test_a_carriers_list_of_payments_is_matched_and_a_wrong_file_is_named(self):
        page = self.signed_in(is_expected="422")
        page.goto(f"{self.hub.url}/ship/cod")
        page.get_by_label("File").set_input_files({"name": "paid.csv", "mimeType": "text/csv", "buffer": b"Something,Else\n1,2\n"})
        page.get_by_role("button", name="Take it in").click()
        expect(page.get_by_role("alert")).to_be_visible()

    def weights(self):
        """A box for the packing table, and a shelf."""
        self.hub.cli("channel", "set", "Quick", "hub.parcelPresets=Small 200x150x100 80; Large 400x300x250 220")
        self.hub.cli("channel", "set", self.CHANNEL, "hub.shelves=MUG A-12")

    def manifest(self, page):
        """An open manifest of the carrier, with the cursor in its field."""
        page.goto(f"{self.hub.url}/ship/manifests")
        page.get_by_label("Carrier").select_option("Quick")
        page.get_by_role("button", name="Open a manifest").click()
        expect(page.locator("[data-scan]")).to_be_focused()

    def test_scans_that_follow_each_other_at_once_all_land(self):
        parcels = self.booked(3)
        page = self.signed_in()
        self.manifest(page)
        before = int(page.locator(".ship-counted b").inner_text())
        for parcel in parcels:
            page.keyboard.type(parcel["trackingNumber"])
            page.keyboard.press("Enter")
        expect(page.locator(".ship-counted b")).to_have_text(str(before + 3))
        expect(page.locator("[data-scan]")).to_be_focused()
        expect(page.locator("[data-scan]")).to_have_value("")
        for parcel in parcels:
            expect(page.locator(".ship-scans")).to_contain_text(parcel["trackingNumber"])
        # At the packing table both are looked at, one after the other, and both stay in sight.
        page.goto(f"{self.hub.url}/ship/pack")
        for parcel in parcels[:2]:
            page.keyboard.type(parcel["trackingNumber"])
            page.keyboard.press("Enter")
        expect(page.locator(".ship-card")).to_contain_text(parcels[1]["trackingNumber"])
        expect(page.locator("#looked li")).to_have_count(2)
        expect(page.locator("#stops")).to_be_empty()

    def test_a_scan_that_the_hub_did_not_take_is_told_with_its_number_and_the_next_one_is_taken(self):
        first, second = self.booked(2)
        page = self.signed_in(is_expected="500")
        page.add_init_script("""window.tones = []; window.AudioContext = class { constructor() { this.currentTime = 0; this.destination = {}; }
            createOscillator() { return { frequency: { set value(pitch) { window.tones.push(pitch); } }, connect: (to) => to, start() {}, stop() {} }; }
            createGain() { return { gain: {}, connect: (to) => to }; } };""")
        self.manifest(page)
        failures = []

        def fail(route):
            if failures:
                return route.continue_()
            failures.append(route.request.post_data)
            route.fulfill(status=500, body="out of order")
        page.route("**/ship/manifests/*/scan", fail)
        before = int(page.locator(".ship-counted b").inner_text())
        for parcel in (first, second):
            page.keyboard.type(parcel["trackingNumber"])
            page.keyboard.press("Enter")
        stop = page.locator("#stops").get_by_role("alert")
        expect(stop).to_contain_text("STOP")
        expect(stop).to_contain_text(first["trackingNumber"])
        expect(page.locator(".ship-counted b")).to_have_text(str(before + 1))
        self.assertIn(first["trackingNumber"], failures[0])
        self.assertIn(220, page.evaluate("window.tones"))
        expect(page.locator("[data-scan]")).to_be_focused()
        self.scan(page, first["trackingNumber"])
        expect(page.locator(".ship-counted b")).to_have_text(str(before + 2))
        stop.get_by_role("button", name="Close").click()
        expect(page.locator("#stops")).to_be_empty()

    def test_a_session_that_ended_stops_the_packer_instead_of_losing_scans(self):
        (parcel,) = self.booked()
        page = self.signed_in(is_expected="401")
        page.goto(f"{self.hub.url}/ship/pack")
        page.context.clear_cookies()
        self.scan(page, parcel["trackingNumber"])
        stop = page.locator("#stops").get_by_role("alert")
        expect(stop).to_contain_text(parcel["trackingNumber"])
        expect(stop).to_contain_text("session has ended")
        expect(stop.get_by_role("link")).to_be_visible()

    def test_a_scan_while_the_weight_is_asked_for_is_a_scan_however_slow_the_scanner_is(self):
        first, second = self.booked(2)
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship/pack")
        self.scan(page, first["trackingNumber"])
        expect(page.locator("#ship-weight")).to_be_focused()
        page.keyboard.type(second["trackingNumber"], delay=60)
        page.keyboard.press("Enter")
        expect(page.locator(".ship-card")).to_contain_text(second["trackingNumber"])
        self.assertEqual(self.hub.api("GET", f"parcels/find?code={first['trackingNumber']}")["state"], "toPack")

    def test_a_box_is_chosen_and_its_size_is_kept(self):
        self.weights()
        (parcel,) = self.booked()
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship/pack")
        self.scan(page, parcel["trackingNumber"])
        card = page.locator(".ship-card")
        expect(card).to_contain_text("A-12")
        page.get_by_label("Box").select_option("Small")
        expect(page.locator("#ship-weight")).to_be_focused()
        page.keyboard.type("640")
        page.keyboard.press("Enter")
        expect(card).to_contain_text("200 × 150 × 100 mm")
        found = self.hub.api("GET", f"parcels/find?code={parcel['trackingNumber']}")
        self.assertEqual((found["weightGrams"], found["preset"], found["measureMillimetres"]), (640, "Small", {"length": 200, "width": 150, "height": 100}))
        (other,) = self.booked()
        self.scan(page, other["trackingNumber"])
        page.get_by_label("Size in mm").fill("5000x1x1")
        page.get_by_role("button", name="Packed").click()
        expect(page.get_by_role("alert")).to_contain_text("200x150x100")

    def test_a_closed_manifest_lets_nothing_go_that_was_cancelled_and_is_opened_again_with_a_reason(self):
        first, second = self.booked(2)
        page = self.signed_in()
        self.manifest(page)
        for parcel in (first, second):
            self.scan(page, parcel["trackingNumber"])
            expect(page.locator(".ship-scans")).to_contain_text(parcel["trackingNumber"])
        page.get_by_role("button", name="Close the manifest").click()
        expect(page.locator("#notices")).to_contain_text("is closed with")
        path = page.url
        self.hub.cli("orders", "cancel", second["order"], "--reason", "changed their mind")
        page.get_by_role("button", name="Handed over").click()
        expect(page.locator("#notices")).to_contain_text("Nothing was handed over")
        expect(page.locator("#notices")).to_contain_text(second["trackingNumber"])
        expect(page.get_by_role("region", name="These must not leave any more")).to_contain_text(second["number"])
        page.get_by_role("button", name="Take them out").click()
        expect(page.locator("#notices")).to_contain_text("1 parcel was taken out")
        page.goto(f"{self.hub.url}/ship/pack")
        self.scan(page, first["trackingNumber"])
        expect(page.locator(".ship-card")).to_contain_text("Listed in the closed manifest")
        expect(page.get_by_role("button", name="Open it again")).to_have_count(0)
        page.goto(path)
        page.get_by_text("Open it again").first.click()
        page.get_by_label("Reason").fill("one box more")
        page.get_by_role("button", name="Open it again").click()
        expect(page.locator("[data-scan]")).to_be_focused()
        page.get_by_role("button", name="Close the manifest").click()
        page.get_by_role("button", name="Handed over").click()
        expect(page.locator("#notices")).to_contain_text("on ")
        expect(page.get_by_role("button", name="Open it again")).to_have_count(0)
        page.goto(f"{self.hub.url}/settings/audit")
        expect(page.locator("main")).to_contain_text("one box more")

    def test_the_carrier_is_asked_to_come_once_and_called_off_again(self):
        (parcel,) = self.booked()
        self.hub.api("POST", f"parcels/{parcel['id']}/pack", {})
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship/manifests")
        part = page.get_by_role("region", name="Pick-ups")
        part.get_by_label("From").fill("13:00")
        pressed(part.get_by_role("button", name="Ask for a pick-up"))
        expect(page.locator("#notices")).to_contain_text("Give both hours")
        for _ in range(2):
            part.get_by_label("From").fill("13:00")
            part.get_by_label("Until").fill("17:00")
            pressed(part.get_by_role("button", name="Ask for a pick-up"))
            expect(page.locator("#notices")).to_contain_text("Quick comes on")
        page.reload()
        row = part.get_by_role("row").filter(has_text="13:00–17:00")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("asked for")
        listed = self.hub.api("GET", "pickups")["data"]
        self.assertEqual([(one["carrier"], one["state"], one["window"]) for one in listed], [("Quick", "requested", ["13:00", "17:00"])])
        pressed(row.get_by_role("button", name="Call it off"))
        expect(page.locator("#notices")).to_contain_text("called off")
        expect(row).to_contain_text("called off")
        self.assertEqual(self.hub.api("POST", f"pickups/{listed[0]['id']}/cancel")["state"], "cancelled")

    def test_a_carrier_that_takes_no_call_says_whom_to_ask_in_each_language(self):
        post = Simulator("thailandpost")
        self.addCleanup(post.stop)
        self.hub.add_channel("thailandpost", "Post", **post.settings)
        self.addCleanup(lambda: self.hub.cli("channel", "remove", "Post", "--yes"))
        for locale, says in (("en-GB", "Ask the post office of your contract"), ("th-TH", "ติดต่อที่ทำการไปรษณีย์ตามสัญญา"), ("es-CL", "Pregunte a la oficina de su contrato")):
            page = self.open(java_script_enabled=False, locale=locale)
            sign_in(page, self.hub.url, self.hub.token)
            page.goto(f"{self.hub.url}/ship/manifests")
            expect(page.locator("#pickups")).to_contain_text(says)
            expect(page.locator("#pickup-carrier option")).to_have_text(["Quick"])

    def test_a_manifests_paper_is_counted_by_each_print_and_by_nothing_else(self):
        (parcel,) = self.booked()
        page = self.signed_in()
        self.manifest(page)
        self.scan(page, parcel["trackingNumber"])
        expect(page.locator(".ship-scans")).to_contain_text(parcel["trackingNumber"])
        page.get_by_role("button", name="Close the manifest").click()
        expect(page.locator("#notices")).to_contain_text("is closed with")
        path = page.url
        for prints in (1, 2):
            self.printed(page, "Print", "/paper")
            page.goto(path)
            expect(page.locator(".page-head")).to_contain_text(f"printed {prints} time")
        self.assertIn(page.request.get(f"{path}/paper").status, (404, 405))
        page.reload()
        expect(page.locator(".page-head")).to_contain_text("printed 2 times")

    def test_the_board_is_searched_and_everything_listed_is_printed(self):
        self.weights()
        first, second = self.booked(2)
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship")
        page.get_by_label("Order, tracking number or SKU").fill(first["trackingNumber"])
        page.get_by_label("Order, tracking number or SKU").press("Enter")
        expect(page.get_by_role("row").filter(has_text=first["number"])).to_be_visible()
        expect(page.get_by_role("row").filter(has_text=second["number"])).to_have_count(0)
        page.get_by_label("Which").select_option("all")
        self.printed(page, "Packing slips", "/ship/print")
        self.printed(page, "Pick list", "/ship/print")
        page.get_by_label("Printer").select_option("zpl203")
        expect(page.locator("#ship-size option[value=a4]")).to_be_disabled()
        answer = page.request.post(f"{self.hub.url}/api/v1/parcels/labels", data={"parcels": [first["id"]], "format": "zpl"}, headers={"Authorization": f"Bearer {self.hub.token}"})
        self.assertEqual((answer.status, answer.body()[:3]), (200, b"^XA"))

    def test_goods_that_are_back_leave_the_exceptions(self):
        (parcel,) = self.booked()
        self.hub.api("POST", f"parcels/{parcel['id']}/pack", {})
        self.hub.cli("orders", "cancel", parcel["order"], "--reason", "changed their mind")
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship/exceptions")
        row = page.get_by_role("row").filter(has_text=parcel["number"])
        row.get_by_role("button", name="The goods are back").click()
        expect(page.locator("#notices")).to_contain_text("back on the shelf")
        expect(page.get_by_role("row").filter(has_text=parcel["number"])).to_have_count(0)

    def test_without_scripts_a_parcel_is_packed_and_counted_by_plain_forms(self):
        (parcel,) = self.booked()
        page = self.open(java_script_enabled=False)
        sign_in(page, self.hub.url, self.hub.token)
        page.goto(f"{self.hub.url}/ship/pack")
        page.locator("#ship-code").fill(parcel["trackingNumber"])
        page.get_by_role("button", name="Find", exact=True).click()
        page.locator("#ship-weight").fill("400")
        page.get_by_role("button", name="Packed").click()
        expect(page.locator("#notices")).to_contain_text("is packed")
        self.assertEqual(self.hub.api("GET", f"parcels/find?code={parcel['trackingNumber']}")["state"], "packed")

    def waiting(self, many, buyer):
        """Approved orders of one buyer that wait for somebody's word."""
        orders = []
        for _ in range(many):
            Ship.count += 1
            orders.append(self.take_in(f"SHIP-{Ship.count:03}", buyer=buyer))
        for order in orders:
            self.hub.cli("orders", "approve", order["id"])
        return orders

    def consolidations(self):
        return [sorted(one["orders"]) for one in self.hub.api("GET", "consolidations")["data"]]

    def test_orders_travel_together_without_the_one_that_was_unticked_and_the_one_that_was_taken_out(self):
        self.hub.cli("channel", "set", "Quick", "hub.rates=* 20000 40")
        self.addCleanup(self.hub.cli, "channel", "set", "Quick", "hub.rates=")
        orders = self.waiting(4, "Naree Rakdee")
        numbers = [order["externalNumber"] for order in orders]
        wait_for("the saving", lambda: any(group.get("savingMinor") == 12000 for group in self.hub.api("GET", "consolidations/plan")["groups"]))
        # By plain forms: what works without scripts works with them.
        page = self.open(java_script_enabled=False)
        sign_in(page, self.hub.url, self.hub.token)
        page.goto(f"{self.hub.url}/ship/together")
        page.get_by_label("Placed before").fill("2020-01-01T00:00")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page).to_have_url(re.compile("before=2020"))
        expect(page.get_by_label("Placed before")).to_have_value("2020-01-01T00:00")
        expect(page.locator('input[name="group"]')).to_have_count(0)
        page.get_by_label("Placed before").fill("2100-01-01T00:00")
        page.get_by_role("button", name="Show", exact=True).click()
        group = page.get_by_role("row").filter(has_text=numbers[0])
        expect(group).to_contain_text("120.00")
        page.get_by_label(f"Goes along {numbers[3]}").uncheck()
        page.get_by_role("button", name="Put the ticked ones together").click()
        expect(page).to_have_url(re.compile("before=2100"))
        standing = page.get_by_role("region", name="Put together")
        expect(standing).to_contain_text(numbers[2])
        expect(standing).not_to_contain_text(numbers[3])
        expect(standing).to_contain_text("80.00")
        self.assertEqual(self.consolidations(), [sorted(order["id"] for order in orders[:3])])
        standing.get_by_role("button", name=f"Take out {numbers[2]}").click()
        expect(page.locator("#notices")).to_contain_text("Taken out")
        expect(standing).not_to_contain_text(numbers[2])
        self.assertEqual(self.consolidations(), [sorted(order["id"] for order in orders[:2])])
        standing.get_by_role("button", name=f"Take out {numbers[1]}").click()
        expect(page.locator("#notices")).to_contain_text("taken apart")
        self.assertEqual(self.consolidations(), [])

    def test_on_a_phone_nothing_is_wider_than_the_screen(self):
        self.booked()
        page = self.signed_in(size=PHONE)
        for path in ("/ship", "/ship/pack", "/ship/manifests", "/ship/exceptions", "/ship/cod", "/ship/together", "/ship/arranged"):
            page.goto(self.hub.url + path)
            self.assertEqual(page.evaluate(TOO_WIDE), [], path)


if __name__ == "__main__":
    unittest.main()
