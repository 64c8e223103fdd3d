"""Flows as an engineer mends them: the picture, what failed last night, one order mended and tried again, the breaker, sending again."""
import re

from page import PHONE, TOO_WIDE, pressed
from playwright.sync_api import expect
from support import Receiver, wait_for
from test_channels import Journey

HEADER = "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,Province,Postcode,Country,SKU,Product name,Quantity,Unit price\n"
SECRET = "whsec_" + "QUJD" * 8


def always(status):
    return lambda body: status


class Flow(Journey):
    number = 0

    def setUp(self):
        super().setUp()
        Flow.number += 1
        self.name = f"Receiver {Flow.number}"
        self.receiver = Receiver(always(422))
        self.addCleanup(self.receiver.stop)
        self.hub.add_channel("webhook", self.name, url=self.receiver.url, secret=SECRET)
        self.route = self.hub.api("POST", "routes", {"name": f"to {self.name}", "events": ["order.approved"], "destination": self.name, "retryDelaysSeconds": [3600]})
        self.addCleanup(lambda: self.hub.api("DELETE", f"routes/{self.route['id']}", expect=(204,)))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hub.add_channel("file", "Files", hub__approval="automatic")

    def orders(self, *numbers, phone="0812345678"):
        path = f"{self.hub.folder.name}/{numbers[0]}.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER + "".join(f"{one},2026-03-01,THB,Somchai,{phone},99/1 Sukhumvit,Bangkok,10110,TH,MUG,Mug,1,10.00\n" for one in numbers))
        self.hub.cli("import", "orders", path, "--channel", "Files")
        for one in numbers:
            order = wait_for(one, lambda: self.hub.orders("Files").get(one))
            if order["workflow"] != "approved":
                self.hub.cli("orders", "approve", order["id"])

    def dead(self, count):
        wait_for("dead letters", lambda: len(self.hub.api("GET", f"dead-letters?destination={self.name.replace(' ', '%20')}")["data"]) == count)


class MendingWhatFailed(Flow):
    def test_what_failed_last_night_is_mended_by_keyboard(self):
        self.orders("N-1", "N-2", "N-3")
        self.dead(3)
        page = self.open("/")
        page.keyboard.press("g")
        page.keyboard.press("f")
        expect(page.get_by_role("heading", name="Flows")).to_be_visible()
        tab = page.get_by_role("link", name="Dead letters", exact=True)
        tab.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("row").filter(has_text=self.name)).to_contain_text("3")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_text("What it means")).to_be_visible()
        expect(page.get_by_text("What to do", exact=False).first).to_be_visible()

        # One order is wrong itself: it is mended and tried again.
        self.receiver.answer = always(204)
        page.keyboard.press("j")
        page.keyboard.press("e")
        field = page.get_by_label("Telephone")
        expect(field).to_have_value("+66812345678" if field.input_value().startswith("+") else "0812345678")
        field.focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("0899999999")
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile(r"N-\d is mended and tried again"))).to_be_visible()
        wait_for("the mended order", lambda: any(b"0899999999" in one["body"] or b"899999999" in one["body"] for one in self.receiver.all()))

        # The rest was right all the time.
        page.keyboard.press("r")
        expect(page.get_by_role("dialog")).to_contain_text("Retry all of them?")
        page.keyboard.press("Enter")
        expect(page.get_by_text("2 jobs are tried again.")).to_be_visible()
        self.dead(0)
        page.goto(self.hub.url + "/flows/dead-letters")
        expect(page.get_by_role("row").filter(has_text=self.name)).to_have_count(0)

    def test_a_refused_value_is_told_beside_its_field_and_nothing_is_lost(self):
        self.orders("R-1")
        self.dead(1)
        page = self.open("/flows/dead-letters", is_expected="422")
        page.get_by_role("row").filter(has_text=self.name).get_by_role("link").first.click()
        page.get_by_role("link", name="Edit and retry").click()
        page.get_by_label("To collect").fill("a lot")
        page.get_by_label("Recipient", exact=True).fill("Malee")
        page.get_by_role("button", name="Save and retry").click()
        expect(page.locator(".fault").first).to_be_visible()
        expect(page.get_by_label("Recipient", exact=True)).to_have_value("Malee")
        self.dead(1)

    def test_what_a_colleague_changed_meanwhile_is_kept_and_shown(self):
        self.orders("C-1")
        self.dead(1)
        page = self.open("/flows/dead-letters", is_expected="409")
        page.get_by_role("row").filter(has_text=self.name).get_by_role("link").first.click()
        page.get_by_role("link", name="Edit and retry").click()
        page.get_by_label("Recipient", exact=True).fill("Malee")
        page.get_by_label("Postcode").fill("10120")
        order = self.hub.orders("Files")["C-1"]
        seen = self.hub.api("GET", f"orders/{order['id']}")["shipTo"]
        cells = {f"shipTo.{name}": {"seen": seen[name], "value": value} for name, value in {"phone": "0899999999", "postcode": "10130"}.items()}
        self.hub.api("POST", "order-edits", {"edits": [{"order": order["id"], "cells": cells}]})
        page.get_by_role("button", name="Save and retry").click()
        expect(page.get_by_label("Telephone")).to_have_value(re.compile("899999999"))
        expect(page.get_by_label("Recipient", exact=True)).to_have_value("Malee")
        expect(page.get_by_label("Postcode")).to_have_value("10120")
        expect(page.locator(".fault")).to_contain_text("10130")
        self.receiver.answer = always(204)
        page.get_by_role("button", name="Save and retry").click()
        expect(page.get_by_text("C-1 is mended and tried again")).to_be_visible()
        after = self.hub.api("GET", f"orders/{order['id']}")["shipTo"]
        self.assertEqual((after["name"], after["postcode"]), ("Malee", "10120"))
        self.assertIn("899999999", after["phone"])

    def test_chosen_letters_are_discarded_with_a_reason(self):
        self.orders("D-1", "D-2")
        self.dead(2)
        page = self.open("/flows/dead-letters", java_script_enabled=False)
        page.get_by_role("row").filter(has_text=self.name).get_by_role("link").first.click()
        page.get_by_label(re.compile("Choose D-1")).check()
        page.get_by_role("button", name="Discard the chosen").click()
        expect(page.get_by_text("Say why it is discarded.")).to_be_visible()
        page.get_by_label(re.compile("Choose D-1")).check()
        page.get_by_label("Why is it discarded?").last.fill("sent by hand")
        page.get_by_role("button", name="Discard the chosen").click()
        expect(page.get_by_text("1 job is discarded.")).to_be_visible()
        self.dead(1)
        self.assertIn("sent by hand", self.hub.api("GET", "dead-letters?state=discarded")["data"][-1]["reason"])

    def test_a_try_shows_what_was_asked_and_answered_without_its_secret(self):
        self.orders("T-1")
        self.dead(1)
        page = self.open("/flows/attempts?outcome=failed")
        page.get_by_role("row").filter(has_text=self.name).get_by_role("link").first.click()
        expect(page.get_by_role("heading", name=re.compile("^POST"))).to_contain_text("422")
        expect(page.locator("pre").first).to_contain_text("T-1")
        self.assertNotIn(SECRET, page.content())


