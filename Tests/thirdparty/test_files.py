"""Files that other programs write: openpyxl as senders' scripts use it, and LibreOffice. What the API then shows must be what was written."""
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from support import Hub, wait_for

HERE = pathlib.Path(__file__).parent


class FileCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="crossdock-files-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.made = pathlib.Path(cls.folder.name, "openpyxl")
        subprocess.run([sys.executable, "-B", HERE / "make_openpyxl_files.py", cls.made], check=True, stdout=subprocess.DEVNULL)
        cls.expected = json.loads((cls.made / "expected.json").read_text(encoding="utf-8"))
        cls.hub = Hub()
        cls.addClassCleanup(cls.hub.stop)

    def channel(self, settings):
        name = self.id().rsplit(".", 1)[1] + f" {len(self.hub.cli('channel', 'list')['data'])}"
        self.hub.add_channel("file", name, hub__approval="manual", **settings)
        return name

    def rejections(self, report):
        found = {}
        for problem in report["problems"]:
            if problem["isRejection"]:
                found.setdefault(problem["order"], set()).add(problem["code"])
        return found

    def check_import(self, path, wanted):
        """Tries the file, takes it in, compares the report and the orders with what is wanted; then takes it in again, which adds nothing."""
        name, orders, is_refused = self.channel(wanted["settings"]), wanted["orders"], wanted["state"] == "needsMapping"
        tried = self.hub.cli("import", "orders", str(path), "--channel", name, "--dry-run", expect=(3,) if is_refused else (0, 1))
        self.assertEqual((tried["good"], self.hub.orders(name)), (len(orders), {}), tried)
        report = self.hub.cli("import", "orders", str(path), "--channel", name, expect=(3,) if is_refused else (1,) if wanted["rejected"] else (0, 1))
        self.assertEqual((report["state"], report["missingColumns"]), (wanted["state"], wanted["missing"]))
        self.assertEqual((report["good"], report["taken"], report["rejected"]), (len(orders), len(orders), len(wanted["rejected"])), report["problems"][:5])
        for order, codes in self.rejections(report).items():
            self.assertEqual(sorted(codes), wanted["rejected"][order], order)
        shown = wait_for("the orders", lambda: len(self.hub.orders(name)) == len(orders) and self.hub.orders(name) or (not orders and {"": None}))
        for number, order in orders.items():
            self.check_order(shown[number], order, wanted["settings"]["currency"])
        if orders:
            again = self.hub.cli("import", "orders", str(path), "--channel", name, expect=(0, 1))
            self.assertEqual((again["taken"], again["duplicates"]["same"]), (0, len(orders)))
        return report

    def check_order(self, shown, wanted, currency):
        self.assertEqual((shown["placedAt"], shown["currency"]), (wanted["placedAt"], currency))
        place = shown["shipTo"]
        self.assertEqual((place["name"], place["line1"], place["postcode"]), (wanted["name"], wanted["line1"], wanted["postcode"]))
        self.assertEqual(place["phone"].replace("+66", "0"), wanted["phone"])
        self.assertEqual([[line["sku"], line["title"], line["quantity"], line["unitPrice"], line["lineTotal"]] for line in shown["lines"]], wanted["lines"])
        self.assertEqual(shown["totals"]["grand"], wanted["grand"])


class OpenpyxlFiles(FileCase):
    def test_orders_in_three_languages(self):
        for language in ("english", "spanish", "thai"):
            with self.subTest(language):
                report = self.check_import(self.made / f"orders-{language}.xlsx", self.expected[f"orders-{language}.xlsx"]["import"])
                self.assertEqual((report["kind"], report["sheet"], report["unknownHeaders"]), ("xlsx", "Orders", []))

    def test_days_counted_from_1904(self):
        self.check_import(self.made / "mac-1904.xlsx", self.expected["mac-1904.xlsx"]["import"])

    def test_bare_numbers_of_days_counted_from_1904(self):
        self.check_import(self.made / "mac-1904-bare.xlsx", self.expected["mac-1904-bare.xlsx"]["import"])

    def test_formulas_without_results_are_refused_with_their_cells(self):
        report = self.check_import(self.made / "formulas.xlsx", self.expected["formulas.xlsx"]["import"])
        cells = {problem["cell"] for problem in report["problems"] if problem["isRejection"]}
        self.assertTrue({"K2", "J3", "K4", "K5"} <= cells, cells)
        self.assertTrue(all(problem["remedy"] for problem in report["problems"]))

    def test_write_only_books_without_prices_reject_every_order(self):
        report = self.check_import(self.made / "streamed.xlsx", self.expected["streamed.xlsx"]["import"])
        self.assertEqual((report["rows"], report["orders"], report["problemCounts"], len(report["problems"])), (500, 500, {"price_missing": 500}, 200))

    def test_a_book_without_order_columns_asks_for_a_mapping(self):
        report = self.check_import(self.made / "odd.xlsx", self.expected["odd.xlsx"]["import"])
        self.assertEqual((report["sheet"], report["rows"]), ("Pedidos", 0))


