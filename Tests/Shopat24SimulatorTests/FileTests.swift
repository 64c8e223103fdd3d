import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct FileTests {
    private static func styled(_ format: OrderFileStyle.Format = .csv, _ change: (inout OrderFileStyle) -> Void = { _ in }) -> OrderFileStyle {
        var style = OrderFileStyle(format)
        change(&style)
        return style
    }
    private func text(_ file: ChannelFile) -> String { String(decoding: file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? file.bytes.dropFirst(3) : file.bytes, as: UTF8.self) }

    @Test func `a vendor order file has a row a line, and its name tells its time`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.severalInvoices), order = try #require(bench.channel.order(orderNo))
            let file = bench.channel.orderFile()
            #expect(file.name == "vendor_order_20251021_114000.csv" && file.orderNos == [orderNo] && file.bytes.prefix(3).hex == "efbbbf")
            let table = rows(text(file))
            #expect(table[0] == [
                "Order no.", "Invoice no.", "Order date", "SHIP_TO", "Store code", "Store name", "Recipient", "Phone", "Address", "ตำบล/แขวง", "อำเภอ/เขต",
                "จังหวัด", "รหัสไปรษณีย์", "Vendor SKU", "Product name", "Line", "Qty", "Unit price", "Discount", "Shipping", "Total", "Payment", "Status",
                "Tracking", "Remark",
            ])
            #expect(table.count == order.lines.count + 1 && table.dropFirst().allSatisfy { $0.count == 25 && $0[0] == orderNo && $0[2] == "21/10/2025" })
            #expect(table.dropFirst().map { $0[13] } == order.lines.map(\.vendorSKU) && table.dropFirst().map { $0[15] } == order.lines.map { "\($0.lineNo)" })
            #expect(table.dropFirst().allSatisfy { $0[20] == "\(order.grandMinor / 100)." + String(order.grandMinor % 100 + 100).suffix(2) })
            #expect(table[1][7].hasPrefix("08") && table[1][7].count == 10)
        }
    }

    @Test func `names never repeat although the clock stands still`() async throws {
        try await withChannel { bench in
            bench.channel.placeOrder(.home)
            let names = (0..<3).map { _ in bench.channel.orderFile().name } + [bench.channel.receiveReport().name]
            #expect(names == [
                "vendor_order_20251021_114000.csv", "vendor_order_20251021_114001.csv", "vendor_order_20251021_114002.csv", "Report_Store_Receive_20251021_114003.zip",
            ])
        }
    }

    @Test func `each text format has its bytes and its delimiter`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home), name = try #require(bench.channel.order(orderNo)).recipient.name
            func table(_ format: OrderFileStyle.Format) -> (name: String, text: String) {
                let file = bench.channel.orderFile(style: OrderFileStyle(format, headers: .thai))
                let decoded = switch format {
                case .csvWindows874, .asc: thai(file.bytes)
                case .csvUTF16: String(data: file.bytes, encoding: .utf16) ?? ""
                default: text(file)
                }
                return (file.name, decoded)
            }
            for (format, ending, delimiter) in [
                (OrderFileStyle.Format.csv, "csv", Character(",")), (.csvWindows874, "csv", ","), (.csvUTF16, "csv", ","), (.tsv, "tsv", "\t"), (.asc, "asc", "\t"),
            ] {
                let file = table(format), found = rows(file.text, delimiter: delimiter)
                #expect(file.name.hasSuffix("." + ending))
                #expect(found[0].prefix(3) == ["เลขที่ใบสั่งซื้อ", "เลขที่ใบกำกับ", "วันที่สั่งซื้อ"] && found[1][6] == name, "\(format)")
            }
        }
    }

    @Test func `columns can be reordered, and strangers stand between them`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home)
            let table = rows(text(bench.channel.orderFile(style: Self.styled {
                $0.isReordered = true
                $0.hasExtraColumns = true
            })))
            #expect(table[0].first == "Remark" && table[0][3] == "Buyer team" && table[0].last == "X_REF" && table[0].count == 27)
            #expect(table[1][table[0].count - 2] == orderNo)
        }
    }

    @Test func `headers come as codes and untidily as well`() async throws {
        try await withChannel { bench in
            bench.channel.placeOrder(.home)
            #expect(rows(text(bench.channel.orderFile(style: OrderFileStyle(.csv, headers: .codes))))[0].prefix(4) == ["ORD_NO", "INV_NO", "ORD_DATE", "SHIP_TO"])
            #expect(rows(text(bench.channel.orderFile(style: OrderFileStyle(.csv, headers: .untidy))))[0][0] == "  ORDER   NO.\u{A0}")
        }
    }

    @Test func `values come in Thai digits, Buddhist years, decorated money, Thai words and wrappers`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home), order = try #require(bench.channel.order(orderNo))
            let row = rows(text(bench.channel.orderFile(style: Self.styled {
                ($0.hasThaiDigits, $0.isBuddhist, $0.hasDecoratedMoney, $0.hasThaiWords, $0.hasThaiNumbers) = (true, true, true, true, true)
                $0.dateForm = .slashesWithTime
            })))[1]
            #expect(row[2] == "๒๑/๑๐/๒๕๖๘ ๑๑:๔๐" && row[22] == "รอดำเนินการ" && row[20].hasPrefix("฿") && row[15] == "๑")
            #expect(row[20].replacing("฿", with: "").replacing(",", with: "").replacing(".", with: "") == "\(order.grandMinor)")
            let wrapped = text(bench.channel.orderFile(style: Self.styled { $0.hasFormulaWrappers = true }))
            #expect(wrapped.contains("\"=\"\"\(orderNo)\"\"\"") && wrapped.contains("\"=\"\"\(order.recipient.phone)\"\"\""))
        }
    }

    @Test func `a house of two lines is quoted, or put on one`() async throws {
        try await withChannel { bench in
            var orderNo = ""
            repeat { orderNo = bench.channel.placeOrder(.home) } while bench.channel.order(orderNo)?.recipient.address?.contains("\n") != true
            let address = try #require(bench.channel.order(orderNo)?.recipient.address)
            #expect(text(bench.channel.orderFile([orderNo])).contains("\"\(address)\""))
            let flat = rows(text(bench.channel.orderFile([orderNo], style: Self.styled { $0.hasQuotedNewlines = false })))
            #expect(flat[1][8] == address.replacing("\n", with: " "))
        }
    }

    @Test func `delimiters, line ends and a wrapping archive can be chosen`() async throws {
        try await withChannel { bench in
            bench.channel.placeOrder(.home)
            let piped = text(bench.channel.orderFile(style: Self.styled {
                ($0.delimiter, $0.endsLinesWithLF) = ("|", true)
            }))
            #expect(rows(piped, delimiter: "|")[0].count == 25 && !piped.contains("\r"))
            let zipped = bench.channel.orderFile(style: Self.styled { $0.isZipped = true })
            let entry = try #require(try zipEntries(zipped.bytes).first)
            #expect(zipped.name.hasSuffix(".zip") && entry.name.hasSuffix(".csv") && entry.packed.prefix(3).hex == "efbbbf")
            #expect(bench.channel.orderFile(style: Self.styled(.tsv) { $0.fileExtension = "csv" }).name.hasSuffix(".csv"))
        }
    }

    @Test func `a workbook has its parts, a date as a serial, and identifiers as text or as numbers`() async throws {
        try await withChannel { bench in
            bench.clock.advance(seconds: -120)
            let orderNo = bench.channel.placeOrder(.home)
            let phone = try #require(bench.channel.order(orderNo)).recipient.phone
            func sheet(_ style: OrderFileStyle) throws -> String {
                let entries = try zipEntries(bench.channel.orderFile(style: style).bytes)
                #expect(Set(entries.map(\.name)) == [
                    "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/worksheets/sheet1.xml",
                ])
                for entry in entries { #expect(String(decoding: entry.packed, as: UTF8.self).hasPrefix("<?xml")) }
                return String(decoding: entries.first { $0.name.contains("sheet1") }?.packed ?? Data(), as: UTF8.self)
            }
            let plain = try sheet(OrderFileStyle(.xlsx))
            #expect(plain.contains(#"<c r="C2" s="1"><v>45951.4847222"#) && plain.contains(">\(phone)</t>"))
            let numeric = try sheet(Self.styled(.xlsx) { $0.hasNumericIdentifiers = true })
            #expect(numeric.contains("<v>\(orderNo)</v>") && numeric.contains("<v>\(phone.dropFirst())</v>"))
        }
    }

    // MARK: Dropping

    @Test func `a change is dropped whole, with its ok, and never under a part's name`() async throws {
        try await withChannel(filesToo: true) { bench async throws in
            let orderNo = bench.channel.placeOrder(.home)
            #expect(try bench.names() == ["vendor_order_20251021_114000.csv", "vendor_order_20251021_114000.csv.ok"])
            #expect(String(decoding: try bench.read("vendor_order_20251021_114000.csv"), as: UTF8.self).contains(orderNo))
            bench.channel.editOrder(orderNo)
            #expect(try bench.names().count == 4)
        }
    }

    @Test func `changes wait for each other, and idle writes what is left`() async throws {
        try await withChannel(filesToo: true, { ($0.ordersPerFile, $0.writesOKFiles) = (3, false) }) { bench async throws in
            for _ in 0..<4 { bench.channel.placeOrder(.home) }
            #expect(try bench.names().count == 1)
            await bench.channel.idle()
            #expect(try bench.names().count == 2)
        }
    }

    @Test func `a missed file comes with the next one`() async throws {
        try await withChannel(filesToo: true, { $0.ordersPerFile = 100 }) { bench async throws in
            bench.channel.placeOrder(.home)
            bench.channel.missNextFile()
            #expect(try bench.channel.dropChanges().isEmpty && bench.names().isEmpty)
            #expect(try bench.channel.dropChanges().count == 1)
        }
    }

    @Test func `long files are split as the house does`() async throws {
        try await withChannel(filesToo: true, { ($0.ordersPerFile, $0.maximumRowsPerFile) = (100, 4) }) { bench in
            for _ in 0..<6 { bench.channel.placeOrder(.home) }
            let files = try bench.channel.dropChanges()
            let lines = bench.channel.orderStates().reduce(0) { $0 + $1.lineCount }
            #expect(files.count == (lines + 3) / 4 && files[1].name == "vendor_order_20251021_114000_2.csv")
            #expect(files.allSatisfy { rows(text($0))[0].count == 25 } && files.reduce(0) { $0 + rows(text($1)).count - 1 } == lines)
        }
    }

    @Test func `the same bytes again, an older file after a newer one, a part, and a file that vanishes`() async throws {
        try await withChannel(filesToo: true, { $0.ordersPerFile = 100 }) { bench in
            let orderNo = bench.channel.placeOrder(.home)
            let older = bench.channel.orderFile()
            bench.channel.cancelOrder(orderNo)
            let newer = bench.channel.orderFile()
            for file in [newer, older] { try bench.channel.drop(file) }
            try bench.channel.drop(newer, as: "vendor_order_again.csv", withOK: false)
            #expect(older.reportTime < newer.reportTime && older.digest != newer.digest)
            #expect(try bench.read("vendor_order_again.csv") == bench.read(newer.name) && !bench.names().contains("vendor_order_again.csv.ok"))
            #expect(text(older).contains("NEW") && text(newer).contains("CANCELLED"))
            try bench.channel.dropPart(older)
            #expect(try bench.names().contains(older.name + ".part"))
            try bench.channel.withdraw(newer.name)
            #expect(try bench.names().contains { $0.hasPrefix(newer.name) } == false)
        }
    }

    @Test func `a half-written file grows under its last name`() async throws {
        try await withChannel(filesToo: true, { $0.ordersPerFile = 100 }) { bench in
            bench.channel.placeOrder(.home)
            let file = bench.channel.orderFile()
            var growing = try bench.channel.beginGrowing(file)
            #expect(try bench.read(file.name).isEmpty)
            #expect(try growing.grow(by: 10))
            #expect(try bench.read(file.name) == file.bytes.prefix(10))
            try growing.finish()
            #expect(try bench.read(file.name) == file.bytes)
        }
    }

    @Test func `a file can be uploaded as one part with a token`() async throws {
        try await withChannel { bench in
            bench.channel.placeOrder(.home)
            let file = bench.channel.orderFile()
            #expect(try await bench.channel.upload(file, to: bench.catcher.url, token: "up-1").status == 204)
            let call = try #require(bench.catcher.all.first)
            let boundary = try #require(call.headers["content-type"]?.split(separator: "boundary=").last.map { String($0) })
            #expect(call.headers["authorization"] == "Bearer up-1" && call.body.starts(with: Data("--\(boundary)\r\n".utf8)))
            #expect(call.body.range(of: file.bytes) != nil && call.body.suffix(boundary.count + 8) == Data("\r\n--\(boundary)--\r\n".utf8))
            #expect(String(decoding: call.body, as: UTF8.self).contains("name=\"file\"; filename=\"\(file.name)\""))
        }
    }

    // MARK: Reports

    @Test func `the history report is a zip of tab files with an empty one and a row twice`() async throws {
        try await withChannel { bench in
            for _ in 0..<3 { bench.channel.placeOrder(.any) }
            let entries = try zipEntries(bench.channel.historyReport().bytes)
            #expect(entries.allSatisfy { $0.name.hasSuffix(".asc") } && entries.last?.packed.isEmpty == true && entries.count == 3)
            let tables = entries.dropLast().map { rows(thai($0.packed), delimiter: "\t") }
            #expect(tables.allSatisfy { $0[0] == ["ORD_DATE", "ORD_NO", "INV_NO", "SHIP_TO", "CUST_NAME"] })
            let found = tables.flatMap { $0.dropFirst() }
            let invoices = bench.channel.orderStates().compactMap { bench.channel.order($0.number) }.flatMap(\.invoices).map(\.invoiceNo)
            #expect(found.count == invoices.count + 1 && Set(found.map { $0[2] }) == Set(invoices))
            #expect(found.allSatisfy { $0[0] == "21.10.2025" && ["S", "H"].contains($0[3]) })
        }
    }

    @Test func `the receive report is a zip in a zip, with blanks, both keys and orphans`() async throws {
        try await withChannel { bench in
            let channel = bench.channel
            let orders = (0..<4).map { _ in channel.placeOrder(.store) } + [channel.placeOrder(.home)]
            for (index, orderNo) in orders.enumerated() where index != 3 { channel.shipOrder(orderNo, trackingNumber: "T\(index)") }
            for orderNo in orders[1...2] { while channel.order(orderNo)?.status == .shipped { channel.receiveAtStore(orderNo) } }
            while channel.order(orders[2])?.status == .atStore { channel.handOver(orders[2]) }
            var style = ReportStyle()
            (style.parts, style.duplicates, style.orphans) = (1, 0, 1)
            let outer = try zipEntries(channel.receiveReport(style: style).bytes)
            #expect(outer.map(\.name) == ["Report_Store_Receive.zip"])
            let inner = try zipEntries(outer[0].packed)
            let table = rows(thai(inner[0].packed), delimiter: "\t")
            #expect(table[0] == ["Order date", "Order no.", "Invoice no.", "Type", "Store recv./Pay to cust."])
            func keys(_ orderNo: String) -> Set<[String]> { Set(table.dropFirst().filter { $0[1] == orderNo }.map { Array($0.suffix(2)) }) }
            #expect(keys(orders[0]) == [["", ""]] && keys(orders[1]) == [["คีย์รับ", "21/10/2025"]] && keys(orders[2]) == [["คีย์จ่าย", "21/10/2025"]])
            #expect(keys(orders[3]).isEmpty && keys(orders[4]).isEmpty)
            #expect(table.filter { $0[1].hasPrefix("24") }.count == 1 && table.dropFirst().allSatisfy { $0[0] == "21/10/2025" })
        }
    }

    @Test func `what a store keys comes with the receive report of the next file`() async throws {
        try await withChannel(filesToo: true, { $0.ordersPerFile = 100 }) { bench async throws in
            let orderNo = bench.channel.placeOrder(.store)
            bench.channel.shipOrder(orderNo, trackingNumber: "T1")
            #expect(try bench.channel.dropChanges().count == 1)
            bench.channel.receiveAtStore(orderNo)
            #expect(try bench.channel.dropChanges().map { $0.name.prefix(6) } == ["vendor", "Report"])
        }
    }
}