class TheBreaker(Flow):
    def test_a_destination_that_rests_can_be_tried_at_once(self):
        self.receiver.answer = always(503)
        self.orders(*[f"B-{index}" for index in range(10)])
        page = self.open("/flows")
        box = page.locator("li.box").filter(has_text=self.name).last
        expect(box).to_contain_text(re.compile("resting|trying"), timeout=30_000)
        self.receiver.answer = always(204)
        box.get_by_role("button", name="Let all through now").click()
        expect(page.get_by_text("is tried at once")).to_be_visible()
        expect(page.locator("li.box").filter(has_text=self.name).last).not_to_contain_text("resting")
        page.goto(self.hub.url + "/flows/jobs")
        sends = page.get_by_role("row").filter(has_text=self.name).get_by_role("button", name="Send now")
        self.assertGreater(sends.count(), 0)
        before = len(self.receiver.all())
        sends.first.click()
        expect(page.get_by_text("It is sent now.")).to_be_visible()
        wait_for("the job", lambda: len(self.receiver.all()) > before)


class RoutesAndSendingAgain(Flow):
    def test_a_route_is_changed_paused_and_goes_on(self):
        page = self.open("/flows", is_expected="422")
        page.get_by_role("link", name=f"to {self.name}").click()
        page.get_by_label("Only orders of which this holds").fill("nonsense: [")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".fault").first).to_be_visible()
        page.get_by_label("Only orders of which this holds").fill("")
        page.get_by_label(re.compile("Waits before")).fill("5, 60")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("is kept")).to_be_visible()
        page.get_by_role("link", name=f"to {self.name}").click()
        expect(page.get_by_label(re.compile("Waits before"))).to_have_value("5, 60")
        pressed(page.get_by_role("button", name="Pause"))
        page.reload()
        expect(page.locator("li.box").filter(has_text=f"to {self.name}")).to_contain_text("paused")
        page.get_by_role("link", name=f"to {self.name}").click()
        page.get_by_role("button", name="Resume").click()
        expect(page.locator("li.box").filter(has_text=f"to {self.name}").first).not_to_contain_text("paused")

    def test_events_are_counted_before_they_are_sent_again(self):
        self.receiver.answer = always(204)
        self.orders("S-1")
        wait_for("the first time", lambda: len(self.receiver.all()) == 1)
        page = self.open("/flows/replay", is_expected="422")
        page.get_by_role("button", name="Count first").click()
        expect(page.get_by_role("alert")).to_contain_text("Narrow it")
        page.get_by_label("Orders", exact=True).fill("S-9")
        page.get_by_role("button", name="Count first").click()
        expect(page.get_by_role("alert")).to_contain_text("There is no order S-9.")
        page.get_by_label("Orders", exact=True).fill("S-1")
        page.get_by_label("Route").select_option(label=f"to {self.name}")
        page.get_by_role("button", name="Count first").click()
        expect(page.get_by_text("1 event would be sent again.")).to_be_visible()
        self.assertEqual(len(self.receiver.all()), 1, "counting sends nothing")
        page.get_by_role("button", name="Send 1 again").click()
        expect(page.get_by_text("1 job is on its way again.")).to_be_visible()
        wait_for("the second time", lambda: len(self.receiver.all()) == 2)

    def test_every_page_of_the_flows_fits_a_phone(self):
        page = self.open("/flows", size=PHONE)
        for path in ("/flows", "/flows/jobs", "/flows/attempts", "/flows/dead-letters", "/flows/replay", "/flows/problems", f"/flows/routes/{self.route['id']}"):
            page.goto(self.hub.url + path)
            self.assertEqual(page.evaluate(TOO_WIDE), [], path)
