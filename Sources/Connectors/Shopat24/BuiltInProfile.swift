/// The profile that a channel's own is laid over. A reconstruction: nothing backs it but the need that connector and simulator agree (shopat24.md §4B, §5, §6, all [R]).
enum BuiltInProfile {
    static let text = #"""
        {
          "auth": {"scheme": "none"},
          "rate": {"perSecond": 5, "burst": 5},
          "timeoutMs": 15000,
          "answer": {"success": "/success", "code": "/code", "message": "/message"},
          "list": {
            "method": "GET", "path": "/vendor/v1/orders",
            "query": {"updatedFrom": "{from}", "updatedTo": "{to}", "page": "{page}", "size": "{size}"},
            "timeFormat": "iso", "maxWindow": "31d", "pageSize": 100,
            "paging": {"style": "page", "first": 1}, "end": {"totalPages": "/data/totalPages"}, "itemsPointer": "/data/content"
          },
          "detail": {"method": "GET", "path": "/vendor/v1/orders/{orderNo}", "pointer": "/data"},
          "actions": {
            "confirm": {"method": "POST", "path": "/vendor/v1/orders/{orderNo}/confirm"},
            "ship": {"method": "POST", "path": "/vendor/v1/shipments", "body": {"orderNo": "{orderNo}", "trackingNo": "{trackingNo}", "carrier": "{carrier}"}},
            "cancel": {"method": "POST", "path": "/vendor/v1/orders/{orderNo}/cancel", "body": {"reason": "{reason}"}},
            "label": {"method": "GET", "path": "/vendor/v1/orders/{orderNo}/label"}
          },
          "pointers": {
            "order": {
              "orderNo": "/orderNo", "orderDate": "/orderDate", "updatedAt": "/updatedAt", "status": "/status", "shipTo": "/shipTo", "storeCode": "/storeCode", "storeName": "/storeName",
              "payment": "/payment", "paid": "/paid", "recipient": "/recipient/name", "phone": "/recipient/phone", "email": "/recipient/email", "address": "/recipient/address",
              "subdistrict": "/recipient/subdistrict", "district": "/recipient/district", "province": "/recipient/province", "postcode": "/recipient/postcode",
              "shipping": "/amount/shipping", "discount": "/amount/discount", "grand": "/amount/grand", "currency": "/amount/currency", "note": "/note", "invoices": "/invoices"
            },
            "invoice": {"invoiceNo": "/invoiceNo", "type": "/type", "lines": "/lines"},
            "line": {
              "lineNo": "/lineNo", "houseCode": "/sku", "vendorSKU": "/vendorSku", "title": "/name", "quantity": "/qty", "unitPrice": "/unitPrice", "discount": "/discount", "total": "/total"
            }
          },
          "values": {
            "money": "string", "dashIsZero": false, "nullWords": [], "dates": ["iso", "dd/MM/yyyy", "dd.MM.yyyy", "yyyy-MM-dd"],
            "shipTo": {"S": "store", "H": "home"}, "cashOnDelivery": ["COD", "เก็บเงินปลายทาง"]
          },
          "statusMap": {
            "NEW": "new/unfulfilled", "รอดำเนินการ": "new/unfulfilled", "ใหม่": "new/unfulfilled",
            "WAIT_PAY": "held/unfulfilled/unpaid", "รอชำระเงิน": "held/unfulfilled/unpaid",
            "CONFIRMED": "approved/unfulfilled", "ยืนยันแล้ว": "approved/unfulfilled",
            "PACKING": "queued/packed", "กำลังจัดเตรียม": "queued/packed",
            "READY": "processed/readyToShip", "พร้อมส่ง": "processed/readyToShip",
            "SHIPPED": "processed/inTransit", "จัดส่งแล้ว": "processed/inTransit",
            "AT_STORE": "processed/outForDelivery/same/ready-to-collect", "ถึงร้านแล้ว": "processed/outForDelivery/same/ready-to-collect",
            "DELIVERED": "processed/delivered/paid", "รับสินค้าแล้ว": "processed/delivered/paid",
            "NOT_COLLECTED": "attention/returning", "ไม่มารับ": "attention/returning",
            "RETURNED": "processed/returned/refunded", "คืนสินค้า": "processed/returned/refunded",
            "CANCELLED": "cancelled/unchanged/refunded", "ยกเลิก": "cancelled/unchanged/refunded",
            "LOST": "attention/lost", "สูญหาย": "attention/lost"
          },
          "invoiceTypes": {"คีย์รับ": "received", "คีย์จ่าย": "handedOver"},
          "carriers": {"thailandpost": "THP"},
          "file": {
            "profile": "s24-vendor-v1", "encoding": "auto", "confirms": true, "maximumBadPercent": 20, "quiet": "30s", "expectEvery": "26h", "answerWithin": "24h",
            "match": "(?i)(order|vendor_order|t_general_o|report_store_receive).*\\.(csv|tsv|txt|asc|xlsx|xls|zip)",
            "reportTime": {"pattern": "([0-9]{8}_[0-9]{6})", "format": "yyyyMMdd_HHmmss"},
            "dates": ["dd/MM/yyyy", "dd.MM.yyyy", "yyyy-MM-dd"], "lineKey": ["invoiceNo", "sku", "lineNo"],
            "columns": {
              "orderNo": {"names": ["Order no.", "ORD_NO", "เลขที่ใบสั่งซื้อ", "เลขที่คำสั่งซื้อ"], "required": true}, "invoiceNo": {"names": ["Invoice no.", "INV_NO", "เลขที่ใบกำกับ"]},
              "orderDate": {"names": ["Order date", "ORD_DATE", "วันที่สั่งซื้อ"], "required": true}, "shipTo": {"names": ["SHIP_TO", "วิธีรับสินค้า"]},
              "storeCode": {"names": ["Store code", "รหัสร้าน"]}, "storeName": {"names": ["Store name", "ชื่อร้าน"]}, "recipient": {"names": ["Recipient", "ชื่อผู้รับ"]},
              "phone": {"names": ["Phone", "เบอร์โทรศัพท์"]}, "address": {"names": ["Address", "ที่อยู่"]}, "subdistrict": {"names": ["ตำบล/แขวง"]}, "district": {"names": ["อำเภอ/เขต"]},
              "province": {"names": ["จังหวัด"]}, "postcode": {"names": ["รหัสไปรษณีย์"]}, "sku": {"names": ["Vendor SKU", "รหัสสินค้า"], "required": true},
              "title": {"names": ["Product name", "ชื่อสินค้า"]}, "lineNo": {"names": ["Line", "ลำดับ"]}, "quantity": {"names": ["Qty", "จำนวน"], "required": true},
              "unitPrice": {"names": ["Unit price", "ราคาต่อหน่วย"]}, "discount": {"names": ["Discount", "ส่วนลด"]}, "shippingFee": {"names": ["Shipping", "ค่าจัดส่ง"]},
              "grandTotal": {"names": ["Total", "ยอดรวม"]}, "payment": {"names": ["Payment", "วิธีชำระเงิน"]}, "status": {"names": ["Status", "สถานะ"]},
              "tracking": {"names": ["Tracking", "เลขพัสดุ"]}, "note": {"names": ["Remark", "หมายเหตุ"]}, "type": {"names": ["Type"]}, "keyedAt": {"names": ["Store recv./Pay to cust."]}
            }
          },
          "errors": [
            {"code": "4001", "means": "notFound"}, {"code": "4002", "means": "wrongState"}, {"code": "4003", "means": "permanent"}, {"code": "4009", "means": "done"}
          ]
        }
        """#
}
