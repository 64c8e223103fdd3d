/// The language of amounts and of their separators.
package enum PaperLanguage: String, Sendable, Hashable, CaseIterable { case english, thai, spanish }

/// The printed words of papers, in English unless the caller sets others. `{n}`, `{m}`, `{when}`, `{who}` are filled in.
package struct PaperWords: Sendable, Equatable {
    package var language = PaperLanguage.english

    // Labels.
    package var from = "FROM"
    package var to = "TO"
    package var phone = "Tel."
    package var cod = "COD"
    package var fragile = "FRAGILE"
    package var orders = "Order"
    package var weight = "Weight"
    package var date = "Date"
    package var manifest = "Manifest"
    package var parcel = "Parcel {n} of {m}"

    // Every list.
    package var page = "Page {n} of {m}"
    package var sku = "SKU"
    package var product = "Product"
    package var quantity = "Qty"
    package var shelf = "Shelf"
    package var pieces = "Pieces"
    package var carrier = "Carrier"
    package var trackingNumber = "Tracking number"

    // Packing slip.
    package var packingSlip = "Packing slip"
    package var shipTo = "Ship to"
    package var note = "Note"

    // Pick list.
    package var pickList = "Pick list"
    package var warehouse = "Warehouse"
    package var lines = "Lines"
    package var forOrders = "For orders"

    // Manifest.
    package var manifestTitle = "Manifest"
    package var cutOff = "Cut-off"
    package var state = "State"
    package var parcels = "Parcels"
    package var postcode = "Postcode"
    package var totalWeight = "Total weight"
    package var codTotal = "COD total"
    package var codParcels = "COD parcels"
    package var missing = "Missing: listed, not scanned"
    package var extra = "Extra: scanned, not listed"
    package var handedOver = "Handed over by"
    package var received = "Received by the carrier"
    package var name = "Name"
    package var signature = "Signature"
    package var dateAndTime = "Date and time"
    package var printed = "Printed"
    package var reprint = "REPRINT No. {n} · {when} · {who}"

    package init() {}

    package static let english = PaperWords()

    package static let thai: PaperWords = {
        var words = PaperWords()
        words.language = .thai
        words.from = "ผู้ส่ง"; words.to = "ผู้รับ"; words.phone = "โทร."; words.cod = "COD"; words.fragile = "ระวังแตก"
        words.orders = "คำสั่งซื้อ"; words.weight = "น้ำหนัก"; words.date = "วันที่"; words.manifest = "ใบนำส่ง"; words.parcel = "ชิ้นที่ {n} จาก {m}"
        words.page = "หน้า {n} จาก {m}"; words.product = "สินค้า"; words.quantity = "จำนวน"; words.shelf = "ชั้นวาง"; words.pieces = "ชิ้น"
        words.carrier = "ขนส่ง"; words.trackingNumber = "เลขพัสดุ"
        words.packingSlip = "ใบจัดสินค้า"; words.shipTo = "จัดส่งถึง"; words.note = "หมายเหตุ"
        words.pickList = "ใบหยิบสินค้า"; words.warehouse = "คลัง"; words.lines = "รายการ"; words.forOrders = "สำหรับคำสั่งซื้อ"
        words.manifestTitle = "ใบนำส่งพัสดุ"; words.cutOff = "ปิดรอบ"; words.state = "สถานะ"; words.parcels = "พัสดุ"; words.postcode = "รหัสไปรษณีย์"
        words.totalWeight = "น้ำหนักรวม"; words.codTotal = "ยอด COD รวม"; words.codParcels = "พัสดุ COD"
        words.missing = "ขาด: อยู่ในรายการแต่ไม่พบ"; words.extra = "เกิน: พบแต่ไม่อยู่ในรายการ"
        words.handedOver = "ผู้ส่งมอบ"; words.received = "ผู้รับมอบ (ขนส่ง)"; words.name = "ชื่อ"; words.signature = "ลายมือชื่อ"
        words.dateAndTime = "วันและเวลา"; words.printed = "พิมพ์เมื่อ"; words.reprint = "พิมพ์ซ้ำครั้งที่ {n} · {when} · {who}"
        return words
    }()

    package static let spanish: PaperWords = {
        var words = PaperWords()
        words.language = .spanish
        words.from = "DE"; words.to = "PARA"; words.phone = "Tel."; words.cod = "COD"; words.fragile = "FRÁGIL"
        words.orders = "Pedido"; words.weight = "Peso"; words.date = "Fecha"; words.manifest = "Manifiesto"; words.parcel = "Bulto {n} de {m}"
        words.page = "Página {n} de {m}"; words.product = "Producto"; words.quantity = "Cant."; words.shelf = "Estante"; words.pieces = "Unidades"
        words.carrier = "Transportista"; words.trackingNumber = "N.º de seguimiento"
        words.packingSlip = "Guía de empaque"; words.shipTo = "Enviar a"; words.note = "Nota"
        words.pickList = "Lista de recolección"; words.warehouse = "Bodega"; words.lines = "Líneas"; words.forOrders = "Para los pedidos"
        words.manifestTitle = "Manifiesto"; words.cutOff = "Hora de corte"; words.state = "Estado"; words.parcels = "Bultos"; words.postcode = "Código postal"
        words.totalWeight = "Peso total"; words.codTotal = "Total COD"; words.codParcels = "Bultos COD"
        words.missing = "Faltan: en la lista, no escaneados"; words.extra = "Sobran: escaneados, no en la lista"
        words.handedOver = "Entregado por"; words.received = "Recibido por el transportista"; words.name = "Nombre"; words.signature = "Firma"
        words.dateAndTime = "Fecha y hora"; words.printed = "Impreso"; words.reprint = "REIMPRESIÓN N.º {n} · {when} · {who}"
        return words
    }()
}

extension String {
    /// The words with their places filled. A value is not looked into again.
    func filling(n: Int, m: Int = 0, when: String = "", who: String = "") -> String {
        var filled = "", rest = self[...]
        while let brace = rest.firstIndex(of: "{"), let end = rest[brace...].firstIndex(of: "}") {
            filled += rest[..<brace]
            switch rest[brace...end] {
            case "{n}": filled += String(n)
            case "{m}": filled += String(m)
            case "{when}": filled += when
            case "{who}": filled += who
            case let other: filled += other
            }
            rest = rest[rest.index(after: end)...]
        }
        return filled + rest
    }
}
