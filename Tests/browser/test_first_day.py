"""The first user's day on the demo, in one journey: two marketplaces are authorised, orders arrive, one is cancelled after packing, one has two parcels; print, pack by scan, hand over with
manifests; tracking flows back, the cash is matched. Each station is looked at in the console and on the other side."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import page as browser_page
from page import WIDE
from playwright.sync_api import expect
from support import BINARY, call, stop, wait_for

# Where pictures of each station go; nowhere when it is not set.
PICTURES = os.environ.get("CROSSDOCK_PICTURES")


class Demo:
    """`crossdock demo --by-hand` on free ports: nothing happens in it unless somebody does it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="crossdock-first-day-")
        said = pathlib.Path(self.folder.name, "said")
        self.log = said.open("wb")
        self.process = subprocess.Popen(
            [BINARY, "demo", "--data", self.folder.name + "/data", "--listen", "127.0.0.1:0", "--rate", "0", "--faults", "none", "--by-hand"], stdout=self.log, stderr=self.log)
        try:
            wait_for("the demo's start", lambda: self.process.poll() is not None or "Ctrl-C ends" in said.read_text())
            told = said.read_text()
            lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in told.splitlines() if line.startswith("  ") and len(line.split()) > 1}
            self.url = lines["Open"].strip().rstrip("/")
            self.email, self.password = re.search(r"Sign in +(\S+) +password +(\S+)", told).groups()
            self.token = re.search(r"Bearer (\S+?)\"", told).group(1)
            self.workbook = lines["Excel"].strip()
            self.shopee, self.lazada, self.post = (lines[name].strip().rstrip("/") for name in ("Shopee", "Lazada", "Post"))
        except BaseException as error:
            self.stop()
            raise AssertionError(f"the demo told: {said.read_text() if said.exists() else 'nothing'}") from error

    def stop(self):
        stop(self.process)
        self.log.close()
        self.folder.cleanup()

    def outside(self, place, path, body=None):
        """The world outside: a simulator's own routes."""
        status, _, answer = call("POST" if body is not None else "GET", f"{place}/{path}", body)
        if status >= 300:
            raise AssertionError(f"{path}: {status} {answer}")
        return answer

    def api(self, path):
        status, _, answer = call("GET", f"{self.url}/api/v1/{path}", None, {"Authorization": f"Bearer {self.token}"})
        if status >= 300:
            raise AssertionError(f"{path}: {status} {answer}")
        return answer

    def parcels(self, state=None):
        return self.api("parcels?limit=200" + (f"&state={state}" if state else ""))["data"]

    def order(self, number):
        return next((order for order in self.api("orders?limit=200")["data"] if order["externalNumber"] == number), None)


