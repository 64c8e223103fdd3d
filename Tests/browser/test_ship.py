"""Ship: let go, print, pack by scan, count into a manifest, hand over, settle the cash; what must not leave stops."""
import re
import subprocess
import tempfile
import unittest

from consolecase import ConsoleCase
from page import PHONE, TOO_WIDE, sign_in
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
        expect(page.get_by_role("alert")).to_contain_text("No parcel has this number")
        self.scan(page, parcel["trackingNumber"])
        page.locator("#ship-weight").fill("heavy")
        page.locator("#ship-weight").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("850 or 0.85 kg")
        expect(page.locator(".ship-card")).to_contain_text(parcel["number"])

    def test_labels_are_one_pdf_whose_codes_read_back(self):
        parcels = self.booked(2)
        page = self.signed_in()
        page.goto(f"{self.hub.url}/ship?carrier={self.carrier}")
        page.locator("#ship-all").uncheck()
        for parcel in parcels:
            page.get_by_role("checkbox", name=parcel["number"]).check()
        expect(page.locator("#ship-chosen")).to_have_text("2 chosen")
        answers = []
        page.context.on("response", lambda answer: answers.append(answer) if answer.url.endswith("/ship/labels") else None)
        page.get_by_role("button", name="Print labels").click()
        wait_for("the labels", lambda: page.evaluate("1") and answers)
        self.assertEqual((answers[0].status, answers[0].headers["content-type"]), (200, "application/pdf"))
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

    def test_on_a_phone_nothing_is_wider_than_the_screen(self):
        self.booked()
        page = self.signed_in(size=PHONE)
        for path in ("/ship", "/ship/pack", "/ship/manifests", "/ship/exceptions", "/ship/cod"):
            page.goto(self.hub.url + path)
            self.assertEqual(page.evaluate(TOO_WIDE), [], path)


if __name__ == "__main__":
    unittest.main()
