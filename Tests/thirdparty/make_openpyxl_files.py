#!/usr/bin/env python3
"""Makes order workbooks with openpyxl, as senders' own scripts do, and expected.json with what a reader must find in them.

Usage: make_openpyxl_files.py OUTPUT_FOLDER      (needs the package openpyxl)

expected.json: {"file": {"sheets": [[name, hidden]], "sheet": name, "rows": {"row number": {"A": value}}, "import": {…}}}
A value is a text, ["number", text], ["date", "2026-03-01 09:30:00"], ["boolean", true], ["error", "#N/A"], ["formula without value"] or
["covered by", "A2:A3"].
"import" is what an import into a channel with these settings gives: {"settings": {}, "state": …, "missing": […], "rejected": {order: [codes]}, "orders":
{number: {"placedAt", "name", "phone", "line1", "postcode", "grand", "lines": [[SKU, title, quantity, unit price, line total]]}}}, money in minor units.
"""
import datetime
import json
import pathlib
import sys

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HEADERS = {
    "english": ["Order number", "Order date", "Recipient name", "Recipient phone", "Address line 1", "City", "Postcode", "SKU", "Product name", "Quantity", "Unit price"],
    "spanish": ["N° de pedido", "Fecha", "Destinatario", "Teléfono", "Dirección", "Comuna", "Código postal", "SKU", "Producto", "Cantidad", "Precio unitario"],
    "thai": ["เลขที่คำสั่งซื้อ", "วันที่สั่งซื้อ", "ชื่อผู้รับ", "เบอร์โทร", "ที่อยู่", "อำเภอ/เขต", "รหัสไปรษณีย์", "รหัสสินค้า", "ชื่อสินค้า", "จำนวน", "ราคา"],
}
PLACES = {
    "english": ["Somchai Jaidee", "0812345678", "99/1 Sukhumvit 21", "Bangkok", "10110"],
    "spanish": ["Ana Ñuñez", "+56912345678", "Av. Siempre Viva 742", "Ñuñoa", "7750000"],
    "thai": ["สมชาย ใจดี", "0812345678", "99/1 ซอยสุขุมวิท 21", "วัฒนา", "10110"],
}
WHEN = datetime.datetime(2026, 3, 1, 9, 30)
# Half past nine in the channel's zone (the day has summer time in Santiago).
SETTINGS = {
    "english": {"currency": "THB", "country": "TH", "timeZone": "Asia/Bangkok"},
    "spanish": {"currency": "USD", "country": "CL", "timeZone": "America/Santiago"},
    "thai": {"currency": "THB", "country": "TH", "timeZone": "Asia/Bangkok"},
}
PLACED = {"english": "2026-03-01T02:30:00Z", "spanish": "2026-03-01T12:30:00Z", "thai": "2026-03-01T02:30:00Z"}


def letters(values):
    return {chr(ord("A") + index): value for index, value in enumerate(values) if value is not None}


def shown_order(language, lines, placed=None):
    """What the API must show. `lines`: [SKU, title, quantity, unit price]."""
    place = PLACES[language]
    lines = [[*line, line[2] * line[3]] for line in lines]
    return {"placedAt": placed or PLACED[language], "name": place[0], "phone": place[1], "line1": place[2], "postcode": place[4],
            "grand": sum(line[4] for line in lines), "lines": lines}


def plain(folder, language):
    """Two orders, three lines, in one language."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    sheet.append(HEADERS[language])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    rows = {"1": letters(HEADERS[language])}
    for number, (order, sku, quantity, price) in enumerate([("A-1", "TSHIRT", 2, 150.5), ("A-1", "MUG", 1, 19.99), ("A-2", "MUG", 3, 19.99)], start=2):
        place = PLACES[language]
        sheet.append([order, WHEN, *place, sku, f"Product {sku}", quantity, price])
        rows[str(number)] = letters([order, ["date", "2026-03-01 09:30:00"], *place, sku, f"Product {sku}", ["number", str(quantity)], ["number", str(price)]])
    name = f"orders-{language}.xlsx"
    book.save(folder / name)
    orders = {"A-1": shown_order(language, [["TSHIRT", "Product TSHIRT", 2, 15050], ["MUG", "Product MUG", 1, 1999]]), "A-2": shown_order(language, [["MUG", "Product MUG", 3, 1999]])}
    return name, {"sheets": [["Orders", False]], "sheet": "Orders", "rows": rows,
                  "import": {"settings": SETTINGS[language], "state": "committed", "missing": [], "rejected": {}, "orders": orders}}


def odd(folder):
    """Everything that is not plain: hidden first sheet, formulas, merged cells, rich text, errors, blank rows, dates of several styles."""
    book = openpyxl.Workbook()
    book.active.title = "Instructions"
    book.active["A1"] = "Do not read me"
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Pedidos")
    sheet.append(["Order number", "Value"])
    sheet["A2"], sheet["B2"] = "A-1", "=1+1"
    sheet.merge_cells("A2:A3")
    sheet["B3"] = True
    sheet["A5"], sheet["B5"] = "A-2", datetime.date(2024, 2, 29)
    sheet["A6"], sheet["B6"] = "A-3", datetime.time(18, 45)
    sheet["A7"], sheet["B7"] = "A-4", "#N/A"
    sheet["A8"], sheet["B8"] = "A-5", CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))
    sheet["A9"], sheet["B9"] = "A-6", 45352.25
    sheet["B9"].number_format = "[$-D07041E]d mmmm bbbb hh:mm"
    sheet["A10"], sheet["B10"] = "A-7", 8850123456789
    sheet["A11"], sheet["B11"] = "A-8", "0099"
    sheet["A12"], sheet["B12"] = "A-9", 45352
    sheet["B12"].number_format = '#,##0" days"'
    sheet["A13"], sheet["B13"] = "A-10", "two\nlines & <marks> ข้อความ"
    rows = {
        "1": letters(["Order number", "Value"]), "2": letters(["A-1", ["formula without value"]]), "3": letters([["covered by", "A2:A3"], ["boolean", True]]),
        "5": letters(["A-2", ["date", "2024-02-29"]]), "6": letters(["A-3", ["date", "18:45:00"]]), "7": letters(["A-4", ["error", "#N/A"]]),
        "8": letters(["A-5", "plain bold"]), "9": letters(["A-6", ["date", "2024-03-01 06:00:00"]]), "10": letters(["A-7", ["number", "8850123456789"]]),
        "11": letters(["A-8", "0099"]), "12": letters(["A-9", ["number", "45352"]]), "13": letters(["A-10", "two\nlines & <marks> ข้อความ"]),
    }
    book.save(folder / "odd.xlsx")
    missing = ["orderNumber", "shipToName", "shipToLine1", "sku", "quantity"]
    return "odd.xlsx", {"sheets": [["Instructions", True], ["Pedidos", False]], "sheet": "Pedidos", "rows": rows,
                        "import": {"settings": {}, "state": "needsMapping", "missing": missing, "rejected": {}, "orders": {}}}


def mac(folder, name, when, cell, placed):
    """Counts its days from 1904."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.title = "Mac"
    place = PLACES["english"]
    book.active.append(HEADERS["english"])
    book.active.append(["A-1", when, *place, "MUG", "Mug", 1, 19.99])
    book.save(folder / name)
    rows = {"1": letters(HEADERS["english"]), "2": letters(["A-1", cell, *place, "MUG", "Mug", ["number", "1"], ["number", "19.99"]])}
    orders = {"A-1": shown_order("english", [["MUG", "Mug", 1, 1999]], placed)}
    return name, {"sheets": [["Mac", False]], "sheet": "Mac", "rows": rows,
                  "import": {"settings": SETTINGS["english"], "state": "committed", "missing": [], "rejected": {}, "orders": orders}}


