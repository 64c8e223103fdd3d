/// What kinds of orders a test can ask for.
package enum LazadaOrderKind: String, Sendable, CaseIterable {
    /// Paid online, a few goods.
    case everyday
    case cashOnDelivery
    /// Hidden from lists until it is paid.
    case unpaid
    /// Exactly two units of one good: two items.
    case twoUnits
    /// Nothing to send.
    case digital
    case fulfilledByLazada
    case sellerDelivered
    /// An everyday item, a digital one and one fulfilled by Lazada.
    case mixed
    /// `order_number` differs from `order_id`, and items carry the former as their `order_id`.
    case oldNumbering
    /// Items without `sku_id`, whose `shop_sku` has no readable form.
    case withoutSkuID
    /// Two items in two warehouses, which cannot be packed together.
    case twoWarehouses
    /// A guaranteed delivery with a tax invoice and a note.
    case guarantee
    /// Names and titles that break careless code.
    case odd
    case discounted
}