class FirstUsersDay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = cls.enterClassContext(browser_page.chromium())
        cls.demo = Demo()
        cls.addClassCleanup(cls.demo.stop)

    def setUp(self):
        self.complaints, self.station = [], 0
        context = self.browser.new_context(viewport=WIDE, locale="en-GB", accept_downloads=True)
        self.addCleanup(context.close)
        context.set_default_timeout(20_000)
        self.page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}") if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def picture(self, name):
        self.station += 1
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{self.station:02}-{name}.png", full_page=True)

    def go(self, path):
        self.page.goto(self.demo.url + path)

    def tab(self, name):
        """A part of Ship, by its tab."""
        self.page.get_by_role("navigation", name="Parts of shipping").get_by_role("link", name=name).click()

    def scan(self, number):
        """As a scanner does that types and sends Enter, into whatever has the focus."""
        expect(self.page.locator("[data-scan]")).to_be_focused()
        self.page.keyboard.type(number)
        self.page.keyboard.press("Enter")

    # The stations of the day.

    def test_the_first_users_day(self):
        self.sign_in()
        self.authorise("Shopee TH", "Shopee")
        self.authorise("Lazada TH", "Lazada")
        self.orders_arrive()
        self.the_file_is_loaded_and_approved()
        self.everything_is_booked_once()
        self.paper_is_printed()
        self.parcels_are_packed_by_scan()
        self.one_is_cancelled_after_packing()
        self.a_buyer_who_asks_too_late_is_told_no()
        self.drivers_take_their_manifests()
        self.tracking_flows_back()
        self.cash_is_matched()
        self.nothing_is_left_over()
        self.assertEqual(self.complaints, [])

    def sign_in(self):
        self.go("/sign-in")
        self.page.get_by_label("E-mail").fill(self.demo.email)
        self.page.get_by_label("Password").fill(self.demo.password)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        self.picture("today")

    def authorise(self, name, platform):
        """To the platform's consent page, which sends the seller back at once."""
        page = self.page
        page.get_by_role("link", name="Channels", exact=True).click()
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("main")).to_contain_text("Not authorised yet")
        self.picture("not-authorised")
        page.get_by_role("button", name="Authorise", exact=True).click()
        expect(page.get_by_role("heading", name=f"Authorise {name}")).to_be_visible()
        self.picture("leaving")
        page.get_by_role("link", name=re.compile(f"Go to {platform}")).click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(page.locator("#notices")).to_contain_text(f"{name} is authorised")
        expect(page.locator("main")).not_to_contain_text("Not authorised yet")
        expect(page.locator("main")).to_contain_text("Access token")
        self.picture("authorised")

    def orders_arrive(self):
        """Today counts them and the list of orders offers them without a reload."""
        page, demo = self.page, self.demo
        page.get_by_role("link", name="Today", exact=True).click()
        expect(page.locator("#standing")).to_have_text("live")
        plain, lost = demo.outside(demo.shopee, "orders", {"kind": "everyday", "count": 2})["external_ids"]
        (split,) = demo.outside(demo.shopee, "orders", {"kind": "split"})["external_ids"]
        (lazada,) = demo.outside(demo.lazada, "orders", {"kind": "twoUnits"})["ids"]
        self.external = {"plain": plain, "lost": lost, "split": split, "lazada": lazada}
        shopee = {order["external_id"]: order["number"] for order in demo.outside(demo.shopee, "orders")}
        numbers = {order["externalID"]: order["number"] for order in demo.outside(demo.lazada, "orders")} | shopee
        self.numbers = {name: numbers[one] for name, one in self.external.items()}
        for number in self.numbers.values():
            wait_for(f"the order {number}", lambda number=number: demo.order(number))
        self.picture("arrived")

    def the_file_is_loaded_and_approved(self):
        page, demo = self.page, self.demo
        page.get_by_role("link", name="Files", exact=True).click()
        page.get_by_label("For the channel").select_option(label="Excel orders")
        page.get_by_label("Drop the file here, or choose it").set_input_files(demo.workbook)
        page.get_by_role("button", name="Take 2 orders").click()
        expect(page.get_by_text("2 orders were taken by")).to_be_visible()
        self.picture("file")
        self.numbers |= {"cash": "XL-1001", "more cash": "XL-1002"}
        page.get_by_role("link", name="Orders", exact=True).click()
        page.get_by_role("link", name=re.compile("To approve")).click()
        expect(page.locator("#grid[data-ready]")).to_be_visible()
        for number in ("XL-1001", "XL-1002"):
            expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()
        self.picture("to-approve")
        page.get_by_role("checkbox", name="Select all that match").check()
        page.keyboard.press("a")
        expect(page.get_by_role("dialog")).to_contain_text("2 of 2 will go")
        page.keyboard.press("Enter")
        expect(page.locator(".toast")).to_contain_text("2 of 2 went")
        self.picture("approved")

    def everything_is_booked_once(self):
        page, demo = self.page, self.demo
        parcels = wait_for("every parcel's number", lambda: (lambda found: found if len(found) == 7 and all(one["trackingNumber"] for one in found) else None)(demo.parcels()))
        self.parcels = {name: sorted((one for one in parcels if one["number"] == number), key=lambda one: one["ref"]) for name, number in self.numbers.items()}
        self.assertEqual({name: len(found) for name, found in self.parcels.items()}, {"plain": 1, "lost": 1, "split": 2, "lazada": 1, "cash": 1, "more cash": 1})
        report = demo.outside(demo.shopee, "report")
        self.assertEqual(sorted(report["arrangements"].values()), [1, 1, 1, 1], "each package of Shopee was arranged once")
        self.assertEqual(report["refused_arrangements"], {})
        counters = demo.outside(demo.lazada, "counters")
        self.assertEqual(set(counters["packings"].values()), {1}, "each item of Lazada was packed once")
        proof = demo.outside(demo.post, "proof")
        self.assertEqual(list(proof["perBarcode"].values()), [1, 1], "each parcel of the post was announced once")
        page.get_by_role("link", name="Ship", exact=True).click()
        for parcel in parcels:
            expect(page.get_by_role("row").filter(has_text=parcel["trackingNumber"])).to_be_visible()
        self.picture("ship")

    def printed(self, button):
        """What the browser is handed by a button that opens a paper beside the page."""
        page, answers = self.page, []
        page.context.on("response", lambda answer: answers.append(answer) if answer.url.endswith("/ship/print") else None)
        with page.context.expect_page() as beside:
            page.get_by_role("button", name=button).click()
        wait_for(button, lambda: page.evaluate("1") and answers)
        self.assertEqual((answers[0].status, answers[0].headers["content-type"]), (200, "application/pdf"))
        beside.value.close()

    def paper_is_printed(self):
        page, demo = self.page, self.demo
        self.printed("Print labels")
        self.printed("Pick list")
        ids = [one["id"] for parcels in self.parcels.values() for one in parcels]
        bearer = {"Authorization": f"Bearer {demo.token}"}
        labels = page.request.post(f"{demo.url}/api/v1/parcels/labels", data={"parcels": ids, "size": "100x150"}, headers=bearer)
        pick = page.request.post(f"{demo.url}/api/v1/parcels/pick-list", data={"parcels": ids}, headers=bearer)
        self.assertEqual((labels.status, pick.status), (200, 200))
        with tempfile.TemporaryDirectory() as folder:
            for name, answer in (("labels", labels), ("pick", pick)):
                pathlib.Path(folder, f"{name}.pdf").write_bytes(answer.body())
            told = subprocess.run(["pdfinfo", f"{folder}/labels.pdf"], capture_output=True, text=True, check=True).stdout
            self.assertRegex(told, r"Pages: +7\n")
            text = subprocess.run(["pdftotext", "-layout", f"{folder}/labels.pdf", "-"], capture_output=True, text=True, check=True).stdout
            subprocess.run(["pdftoppm", "-r", "300", "-png", f"{folder}/labels.pdf", f"{folder}/label"], check=True)
            read = [subprocess.run(["zbarimg", "-q", "--raw", str(one)], capture_output=True, text=True).stdout for one in sorted(pathlib.Path(folder).glob("label-*.png"))]
            for name, parcels in self.parcels.items():
                for parcel in parcels:
                    number = parcel["trackingNumber"]
                    if name in ("cash", "more cash"):
                        self.assertIn(number, "".join(read).splitlines(), "our own labels are read back by a scanner")
                    else:
                        self.assertIn(number, text, "a marketplace's own label has no symbol in the demo")
            walk = subprocess.run(["pdftotext", "-layout", f"{folder}/pick.pdf", "-"], capture_output=True, text=True, check=True).stdout
        for content in (content for parcels in self.parcels.values() for parcel in parcels for content in parcel["contents"] if content.get("sku")):
            self.assertIn(content["sku"], walk)

    def parcels_are_packed_by_scan(self):
        page, demo = self.page, self.demo
        page.get_by_role("link", name="Scan to pack").first.click()
        for name in ("plain", "lost", "lazada", "cash", "more cash"):
            (parcel,) = self.parcels[name]
            self.pack(parcel)
        first, second = self.parcels["split"]
        self.pack(first, box="box 1 of 2")
        self.assertEqual([demo.api(f"parcels/find?code={one['trackingNumber']}")["state"] for one in (first, second)], ["packed", "toPack"])
        self.pack(second, box="box 2 of 2")
        self.assertEqual({one["state"] for one in demo.parcels("packed")}, {"packed"})
        self.assertEqual(len(demo.parcels("packed")), 7)
        self.picture("packed")

    def pack(self, parcel, box=None):
        page = self.page
        self.scan(parcel["trackingNumber"])
        card = page.locator(".ship-card")
        expect(card).to_contain_text(parcel["number"])
        expect(card).to_contain_text(parcel["trackingNumber"])
        if box:
            expect(card).to_contain_text(box)
        expect(page.locator("#ship-weight")).to_be_focused()
        self.picture("scanned")
        page.keyboard.type("0.4 kg")
        page.keyboard.press("Enter")
        expect(page.locator("#parcel")).to_contain_text("is packed")

    def one_is_cancelled_after_packing(self):
        """The buyer's platform has cancelled it: the packer is stopped, and it stands under exceptions until its goods are back."""
        page, demo = self.page, self.demo
        (parcel,), number = self.parcels["lost"], self.numbers["lost"]
        self.assertTrue(demo.outside(demo.shopee, f"orders/{self.external['lost']}/cancel", {"asks": False})["done"])
        wait_for("the cancellation", lambda: demo.order(number)["workflow"] == "cancelled")
        self.scan(parcel["trackingNumber"])
        expect(page.locator("#parcel").get_by_role("alert")).to_contain_text("STOP")
        expect(page.get_by_role("button", name="Packed")).to_have_count(0)
        self.picture("stop")
        self.tab("Exceptions")
        row = page.get_by_role("row").filter(has_text=number)
        expect(row).to_be_visible()
        self.picture("exceptions")

    def a_buyer_who_asks_too_late_is_told_no(self):
        """The wish stops the packer until somebody answers it; the marketplace is told, and the parcel may leave."""
        page, demo = self.page, self.demo
        (parcel,), number = self.parcels["plain"], self.numbers["plain"]
        before = demo.order(number)["workflow"]
        self.assertNotEqual(before, "cancelled")
        self.assertTrue(demo.outside(demo.shopee, f"orders/{self.external['plain']}/cancel", {"asks": True})["done"])
        wait_for("the wish", lambda: any(flag["code"] == "cancel_requested" for flag in demo.order(number)["flags"]))
        self.tab("Scan to pack")
        self.scan(parcel["trackingNumber"])
        expect(page.locator("#parcel")).to_contain_text("nobody has answered yet")
        self.picture("wish")
        page.locator(".ship-card").get_by_role("link", name=number).click()
        expect(page.get_by_role("heading", name=f"Order {number}")).to_be_visible()
        page.get_by_role("button", name="Reject the cancellation").click()
        expect(page.locator(".toast")).to_contain_text("The marketplace is being told")
        wait_for("the wish's end", lambda: not any(flag["code"] == "cancel_requested" for flag in demo.order(number)["flags"]))
        page.reload()
        expect(page.get_by_role("button", name="Reject the cancellation")).to_have_count(0)
        self.assertEqual(demo.order(number)["workflow"], before)
        self.picture("answered")
        page.get_by_role("link", name="Ship", exact=True).click()

    def manifest(self, carrier, parcels, foreign):
        page = self.page
        self.tab("Manifests")
        page.get_by_label("Carrier").select_option(label=carrier)
        page.get_by_role("button", name="Open a manifest").click()
        for parcel in parcels:
            self.scan(parcel["trackingNumber"])
            expect(page.locator("#count .notice")).to_contain_text(parcel["trackingNumber"])
        self.scan(foreign["trackingNumber"])
        expect(page.locator("#count").get_by_role("alert")).to_contain_text("Put it aside")
        self.picture("manifest")
        if carrier == "Shopee TH":
            self.scan(self.parcels["lost"][0]["trackingNumber"])
            expect(page.locator("#count").get_by_role("alert")).to_contain_text("STOP")
        expect(page.locator(".ship-counted b")).to_have_text(str(len(parcels)))
        expect(page.locator("#list tbody tr")).to_have_count(len(parcels))
        page.get_by_role("button", name="Close the manifest").click()
        expect(page.locator("#notices")).to_contain_text(f"is closed with {len(parcels)} parcel")
        page.get_by_label("Taken by").fill("Somsak")
        page.get_by_role("button", name="Handed over").click()
        expect(page.locator("#notices")).to_contain_text("on " + ("its" if len(parcels) == 1 else "their") + " way")
        self.picture("handed")

    def drivers_take_their_manifests(self):
        parcels, demo = self.parcels, self.demo
        self.manifest("Shopee TH", parcels["plain"] + parcels["split"], parcels["cash"][0])
        self.manifest("Lazada TH", parcels["lazada"], parcels["plain"][0])
        self.manifest("Thailand Post", parcels["cash"] + parcels["more cash"], parcels["lazada"][0])
        for name in ("plain", "split", "lazada", "cash", "more cash"):
            for parcel in parcels[name]:
                self.assertEqual(demo.api(f"parcels/find?code={parcel['trackingNumber']}")["state"], "handedOver")

    def tracking_flows_back(self):
        page, demo = self.page, self.demo
        for name in ("plain", "split"):
            for _ in range(4):
                self.assertTrue(demo.outside(demo.shopee, f"orders/{self.external[name]}/advance", {})["done"])
        for package in demo.outside(demo.lazada, f"orders/{self.external['lazada']}")["packages"]:
            for _ in range(7):
                demo.outside(demo.lazada, f"parcels/{package}/advance", {})
        for name in ("cash", "more cash"):
            self.assertTrue(demo.outside(demo.post, f"consignments/{self.parcels[name][0]['trackingNumber']}/advance", {"steps": 6})["done"])
        self.travelled = ("plain", "split", "lazada", "cash", "more cash")
        for name in self.travelled:
            wait_for(f"{name}: delivered", lambda name=name: demo.order(self.numbers[name])["fulfilment"] == "delivered")
        for name in self.travelled:
            page.get_by_role("link", name="Orders", exact=True).click()
            page.goto(f"{demo.url}/orders/{demo.order(self.numbers[name])['id']}")
            expect(page.get_by_role("heading", name=f"Order {self.numbers[name]}")).to_be_visible()
            expect(page.locator("main .state").filter(has_text="delivered").first).to_be_visible()
            self.picture("delivered")
        shopee = {order["number"]: order["fulfilment"] for order in demo.outside(demo.shopee, "orders")}
        self.assertEqual({shopee[self.numbers[name]] for name in ("plain", "split")}, {"delivered"})
        self.assertEqual(set(demo.outside(demo.lazada, f"orders/{self.external['lazada']}")["statuses"]), {"delivered"})

    def cash_is_matched(self):
        page, demo = self.page, self.demo
        self.assertEqual(demo.outside(demo.post, "payout", {})["paid"], 2)
        file = demo.outside(demo.post, "remittance")
        page.get_by_role("link", name="Ship", exact=True).click()
        self.tab("COD")
        expect(page.get_by_role("heading", name="COD", exact=True)).to_be_visible()
        self.picture("cod-empty")
        page.get_by_label("Carrier", exact=True).select_option(label="Thailand Post")
        page.get_by_label("File", exact=True).set_input_files({"name": "cod.csv", "mimeType": "text/csv", "buffer": file})
        self.picture("cod")
        page.get_by_role("button", name="Take it in").click()
        expect(page.locator("#notices")).to_contain_text("2 rows taken in, 0 differ")
        for _ in range(2):
            expect(page.locator("main")).to_contain_text("Nothing differs")
            row = page.get_by_role("row").filter(has_text="cod.csv")
            expect(row).to_contain_text("Thailand Post")
            expect(row.locator("td.n").first).to_have_text("2")
            page.reload()
        self.picture("matched")
        for name in ("cash", "more cash"):
            self.assertEqual(demo.order(self.numbers[name])["paymentState"], "paid")

    def nothing_is_left_over(self):
        """The box of the cancelled order is the one thing that still wants a hand."""
        page, demo = self.page, self.demo
        self.tab("Exceptions")
        page.get_by_role("button", name=f"The goods are back {self.numbers['lost']}").click()
        expect(page.locator("#notices")).to_contain_text("back on the shelf")
        expect(page.locator("main")).to_contain_text("Nothing needs you")
        self.picture("nothing-left")
        self.assertEqual(demo.parcels("toPack"), [])
        self.assertEqual(demo.api("dead-letters?limit=10")["data"], [])
        report = demo.outside(demo.shopee, "report")
        self.assertEqual(sorted(report["arrangements"].values()), [1, 1, 1, 1], "still arranged once each")


if __name__ == "__main__":
    unittest.main()
