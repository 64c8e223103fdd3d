"""Today: the first day of a hub, what must leave, what waits, what failed, the charts; the hub that goes away and comes back."""
import datetime
import json
import subprocess
import unittest

from consolecase import ConsoleCase
from page import PHONE, TOO_WIDE, sign_in
from playwright.sync_api import expect
from support import BINARY, Hub, stop, wait_for

HOURS = "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,District,Province,Postcode,Country,SKU,Product name,Quantity,Unit price,Ship by\n"


class FirstDay(ConsoleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.empty = Hub()
        cls.stack.callback(cls.empty.stop)

    def test_an_empty_hub_offers_three_ways_to_begin_and_none_is_a_dead_end(self):
        page = self.open()
        sign_in(page, self.empty.url, self.empty.token)
        for words, address in (("Connect a store", "/channels/new"), ("Load a file", "/files"), ("Invite people", "/settings/people")):
            page.goto(self.empty.url)
            page.locator("main").get_by_role("link", name=words).click()
            page.wait_for_url(f"**{address}*")
            expect(page.locator("main h1")).to_be_visible()


class Today(ConsoleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leaving("DUE-1", datetime.timedelta(hours=-2))
        cls.leaving("DUE-2", datetime.timedelta(hours=2))

    @classmethod
    def leaving(cls, number, after):
        """An order whose file says when it must leave."""
        by = (datetime.datetime.now(datetime.timezone.utc) + after).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"{cls.hub.folder.name}/{number}.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HOURS + f"{number},2026-03-01,THB,Malee,0812345678,99/1 Sukhumvit,Watthana,Bangkok,10110,TH,MUG,Mug,1,100.00,{by}\n")
        report = cls.hub.cli("import", "orders", path, "--channel", cls.CHANNEL)
        if report["taken"] != 1:
            raise AssertionError(report["problems"])

    def test_late_orders_are_first_and_each_number_opens_its_rows(self):
        page = self.signed_in()
        late = page.locator("tr.late")
        expect(late).to_contain_text("late")
        expect(page.locator("#tile-late b")).to_have_text("1")
        expect(page.get_by_role("link", name="Open them")).to_be_visible()
        late.get_by_role("link").click()
        page.wait_for_url("**/orders?shipBy=late*")
        expect(page.locator("main")).to_contain_text("DUE-1")
        expect(page.locator("main")).not_to_contain_text("DUE-2")

    def test_what_waits_is_grouped_with_its_reason_and_opens_its_orders(self):
        page = self.signed_in()
        row = page.locator("#held").get_by_role("row").filter(has_text="approves by hand")
        expect(row).to_contain_text(self.CHANNEL)
        row.get_by_role("link").click()
        page.wait_for_url("**/orders?waiting=hand*")
        expect(page.locator("main")).to_contain_text("DUE-1")

    def test_a_problem_can_be_closed_and_stays_closed(self):
        order = self.take_in("PROBLEM-1")
        self.hub.cli("orders", "approve", order["id"])
        page = self.signed_in()
        problem = page.locator("#problems li").filter(has_text="no courier")
        expect(problem).to_be_visible()
        problem.get_by_role("button").click()
        expect(page.locator("#notices")).to_contain_text("closed")
        page.reload()
        expect(page.locator("#problems li").filter(has_text="no courier")).to_have_count(0)

    def test_the_day_is_drawn_and_told_as_a_table(self):
        page = self.signed_in()
        expect(page.locator("#throughput canvas")).to_be_visible()
        expect(page.locator("#lag canvas")).to_be_visible()
        page.locator("#hours > summary").click()
        expect(page.locator("#hours tbody tr").first).to_be_visible()
        plain = self.open(java_script_enabled=False)
        sign_in(plain, self.hub.url, self.hub.token)
        expect(plain.locator("#hours tbody tr").first).to_be_visible()

    def test_every_language_is_whole_on_a_phone(self):
        for language, heading in (("en-GB", "Today"), ("th-TH", "วันนี้"), ("es-CL", "Hoy")):
            with self.subTest(language):
                page = self.open(size=PHONE, locale=language)
                page.goto(f"{self.hub.url}/sign-in")
                page.locator("details > summary").first.click()
                page.locator("input[name=token]").fill(self.hub.token)
                page.locator("input[name=token]").press("Enter")
                expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
                self.assertEqual(page.evaluate(TOO_WIDE), [])
                self.assertNotIn("today.", page.locator("main").inner_text())


class Restart(ConsoleCase):
    def test_a_hub_that_is_started_again_goes_on_where_it_was(self):
        self.take_in("BEFORE-1")
        page = self.signed_in(is_expected="ERR_|Failed to load|status of 5")
        self.live(page)
        address, port = self.hub.url, self.hub.url.rsplit(":", 1)[1]
        stop(self.hub.process)
        expect(page.locator("#standing")).to_contain_text("does not answer")
        expect(self.row(page, "BEFORE-1")).to_be_visible()
        self.hub.process = subprocess.Popen([BINARY, "serve", "--data", self.hub.data, "--listen", f"127.0.0.1:{port}", "--allow-host", "127.0.0.1"], stdout=self.hub.log, stderr=self.hub.log)
        wait_for("the hub's return", lambda: self.hub.cli_raw("channel", "list")[0] == 0)
        expect(page.locator("#standing")).to_have_text("live", timeout=20_000)
        self.take_in("AFTER-1")
        expect(self.row(page, "AFTER-1")).to_be_visible()
        self.assertEqual(page.url.rstrip("/"), address.rstrip("/"))
        series = json.loads(page.locator("#charts").get_attribute("data-series"))
        self.assertGreaterEqual(sum(series["orders"]), 1, "the series outlives the process")


if __name__ == "__main__":
    unittest.main()
