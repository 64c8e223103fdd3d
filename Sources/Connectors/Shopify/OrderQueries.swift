/// The texts of what we ask of orders (§4.1, §4.4).
enum OrderQueries {
    /// Orders a page; the platform allows 250, the cost of one query does not (§4.2).
    static let largestPage = 25
    /// Lines that come with an order at once; the rest is read page by page.
    static let linesAtOnce = 25
    static let linesAPage = 100
    /// Pages of one order's lines: 5,000 lines.
    static let largestLinePages = 50

    private static let shopMoney = "{shopMoney{amount currencyCode}}"
    private static let address = "{name firstName lastName company address1 address2 city province provinceCode zip countryCodeV2 phone}"
    private static let lineNode = """
        {id sku title variantTitle quantity currentQuantity requiresShipping originalUnitPriceSet\(shopMoney) \
        discountAllocations{allocatedAmountSet\(shopMoney)} taxLines{priceSet\(shopMoney)} customAttributes{key value} product{id} variant{id}}
        """

    static let orderFields = """
        id legacyResourceId name createdAt processedAt updatedAt cancelledAt cancelReason closedAt test confirmed edited tags note customAttributes{key value} email phone \
        customer{firstName lastName email phone} \
        currencyCode presentmentCurrencyCode taxesIncluded dutiesIncluded displayFinancialStatus displayFulfillmentStatus returnStatus paymentGatewayNames sourceName \
        discountCodes poNumber totalPriceSet{shopMoney{amount currencyCode} presentmentMoney{amount currencyCode}} currentTotalPriceSet\(shopMoney) \
        totalDiscountsSet\(shopMoney) currentTotalDiscountsSet\(shopMoney) totalTaxSet\(shopMoney) currentTotalTaxSet\(shopMoney) totalShippingPriceSet\(shopMoney) \
        totalTipReceivedSet\(shopMoney) originalTotalDutiesSet\(shopMoney) currentTotalDutiesSet\(shopMoney) originalTotalAdditionalFeesSet\(shopMoney) \
        currentTotalAdditionalFeesSet\(shopMoney) totalOutstandingSet\(shopMoney) totalRefundedSet\(shopMoney) \
        billingAddress\(address) shippingAddress\(address) \
        shippingLines(first:5){nodes{title code carrierIdentifier isRemoved originalPriceSet\(shopMoney) discountedPriceSet\(shopMoney)}} \
        lineItems(first:\(linesAtOnce)){pageInfo{hasNextPage endCursor} nodes\(lineNode)} \
        fulfillmentOrders(first:10){nodes{id status fulfillBy}} fulfillments(first:50){id status displayStatus trackingInfo{company number url}} \
        refunds(first:50){id createdAt totalRefundedSet\(shopMoney)}
        """

    static let list = GraphQLDocument(name: "orders", text: """
        query orders($query:String!,$first:Int!,$after:String){orders(first:$first,after:$after,query:$query,sortKey:UPDATED_AT)\
        {pageInfo{hasNextPage endCursor} nodes{\(orderFields)}}}
        """)

    static let one = GraphQLDocument(name: "order", text: "query order($id:ID!){order(id:$id){\(orderFields)}}")

    static let lines = GraphQLDocument(name: "orderLines", text: """
        query orderLines($id:ID!,$first:Int!,$after:String){order(id:$id){lineItems(first:$first,after:$after){pageInfo{hasNextPage endCursor} nodes\(lineNode)}}}
        """)

    /// What refunds took back, line by line: needed to tell an edit from a refund (`TotalsReading`).
    static let refunds = refunds(" refundShippingLines(first:5){nodes{subtotalAmountSet\(shopMoney) taxAmountSet\(shopMoney)}}")
    /// For API versions that do not know `refundShippingLines`.
    static let refundsWithoutShipping = refunds("")

    private static func refunds(_ shipping: String) -> GraphQLDocument {
        GraphQLDocument(name: "orderRefunds", text: """
            query orderRefunds($id:ID!){order(id:$id){refunds(first:50){id createdAt totalRefundedSet\(shopMoney) \
            refundLineItems(first:100){nodes{quantity lineItem{id} subtotalSet\(shopMoney) totalTaxSet\(shopMoney)}}\(shipping)}}}
            """)
    }
}
