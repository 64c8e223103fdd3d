import Documents
import Domain

/// How files say cash on delivery, yes, no, paid: folded like headers, so case, accents and punctuation do not matter.
enum PaymentWords {
    private static let methods = words("cod|cash on delivery|collect on delivery|pay on delivery|contra entrega|pago contra entrega|contraentrega|contra reembolso|pago contra reembolso|al recibir|เก็บเงินปลายทาง|ชำระเงินปลายทาง|จ่ายเงินปลายทาง|ปลายทาง|พัสดุเก็บเงินปลายทาง|เก็บปลายทาง")
    private static let yes = words("yes|y|x|true|1|si|s|verdadero|ใช่|มี|cod|✓|✔|☑|on")
    private static let no = words("no|n|false|0|-|falso|ไม่|ไม่ใช่|ไม่มี|none|ninguno|off")
    private static let paid = words("paid|pagado|pagada|payment received|completed|ชำระแล้ว|จ่ายแล้ว|โอนแล้ว|ชำระเงินแล้ว|จ่ายเงินแล้ว")
    private static let unpaid = words("unpaid|pending|not paid|awaiting payment|no pagado|sin pagar|pendiente|ยังไม่ชำระ|ยังไม่จ่าย|รอชำระ|รอชำระเงิน|ยังไม่ชำระเงิน|ค้างชำระ")
    private static let authorised = words("authorised|authorized|autorizado")
    private static let refunded = words("refunded|reembolsado|คืนเงินแล้ว")
    private static let voided = words("voided|void|anulado")

    static func isCashOnDelivery(_ method: String) -> Bool { methods.contains(fold(method)) }

    /// nil: neither a yes nor a no.
    static func flag(_ text: String) -> Bool? {
        let folded = fold(text)
        return yes.contains(folded) || methods.contains(folded) ? true : no.contains(folded) ? false : nil
    }

    /// nil: a word that we do not know.
    static func state(_ text: String) -> PaymentState? {
        let folded = fold(text)
        return paid.contains(folded) ? .paid : unpaid.contains(folded) || methods.contains(folded) ? .unpaid : authorised.contains(folded) ? .authorised
            : refunded.contains(folded) ? .refunded : voided.contains(folded) ? .voided : nil
    }

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: "|").map { fold(String($0)) }) }
    /// Signs alone fold to nothing: they stand for themselves.
    private static func fold(_ text: String) -> String {
        let folded = HeaderFolding.fold(text)
        return folded.isEmpty ? text.filter { !$0.isWhitespace } : folded
    }
}
