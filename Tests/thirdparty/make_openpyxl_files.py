#!/usr/bin/env python3
"""Makes order workbooks with openpyxl, as senders' own scripts do, and expected.json with what a reader must find in them.

Usage: make_openpyxl_files.py OUTPUT_FOLDER      (needs the package openpyxl)

expected.json: {"file": {"sheets": [[name, hidden]], "sheet": name, "rows": {"row number": {"A": value}}}}
A value is a text, ["number", text], ["date", "2026-03-01 09:30:00"], ["boolean", true], ["error", "#N/A"], ["formula without value"] or
["covered by", "A2:A3"].
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


def letters(values):
    return {chr(ord("A") + index): value for index, value in enumerate(values) if value is not None}


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
    return name, {"sheets": [["Orders", False]], "sheet": "Orders", "rows": rows}


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
    return "odd.xlsx", {"sheets": [["Instructions", True], ["Pedidos", False]], "sheet": "Pedidos", "rows": rows}


def mac(folder):
    """Counts its days from 1904."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.title = "Mac"
    book.active.append(["Order number", "Order date"])
    book.active.append(["A-1", WHEN])
    book.save(folder / "mac-1904.xlsx")
    rows = {"1": letters(["Order number", "Order date"]), "2": letters(["A-1", ["date", "2026-03-01 09:30:00"]])}
    return "mac-1904.xlsx", {"sheets": [["Mac", False]], "sheet": "Mac", "rows": rows}


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
    return "streamed.xlsx", {"sheets": [["Stream", False]], "sheet": "Stream", "rows": rows}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    made = [plain(folder, language) for language in HEADERS] + [odd(folder), mac(folder), streamed(folder)]
    (folder / "expected.json").write_text(json.dumps(dict(made), ensure_ascii=False, indent=1), encoding="utf-8")
    for name, _ in made:
        print(folder / name)


if __name__ == "__main__":
    main()