@functools.cache
def libreoffice():
    return next((name for name in ("soffice", "libreoffice") if subprocess.run(["which", name], capture_output=True).returncode == 0), None)


class LibreOfficeFiles(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if libreoffice() is None:
            raise AssertionError("LibreOffice is not installed: `make setup` installs libreoffice-calc.")
        sources = [cls.made / name for name in ("formulas.xlsx", "orders-thai.xlsx", "orders-english.xlsx")]
        cls.xlsx = cls.convert("xlsx", "xlsx", sources)
        cls.ods = cls.convert("ods", "ods", sources)
        cls.from_ods = cls.convert("xlsx", "from-ods", sorted(cls.ods.glob("*.ods")))
        # Separator, quote, encoding (76 UTF-8, 32 Windows-874), first line; "as shown" is LibreOffice's own default.
        cls.csv = cls.convert("csv:Text - txt - csv (StarCalc):59,34,76,1", "csv", sources)
        cls.thai_csv = cls.convert("csv:Text - txt - csv (StarCalc):9,34,32,1", "csv-874", sources)

    @classmethod
    def convert(cls, kind, name, sources):
        out = pathlib.Path(cls.folder.name, name)
        done = subprocess.run([libreoffice(), f"-env:UserInstallation=file://{cls.folder.name}/profile", "--headless", "--convert-to", kind, "--outdir", out, *sources],
                              capture_output=True, text=True, timeout=180, env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": cls.folder.name})
        made = sorted(path.name for path in out.glob("*")) if out.exists() else []
        if len(made) != len(sources):
            raise AssertionError(f"LibreOffice made {made}: {done.stdout}{done.stderr}")
        return out

    def formulas(self):
        """What `formulas.xlsx` holds once its formulas have results."""
        thai = self.expected["orders-thai.xlsx"]["import"]
        base = thai["orders"]["A-1"]
        orders = {
            "L-1": {**base, "lines": [["TEA-100", "ชาเขียว 100 ก. 🍵", 2, 12900, 25800], ["CUP", "ถ้วยศิลาดล", 3, 45050, 135150]], "grand": 160950},
            # 0.396 of a day, to the second.
            "L-2": {**base, "placedAt": "2026-03-01T02:30:14Z", "lines": [["TEA-100", "ชาเขียว", 1, 25800, 25800]], "grand": 25800},
        }
        return {**thai, "orders": orders, "rejected": {"L-3": ["cell_error"]}}

    def test_formulas_merged_cells_and_serial_dates_in_a_workbook(self):
        report = self.check_import(self.xlsx / "formulas.xlsx", self.formulas())
        self.assertEqual(report["sheet"], "คำสั่งซื้อ")

    def test_the_same_by_way_of_an_opendocument_sheet(self):
        self.check_import(self.from_ods / "formulas.xlsx", self.formulas())

    def test_plain_orders_by_both_ways(self):
        for folder in (self.xlsx, self.from_ods):
            for language in ("english", "thai"):
                with self.subTest(f"{folder.name} {language}"):
                    self.check_import(folder / f"orders-{language}.xlsx", self.expected[f"orders-{language}.xlsx"]["import"])

    def test_csv_in_utf8_and_in_windows_874(self):
        for folder, encoding, delimiter in ((self.csv, "utf-8", ";"), (self.thai_csv, "windows-874", "\t")):
            with self.subTest(folder.name):
                report = self.check_import(folder / "orders-thai.csv", self.expected["orders-thai.xlsx"]["import"])
                self.assertEqual((report["kind"], report["encoding"], report["delimiter"]), ("csv", encoding, delimiter))

    def test_csv_tells_no_merged_cells_so_its_second_row_is_refused(self):
        wanted = self.formulas()
        tried = self.hub.cli("import", "orders", str(self.csv / "formulas.csv"), "--channel", self.channel(wanted["settings"]), "--dry-run", expect=(1,))
        codes = {problem["row"]: problem["code"] for problem in tried["problems"] if problem["isRejection"]}
        self.assertEqual(codes[3], "order_number_missing")
        self.assertIn(5, codes)

    def test_an_opendocument_sheet_itself_is_refused_with_a_sentence(self):
        code, text, error = self.hub.cli_raw("import", "orders", str(self.ods / "orders-thai.ods"), "--channel", self.channel({}))
        self.assertEqual(code, 3, text)
        self.assertIn(".xlsx", error)


if __name__ == "__main__":
    unittest.main()
