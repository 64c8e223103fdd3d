"""The files page: an Excel of a shop without an API is sent, looked at, corrected in place and taken in; wrong files; no scripts; hostile cells."""
import contextlib
import csv
import io
import pathlib
import re
import unittest
import zipfile

import openpyxl
import page as browser_page
from page import HOSTILE, PHONE, TOO_WIDE, WIDE, pressed
from playwright.sync_api import expect
from support import Hub, wait_for

THAI = ["เลขที่คำสั่งซื้อ", "วันที่สั่งซื้อ", "ชื่อผู้รับ", "เบอร์โทร", "ที่อยู่", "อำเภอ", "จังหวัด", "รหัสไปรษณีย์", "รหัสสินค้า", "จำนวน", "ราคาต่อหน่วย", "บันทึกของร้าน"]


def row(number, quantity=2, price="150.00", note=""):
    return [number, "31/03/2569", "สมชาย ใจดี", "0812345678", "99/1 ซอยสุขุมวิท 21", "วัฒนา", "กรุงเทพมหานคร", "10110", "MUG", quantity, price, note]


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.browser = cls.stack.enter_context(browser_page.chromium())
        cls.hub = Hub()
        cls.stack.callback(cls.hub.stop)
        cls.channels = 0

    def setUp(self):
        self.complaints = []
        self.folder = pathlib.Path(self.hub.folder.name)
        type(self).channels += 1
        self.channel = f"Sheet {self.channels}"
        self.hub.add_channel("file", self.channel, hub__approval="manual")

    def open(self, size=WIDE, is_expected=None, token=None, **more):
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
        page.goto(self.hub.url)
        page.locator("details", has=page.locator("input[name=token]")).locator("summary").click()
        page.locator("input[name=token]").fill(token or self.hub.token)
        page.locator("input[name=token]").press("Enter")
        expect(page.locator(".who")).to_be_visible()
        page.goto(f"{self.hub.url}/files")
        return page

    def workbook(self, rows, name="orders.xlsx", headers=THAI):
        book = openpyxl.Workbook()
        book.active.append(headers)
        for one in rows:
            book.active.append(one)
        path = self.folder / name
        book.save(path)
        return path

    def send(self, page, path):
        page.get_by_label("For the channel").select_option(label=self.channel)
        page.get_by_label("Drop the file here, or choose it").set_input_files(path)
        page.wait_for_url(re.compile(r"/files/\d+"))
        expect(page.locator("#standing-import")).to_have_count(0, timeout=120_000)

    def test_the_excel_of_a_shop_without_an_api_goes_in_by_keyboard(self):
        page = self.open()
        page.keyboard.press("g")
        page.keyboard.press("i")
        page.get_by_text("Make a new channel for files").press("Enter")
        name = f"Market {self.channels}"
        page.get_by_label("Name", exact=True).fill(name)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"The channel {name} is there.")).to_be_visible()
        expect(page.get_by_label("For the channel")).to_have_value(re.compile(r"\d+"))
        self.assertEqual(page.get_by_label("For the channel").evaluate("one => one.selectedOptions[0].textContent"), name)
        path = self.workbook([row("K-1"), row("K-2", quantity="สอง"), row("K-3", price="1.299"), row("K-3")])
        page.keyboard.press("u")
        expect(page.get_by_label("Drop the file here, or choose it")).to_be_focused()
        page.get_by_label("Drop the file here, or choose it").set_input_files(path)
        expect(page.get_by_role("button", name="Take 1 order")).to_be_visible()
        expect(page.locator("select[name=column-A]")).to_have_value("orderNumber")
        expect(page.get_by_text("สมชาย ใจดี").first).to_be_visible()
        page.keyboard.press("e")
        cell = page.get_by_label(re.compile("Cell J3"))
        expect(cell).to_be_focused()
        page.keyboard.type("2")
        page.keyboard.press("Enter")
        expect(page.get_by_label(re.compile("Cell K4"))).to_be_focused()
        page.keyboard.type("1299.00")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Check again with these cells")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("2 cells were corrected here.")).to_be_visible()
        page.keyboard.press("c")
        expect(page.get_by_role("button", name="Take 3 orders")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("3 orders were taken by")).to_be_visible()
        page.reload()
        expect(page.get_by_text("3 orders were taken by")).to_be_visible()
        wait_for("the orders", lambda: len(self.hub.orders(name)) == 3)
        page.goto(self.hub.url + "/files")
        expect(page.get_by_role("row").filter(has_text="orders.xlsx").first).to_contain_text("taken")

    def test_the_same_file_again_shows_what_is_known_before_anything_is_taken(self):
        page = self.open()
        self.send(page, self.workbook([row("D-1"), row("D-2")]))
        page.get_by_role("button", name="Take 2 orders").click()
        expect(page.get_by_text("2 orders were taken by")).to_be_visible()
        wait_for("the orders", lambda: len(self.hub.orders(self.channel)) == 2)
        page.goto(self.hub.url + "/files")
        self.send(page, self.workbook([row("D-1"), row("D-2", quantity=3), row("D-4")]))
        expect(page.get_by_text("1 are here with the same contents and are not taken again; 1 differ and are taken as updates.")).to_be_visible()
        expect(page.get_by_role("button", name="Take 2 orders")).to_be_visible()
        page.get_by_role("button", name="Discard this file").click()
        expect(page.get_by_text("The file was discarded.")).to_be_visible()
        self.assertEqual(len(self.hub.orders(self.channel)), 2)

    def test_a_column_is_named_by_a_select_and_remembered(self):
        headers = [*THAI[:9], "Zahl", *THAI[10:]]
        page = self.open()
        self.send(page, self.workbook([row("M-1")], headers=headers))
        expect(page.get_by_role("alert").filter(has_text="The file lacks:")).to_contain_text("Quantity")
        page.locator("select[name=column-J]").select_option("quantity")
        page.get_by_role("button", name="Check with these columns").click()
        page.get_by_role("button", name="Take 1 order").click()
        expect(page.get_by_text("1 order was taken by")).to_be_visible()
        page.goto(self.hub.url + "/files")
        self.send(page, self.workbook([row("M-2")], headers=headers))
        expect(page.get_by_role("button", name="Take 1 order")).to_be_visible()

    def test_wrong_files_are_answered_in_plain_words(self):
        page = self.open(is_expected="422")
        files = {
            "picture.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(200), "not a spreadsheet"), "old.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected with a password"),
            "prose.csv": (b"%PDF-1.7 nothing", "not a spreadsheet"),
        }
        for name, (content, words) in files.items():
            (self.folder / name).write_bytes(content)
            self.send(page, self.folder / name)
            expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
            page.get_by_role("link", name="Send another file").first.click()
        bomb = self.folder / "bomb.xlsx"
        with zipfile.ZipFile(self.workbook([row("B-1")]), "r") as good, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as bad:
            for one in good.namelist():
                bad.writestr(one, b"<worksheet>" + b" " * (300 << 20) if one.endswith("sheet1.xml") else good.read(one))
        self.send(page, bomb)
        expect(page.get_by_role("alert").filter(has_text="unpacks to")).to_be_visible()
        page.goto(self.hub.url + "/files")
        (self.folder / "empty.xlsx").write_bytes(b"")
        page.get_by_label("Drop the file here, or choose it").set_input_files(self.folder / "empty.xlsx")
        expect(page.get_by_role("alert").filter(has_text="empty.xlsx is empty")).to_be_visible()
        expect(page.get_by_label("Drop the file here, or choose it")).to_be_focused()

    def test_five_thousand_rows_with_problems_are_paged_and_filtered(self):
        rows = [row(f"N-{number}", quantity="x" if number % 4 == 0 else 1, price="1.299" if number % 100 == 7 else "150.00") for number in range(1, 5001)]
        page = self.open()
        self.send(page, self.workbook(rows))
        expect(page.get_by_text("page 1 of 26")).to_be_visible()
        page.keyboard.press("n")
        expect(page.get_by_text("page 2 of 26")).to_be_visible()
        page.get_by_role("link", name=re.compile("two ways")).click()
        expect(page.get_by_text("page 1 of 1")).to_be_visible()
        expect(page.locator(".files-problems tbody tr")).to_have_count(50)
        page.get_by_role("button", name="Take 3,700 orders").click()
        expect(page.get_by_role("progressbar").or_(page.get_by_text("were taken by"))).to_be_visible()
        page.goto(self.hub.url + "/files")
        wait_for("the end of the import", lambda: self.hub.api("GET", "imports?limit=1")["data"][0]["state"] == "committed")
        page.reload()
        expect(page.get_by_role("row").filter(has_text="orders.xlsx").first).to_contain_text("3,700")

    def test_rejected_rows_come_back_harmless_and_hostile_cells_stay_text(self):
        bad = row("@SUM(1)", quantity="<script>window.pwned=1</script>", note=HOSTILE)
        page = self.open()
        self.send(page, self.workbook([bad, row("R-2")]))
        expect(page.get_by_label(re.compile("Cell J2"))).to_have_value("<script>window.pwned=1</script>")
        self.assertIsNone(page.evaluate("window.pwned ?? null"))
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the rejected rows with reasons").click()
        lines = list(csv.reader(io.StringIO(pathlib.Path(download.value.path()).read_text(encoding="utf-8-sig"))))
        self.assertEqual(lines[0][-1], "crossdock: why")
        self.assertTrue(all(not cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line), lines)

    def test_rows_rejected_at_first_are_corrected_after_the_others_were_taken(self):
        page = self.open()
        self.send(page, self.workbook([row("P-1"), row("P-2", quantity="x")]))
        page.get_by_role("button", name="Take 1 order").click()
        expect(page.get_by_text("1 order was taken by")).to_be_visible()
        wait_for("the order", lambda: len(self.hub.orders(self.channel)) == 1)
        page.get_by_role("button", name="Correct the rejected rows here").click()
        page.get_by_label(re.compile("Cell J3")).fill("4")
        page.get_by_role("button", name="Check again with these cells").click()
        page.get_by_role("button", name="Take 1 order").click()
        expect(page.get_by_text("1 order was taken by")).to_be_visible()
        wait_for("both orders", lambda: len(self.hub.orders(self.channel)) == 2)

    def test_without_scripts_a_plain_form_sends_the_file(self):
        page = self.open(java_script_enabled=False, is_expected="422")
        page.get_by_label("For the channel").select_option(label=self.channel)
        page.get_by_role("button", name="Look at the file").click()
        path = self.workbook([row("F-1"), row("F-2", quantity="x")])
        page.get_by_label("Drop the file here, or choose it").set_input_files(path)
        pressed(page.get_by_role("button", name="Look at the file"))
        expect(page).to_have_url(re.compile(r"/files/\d+"))

        def ready():
            page.reload()
            return page.get_by_role("button", name="Take 1 order").count() == 1
        wait_for("the look at the file", ready)
        page.get_by_label(re.compile("Cell J3")).fill("3")
        pressed(page.get_by_role("button", name="Check again with these cells"))
        wait_for("the second look", lambda: page.reload() and page.get_by_role("button", name="Take 2 orders").count() == 1)
        pressed(page.get_by_role("button", name="Take 2 orders"))
        wait_for("the end", lambda: page.reload() and page.get_by_text("2 orders were taken by").count() == 1)
        wait_for("the orders", lambda: len(self.hub.orders(self.channel)) == 2)

    def test_who_may_not_send_or_see_buyers_does_neither(self):
        page = self.open()
        self.send(page, self.workbook([row("V-1", quantity="secret")]))
        address = page.url
        token = self.hub.cli("token", "create", "viewer", "--scope", "orders:read")["token"]
        other = self.open(token=token)
        expect(other.get_by_text("Your role may see files, not send them.")).to_be_visible()
        other.goto(address)
        expect(other.get_by_text("Your role does not see what stands in the cells.")).to_be_visible()
        for hidden in ("secret", "สมชาย", "0812345678"):
            self.assertNotIn(hidden, other.content())
        expect(other.get_by_role("button", name=re.compile("Take|Discard|Check"))).to_have_count(0)

    def test_on_a_phone_and_in_three_languages_nothing_sticks_out(self):
        page = self.open()
        self.send(page, self.workbook([row("L-1", quantity="x"), row("L-2", note=HOSTILE)]))
        address = page.url
        for language, word in (("en-GB", "Files"), ("th-TH", "ไฟล์"), ("es-CL", "Archivos")):
            other = self.open(size=PHONE, locale=language)
            for place in (self.hub.url + "/files", address):
                other.goto(place)
                expect(other.get_by_role("heading", level=1)).to_contain_text(word)
                self.assertEqual(other.evaluate(TOO_WIDE), [], f"{language} {place}")


if __name__ == "__main__":
    unittest.main()
