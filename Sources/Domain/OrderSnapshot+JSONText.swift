/// The stored form of an order, written without the general encoder: fields by name in ascending order, absent ones left out.
extension OrderSnapshot {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.name("attributes")
            json.object { json in
                for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
                    json.name(data: name)
                    json.string(value)
                }
            }
            if let billTo { json.name("billTo"); billTo.write(to: &json) }
            json.name("buyer")
            json.object { json in
                json.field("email", buyer.email)
                json.field("name", buyer.name)
                json.field("phone", buyer.phone)
            }
            json.field("currency", currency.code)
            json.field("externalID", externalID)
            json.field("externalNumber", externalNumber)
            json.name("flags")
            json.array { json in for flag in flags { flag.write(to: &json) } }
            json.field("fulfilment", fulfilment.rawValue)
            json.name("lines")
            json.array { json in for line in lines { line.write(to: &json) } }
            json.field("note", note)
            json.name("payment")
            json.object { json in
                json.field("codAmount", payment.codAmount)
                json.field("isCashOnDelivery", payment.isCashOnDelivery)
                json.field("method", payment.method)
                json.field("state", payment.state.rawValue)
            }
            json.field("placedAt", placedAt.description)
            json.field("platformStatus", platformStatus)
            json.name("revision")
            json.object { json in
                json.field("counter", revision.counter)
                json.field("updatedAt", revision.updatedAt.description)
                json.field("wasRead", revision.wasRead)
            }
            if let shipTo { json.name("shipTo"); shipTo.write(to: &json) }
            json.name("shipping")
            json.object { json in
                json.field("methodCode", shipping.methodCode)
                json.field("methodTitle", shipping.methodTitle)
                json.field("requestedCarrier", shipping.requestedCarrier)
                json.field("shipBy", shipping.shipBy?.description)
            }
            json.field("standing", standing.rawValue)
            json.name("tags")
            json.array { json in for tag in tags { json.string(tag) } }
            json.name("totals")
            totals.write(to: &json)
        }
    }
}

extension Totals {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.field("discount", discount)
            json.field("fees", fees)
            json.field("grand", grand)
            json.field("items", items)
            json.field("refunded", refunded)
            json.field("shipping", shipping)
            json.field("tax", tax)
            json.field("taxIncluded", taxIncluded)
        }
    }
}

extension Flag {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.field("code", code)
            json.field("message", message)
        }
    }
}

extension Address {
    func write(to json: inout JSONText) {
        json.object { json in
            json.field("city", city)
            json.field("company", company)
            json.field("countryCode", countryCode)
            json.field("district", district)
            json.field("line1", line1)
            json.field("line2", line2)
            json.field("name", name)
            json.field("phone", phone)
            json.field("postcode", postcode)
            json.field("province", province)
            json.field("provinceCode", provinceCode)
            json.field("subdistrict", subdistrict)
        }
    }
}

extension OrderLine {
    func write(to json: inout JSONText) {
        json.object { json in
            json.field("discount", discount)
            json.field("externalLineID", externalLineID)
            json.field("externalProductID", externalProductID)
            json.field("externalVariantID", externalVariantID)
            json.field("lineTotal", lineTotal)
            json.field("quantity", quantity)
            json.field("requiresShipping", requiresShipping)
            json.field("sku", sku)
            json.field("tax", tax)
            json.field("title", title)
            json.field("unitPrice", unitPrice)
            json.field("variant", variant)
            json.field("weightGrams", weightGrams)
        }
    }
}

extension Cause {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.field("detail", detail)
            json.field("kind", kind.rawValue)
            json.field("subject", subject)
        }
    }
}