def formulas(folder):
    """Formulas that openpyxl writes without results, merged cells, a date as a bare serial number: what LibreOffice makes a full workbook of."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "คำสั่งซื้อ"
    place = PLACES["thai"]
    sheet.append(HEADERS["thai"])
    sheet.append(["L-1", WHEN, *place, "TEA-100", "ชาเขียว 100 ก. 🍵", 2, "=100+29"])
    sheet.append([None] * 7 + ["CUP", "ถ้วยศิลาดล", "=1+2", 450.5])
    sheet.append(["L-2", 46082.396, *place, "TEA-100", "ชาเขียว", 1, "=K2*2"])
    sheet.append(["L-3", WHEN, *place, "CUP", "ถ้วย", 1, "=NA()"])
    for column in "ABCDEFG":
        sheet.merge_cells(f"{column}2:{column}3")
    book.save(folder / "formulas.xlsx")
    covered = [["covered by", f"{column}2:{column}3"] for column in "ABCDEFG"]
    when, blank = ["date", "2026-03-01 09:30:00"], ["formula without value"]
    rows = {
        "1": letters(HEADERS["thai"]), "2": letters(["L-1", when, *place, "TEA-100", "ชาเขียว 100 ก. 🍵", ["number", "2"], blank]),
        "3": letters([*covered, "CUP", "ถ้วยศิลาดล", blank, ["number", "450.5"]]),
        "4": letters(["L-2", ["number", "46082.396"], *place, "TEA-100", "ชาเขียว", ["number", "1"], blank]),
        "5": letters(["L-3", when, *place, "CUP", "ถ้วย", ["number", "1"], blank]),
    }
    rejected = {name: ["formula_without_value"] for name in ("L-1", "L-2", "L-3")}
    return "formulas.xlsx", {"sheets": [["คำสั่งซื้อ", False]], "sheet": "คำสั่งซื้อ", "rows": rows,
                             "import": {"settings": SETTINGS["thai"], "state": "committed", "missing": [], "rejected": rejected, "orders": {}}}


def streamed(folder):
    """Written in openpyxl's write-only mode: other parts and attributes than the ordinary mode."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Stream")
    sheet.append(HEADERS["english"])
    rows = {"1": letters(HEADERS["english"])}
    for number in range(2, 502):
        values = [f"S-{number}", None, *PLACES["english"], "MUG", "Mug", number]
        sheet.append(values)
        rows[str(number)] = letters([*values[:-1], ["number", str(number)]])
    book.save(folder / "streamed.xlsx")
    rejected = {f"S-{number}": ["price_missing"] for number in range(2, 502)}
    return "streamed.xlsx", {"sheets": [["Stream", False]], "sheet": "Stream", "rows": rows,
                             "import": {"settings": SETTINGS["english"], "state": "committed", "missing": [], "rejected": rejected, "orders": {}}}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    made = [plain(folder, language) for language in HEADERS] + [
        odd(folder), formulas(folder), streamed(folder),
        mac(folder, "mac-1904.xlsx", WHEN, ["date", "2026-03-01 09:30:00"], "2026-03-01T02:30:00Z"),
        # A bare number, without a date's style, counts from the book's own first day.
        mac(folder, "mac-1904-bare.xlsx", 44620, ["number", "44620"], "2026-02-28T17:00:00Z"),
    ]
    (folder / "expected.json").write_text(json.dumps(dict(made), ensure_ascii=False, indent=1), encoding="utf-8")
    for name, _ in made:
        print(folder / name)


if __name__ == "__main__":
    main()
