extension ColumnSynonyms {
    /// Own words of sellers, and the exports of shops and marketplaces.
    static let english: [ColumnSynonyms] = [
        .init(.orderNumber, """
            Order number|order no|order id|order ref|order reference|order code|sales order|sales order number|\
            purchase order number|po number|po no|external order id|reference number|order sn|ordernum|order name|\
            customer order number
            """, likely: "order|reference|ref|ref no|po|invoice number|invoice no", guess: "name|number|id|no"),
        .init(.externalLineID, """
            Line ID|line item id|order item id|order line id|item line id|lineitem id|order line number
            """, likely: "line number|line no|line|item id"),
        .init(.placedAt, """
            Order date|ordered at|ordered on|order time|order date and time|order created|order creation date|created at|\
            date created|placed at|placed on|purchase date|date of order|order placed
            """, likely: "date|created|order day", guess: "time|paid at|paid on"),
        .init(.buyerName, """
            Buyer name|customer name|client name|purchaser name|ordered by|buyer full name|customer full name
            """, likely: "buyer|customer|client|purchaser", guess: "buyer username|customer first name"),
        .init(.buyerEmail, """
            Buyer email|customer email|client email|email address|buyer email address|customer email address|contact email
            """, likely: "email|e-mail|mail|billing email|billing email address"),
        .init(.buyerPhone, """
            Buyer phone|buyer phone number|customer phone|customer phone number|client phone|buyer mobile|customer mobile|\
            customer tel
            """, guess: "phone|phone number|telephone|mobile"),
        .init(.shipToName, """
            Recipient name|recipient|receiver|receiver name|consignee|consignee name|ship to name|ship to|shipping name|\
            delivery name|deliver to|recipient full name|shipping full name|shipping contact name|addressee|receivers name|\
            recipients name
            """, likely: """
            full name|contact name|contact|contact person|attention|attn|first name|shipping first name|recipient first name
            """, guess: "name|customer|customer name|buyer name"),
        .init(.shipToSurname, """
            Recipient surname|recipient last name|shipping last name|receiver surname|ship to last name
            """, likely: "last name|surname|family name"),
        .init(.shipToCompany, """
            Recipient company|ship to company|shipping company|delivery company name
            """, likely: "company|company name|business name|organisation|organization"),
        .init(.shipToPhone, """
            Recipient phone|recipient phone number|recipient mobile|recipient tel|recipient telephone|receiver phone|\
            receiver phone number|receiver mobile|receiver tel|consignee phone|ship to phone|ship to phone number|\
            shipping phone|shipping phone number|delivery phone|recipient contact|recipient contact number
            """, likely: """
            phone|phone number|phone no|telephone|telephone number|tel|tel no|mobile|mobile number|mobile phone|mobile no|cell|\
            cell phone|cellphone|contact number|contact phone|contact no
            """, guess: "customer phone|buyer phone|billing phone"),
        .init(.shipToLine1, """
            Address line 1|address 1|address1|shipping address|shipping address 1|shipping address line 1|shipping street|\
            shipping address street|delivery address|delivery address 1|recipient address|receiver address|consignee address|\
            ship to address|ship to address 1|ship to street|street address|full address|detailed address
            """, likely: "address|street|addr|addr1|street 1|street name"),
        .init(.shipToLine2, """
            Address line 2|address 2|address2|shipping address 2|shipping address line 2|delivery address 2|ship to address 2|\
            ship to street 2|addr2|street 2
            """, likely: """
            apartment|apt|suite|unit number|unit no|building|floor|address line 3|flat
            """),
        .init(.shipToSubdistrict, """
            Subdistrict|sub district|shipping subdistrict|tambon|tambol|khwaeng|tambon khwaeng|subdistrict name
            """, likely: "ward|barangay"),
        .init(.shipToDistrict, """
            District|shipping district|amphoe|amphur|khet|amphoe khet|commune|recipient district
            """, likely: "county|neighbourhood|neighborhood|suburb"),
        .init(.shipToCity, """
            City|shipping city|delivery city|recipient city|receiver city|ship to city|town|city town|town city
            """, likely: "municipality|locality"),
        .init(.shipToProvince, """
            Province|state|shipping province|shipping state|shipping province name|delivery state|ship to state|\
            ship to province|recipient province|recipient state|state province|province state|changwat|region|shipping region|\
            state code|province code|shipping state code
            """, likely: "state region|area"),
        .init(.shipToPostcode, """
            Postcode|post code|postal code|zip|zip code|zipcode|shipping zip|shipping postcode|shipping postal code|\
            shipping zip code|delivery postcode|recipient postcode|recipient postal code|recipient zip|ship to zip|\
            ship to postcode|ship to postal code|zip postal code|postcode zip
            """),
        .init(.shipToCountry, """
            Country|country code|shipping country|shipping country code|delivery country|ship to country|recipient country|\
            destination country
            """),
        .init(.sku, """
            SKU|item sku|product sku|seller sku|merchant sku|lineitem sku|variant sku|sku code|sku id|product code|item code|\
            article number|article code|stock code|part number|item number|model number|sku reference no|style code|\
            seller sku code
            """, likely: "code|article|model|product id|item no", guess: "barcode|ean|upc"),
        .init(.title, """
            Product name|product title|item name|item title|lineitem name|line item name|goods name|goods|article name|\
            item description|product description|name of product|product item name
            """, likely: "product|item|title|description|products|items", guess: "name|contents"),
        .init(.variant, """
            Variant|variation|variation name|variant title|variant name|product variation|product variant|product options|\
            item variation|variation option
            """, likely: "option|options|size|colour|color|options name"),
        .init(.quantity, """
            Quantity|qty|item quantity|product quantity|lineitem quantity|line item quantity|order quantity|quantity ordered|\
            qty ordered|no of items|number of items|number of units|quantity sold|qty sold
            """, likely: "units|pieces|pcs|count", guess: "amount|number"),
        .init(.unitPrice, """
            Unit price|price per unit|item price|product price|lineitem price|line item price|price each|selling price|\
            sale price|unit selling price|item cost|price per item|deal price
            """, likely: "price|unit cost|rate|retail price"),
        .init(.lineDiscount, """
            Line discount|item discount|lineitem discount|line item discount|product discount|discount per item|\
            line discount amount
            """),
        .init(.lineTotal, """
            Line total|item total|lineitem total|row total|line amount|item subtotal|line subtotal|order line total|\
            product total|extended price
            """, likely: "amount"),
        .init(.weightGrams, """
            Weight (g)|weight g|weight grams|weight in grams|weight gram|weight gr|item weight g|parcel weight g|grams|\
            total weight g
            """),
        .init(.weightKilograms, """
            Weight (kg)|weight kg|weight kilograms|weight in kg|weight kgs|item weight kg|parcel weight kg|total weight kg|kg
            """, guess: "weight|parcel weight|item weight|total weight|gross weight"),
        .init(.shippingFee, """
            Shipping fee|shipping cost|shipping price|shipping charge|shipping charges|shipping amount|shipping total|\
            shipping fees|delivery fee|delivery cost|delivery charge|freight|freight cost|freight charge|postage|\
            order shipping|order shipping amount|shipping fee paid by buyer|buyer paid shipping fee
            """, likely: "shipping|shipping paid|delivery"),
        .init(.orderDiscount, """
            Order discount|discount total|total discount|discount amount|cart discount|cart discount amount|\
            order discount amount|coupon amount|coupon discount|voucher amount|voucher|seller voucher
            """, likely: "discount|discounts"),
        .init(.tax, "Tax|taxes|vat|gst|sales tax|tax amount|tax total|total tax|vat amount|order tax|order total tax amount|tax value"),
        .init(.grandTotal, """
            Grand total|order total|total amount|total price|order amount|order total amount|total paid|amount paid|\
            total order value|order value|total to pay|invoice total|final total|order grand total
            """, likely: "total|total value", guess: "amount"),
        .init(.currency, "Currency|currency code|order currency|currency iso"),
        .init(.paymentMethod, """
            Payment method|payment type|payment mode|mode of payment|payment option|paid by|payment gateway|\
            payment method title|pay method|payment channel|method of payment
            """, likely: "payment|gateway"),
        .init(.paymentState, "Payment status|financial status|payment state|paid status|is paid", likely: "paid"),
        .init(.codAmount, """
            COD amount|cod|cash on delivery|cash on delivery amount|cod value|cod price|cod total|amount to collect|\
            collect amount|collection amount|cod amount to collect|c o d
            """),
        .init(.shippingMethod, """
            Shipping method|shipping option|shipping service|shipping type|shipping method title|delivery method|\
            delivery option|delivery type|delivery service|service type|shipment method|shipping service level|service level|\
            ship method
            """, likely: "service"),
        .init(.courier, """
            Courier|carrier|courier name|carrier name|shipping carrier|shipping courier|shipping provider|delivery company|\
            delivery partner|logistics|logistics company|logistics provider|logistic company|3pl|courier company
            """),
        .init(.shipBy, """
            Ship by|ship by date|latest ship date|ship before|dispatch by|dispatch date|required ship date|\
            estimated ship out date|shipping deadline
            """, likely: "due date|delivery date|deliver by|delivery by|ship date|shipping date"),
        .init(.note, """
            Note|notes|order note|order notes|remark|remarks|comment|comments|customer note|customer notes|customer comment|\
            buyer note|buyer notes|buyer message|message|message from buyer|remark from buyer|delivery note|delivery notes|\
            delivery instructions|shipping instructions|special instructions|instructions|shipping notes|memo|order comments|\
            customer message
            """),
        .init(.tags, "Tags|tag|order tags|labels|order labels", likely: "label|category"),
        .init(.billToName, """
            Billing name|bill to name|bill to|invoice name|billing full name|billing contact|bill to contact|invoice to
            """, likely: "billing first name"),
        .init(.billToCompany, "Billing company|bill to company|invoice company|billing company name"),
        .init(.billToTaxID, """
            Tax ID|tax number|tax no|tax identification number|vat number|vat id|vat no|company tax id|billing tax id|tin|rut|\
            tax payer id|taxpayer id
            """),
        .init(.billToPhone, "Billing phone|bill to phone|billing phone number|billing telephone"),
        .init(.billToLine1, """
            Billing address|billing address 1|billing address line 1|billing street|bill to address|bill to street|\
            invoice address|billing address1
            """),
        .init(.billToLine2, "Billing address 2|billing address line 2|bill to address 2|invoice address 2|billing address2"),
        .init(.billToCity, "Billing city|bill to city|invoice city"),
        .init(.billToProvince, """
            Billing province|billing state|billing region|bill to state|bill to province|billing province name|\
            billing state code
            """),
        .init(.billToPostcode, """
            Billing postcode|billing zip|billing postal code|billing zip code|bill to zip|bill to postcode|bill to postal code|\
            invoice postcode
            """),
        .init(.billToCountry, "Billing country|bill to country|billing country code|invoice country"),
    ]
}
