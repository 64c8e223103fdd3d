import Domain
import Foundation

/// Orders as people read them on a terminal.
enum OrderText {
    /// Minor units as the currency writes them: 1999 THB is 19.99, 1999 JPY is 1999.
    static func amount(_ minor: JSONValue, _ currency: JSONValue) -> String {
        guard let minor = minor.whole, let code = currency.string else { return "" }
        let digits = Currency(code)?.exponent ?? 2
        guard digits > 0 else { return "\(minor)" }
        let text = String(minor.magnitude), padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "\(minor < 0 ? "-" : "")\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }

    static func table(_ orders: [JSONValue], channels: [String: String]) -> String {
        var table = Table("id", "number", "channel", "placed", "buyer", ">total", "", "workflow", "fulfilment", "payment", "flags")
        for order in orders {
            let channel = order["channel"].plain
            table.add(order["id"].plain, order["externalNumber"].plain, channels[channel] ?? channel, order["placedAt"].plain, order[path: "buyer.name"].plain,
                      amount(order[path: "totals.grand"], order["currency"]), order["currency"].plain, order["workflow"].plain, order["fulfilment"].plain,
                      order["paymentState"].plain, order["flags"].elements.map { $0["code"].plain }.joined(separator: ", "))
        }
        return table.text(ifEmpty: "No order fits.")
    }

    static func card(_ order: JSONValue) -> String {
        let currency = order["currency"]
        func money(_ path: String) -> String { "\(amount(order[path: path], currency)) \(currency.plain)" }
        let address = ["name", "company", "line1", "line2", "subdistrict", "district", "city", "province", "postcode", "countryCode"].map { order["shipTo"][$0].plain }.filter { !$0.isEmpty }
        let rows: [(String, String)] = [
            ("order", "\(order["externalNumber"].plain)  (\(order["platform"].plain), id \(order["id"].plain), revision \(order["revision"].plain))"),
            ("placed", order["placedAt"].plain), ("workflow", order["workflow"].plain), ("fulfilment", order["fulfilment"].plain),
            ("payment", "\(order["paymentState"].plain)  \(order[path: "payment.method"].plain)" + (order[path: "payment.isCashOnDelivery"].isTrue ? "  COD \(money("payment.codAmount"))" : "")),
            ("buyer", ["name", "email", "phone"].map { order["buyer"][$0].plain }.filter { !$0.isEmpty }.joined(separator: ", ")),
            ("ship to", address.joined(separator: ", ")),
            ("shipping", [order[path: "shipping.methodTitle"].plain, order[path: "shipping.requestedCarrier"].plain].filter { !$0.isEmpty }.joined(separator: ", ")),
            ("totals", "items \(money("totals.items")), discount \(money("totals.discount")), shipping \(money("totals.shipping")), fees \(money("totals.fees")), tax \(money("totals.tax")), grand \(money("totals.grand"))"),
            ("note", order["note"].plain), ("tags", order["tags"].plain),
        ]
        var text = rows.filter { !$0.1.isEmpty }.map { $0.0.padding(to: 10) + "  " + $0.1 + "\n" }.joined()
        for flag in order["flags"].elements { text += "flag".padding(to: 10) + "  \(flag["code"].plain): \(flag["message"].plain)\n" }
        for shipment in order["shipments"].elements {
            text += "shipment".padding(to: 10) + "  \(shipment["carrier"].plain) \(shipment["trackingNumber"].plain) \(shipment["status"].plain)\(shipment["isVoid"].isTrue ? " (void)" : "")\n"
        }
        var table = Table("sku", "title", ">quantity", ">unit price", ">line total")
        for line in order["lines"].elements {
            table.add(line["sku"].plain, line["title"].plain, line["quantity"].plain, amount(line["unitPrice"], currency), amount(line["lineTotal"], currency))
        }
        return text + "\n" + table.text(ifEmpty: "No lines.")
    }

    static func timeline(_ entries: [JSONValue]) -> String {
        var table = Table("at", "what", "cause", "detail")
        for entry in entries {
            if entry["kind"].string == "attempt" {
                let words = [entry["outcome"].plain, entry["code"].plain, entry["message"].plain].filter { !$0.isEmpty }.joined(separator: ": ")
                table.add(entry["at"].plain, "\(entry["type"].plain), attempt \(entry["attempt"].plain)", entry["destination"].plain, "\(words) (\(entry["durationMilliseconds"].plain) ms)")
            } else {
                let changes = entry["changes"].elements.map { "\($0["field"].plain): \($0["from"].plain) → \($0["to"].plain)" }.joined(separator: "; ")
                let words = [entry[path: "cause.detail"].plain, entry["note"].plain, changes].filter { !$0.isEmpty }.joined(separator: " · ")
                table.add(entry["at"].plain, entry["type"].plain, "\(entry[path: "cause.kind"].plain) \(entry[path: "cause.subject"].plain)", words)
            }
        }
        return table.text(ifEmpty: "Nothing has happened to this order.")
    }
}
