"""Signed webhooks as the `standardwebhooks` package of the standard's own makers sees them: what the hub sends, and what it takes."""
import base64
import datetime
import json
import secrets
import unittest

import standardwebhooks
from support import Hub, Receiver, Simulator, call, wait_for

SECRET = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
SHOP_SECRET = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def utc(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def pushed(number, **more):
    """An `order.upserted` event of an own-built shop (docs/connectors/custom.md)."""
    now = datetime.datetime.now(datetime.timezone.utc)
    order = {
        "externalID": number, "externalNumber": number, "revision": 1, "placedAt": utc(now - datetime.timedelta(minutes=5)), "updatedAt": utc(now), "state": "open",
        "platformStatus": "รอจัดส่ง", "buyer": {"name": "สมชาย ใจดี", "email": "somchai@example.com", "phone": "+66812345678"},
        "shipTo": {"name": "สมชาย ใจดี", "phone": "+66812345678", "line1": "99/1 หมู่ 4", "district": "บางรัก", "province": "กรุงเทพมหานคร", "postcode": "10500", "countryCode": "TH"},
        "currency": "THB", "totals": {"items": 25800, "shipping": 5000, "discount": 0, "tax": 0, "grand": 30800, "taxIncluded": True},
        "payment": {"method": "cod", "state": "unpaid", "isCashOnDelivery": True, "codAmount": 30800},
        "lines": [{"externalLineID": "1", "sku": "TEA-100", "title": "ชาเขียว “100 ก.”", "quantity": 2, "unitPrice": 12900, "discount": 0, "lineTotal": 25800}],
        "note": "โทรก่อนส่ง 🚚", **more}
    return {"type": "order.upserted", "timestamp": utc(now), "specVersion": "1", "source": {"platform": "custom"}, "data": {"order": order}}


class SignedWebhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.stop)
        cls.hub = Hub()
        cls.addClassCleanup(cls.hub.stop)
        cls.hook = cls.hub.add_channel("custom", "Own shop", secret=SHOP_SECRET, hub__approval="manual")["hookURL"]
        made = cls.hub.add_channel("webhook", "ERP", url=f"{cls.receiver.url}/orders?tenant=7", secret=SECRET, source="https://hub.example/crossdock")
        events = ["order.created", "order.noted", "order.approved"]
        cls.hub.api("POST", "routes", {"name": "to the ERP", "events": events, "destination": made["id"], "mode": "live"})

    def push(self, event, secret=SHOP_SECRET, number=None, body=None, moment=None):
        """Signs as the shop's own developers would, with the standard's library, and posts to the hub's hook."""
        body = body or json.dumps(event, ensure_ascii=False)
        moment, name = moment or datetime.datetime.now(datetime.timezone.utc), f"msg_{number or secrets.token_hex(8)}"
        headers = {"Content-Type": "application/json", "webhook-id": name, "webhook-timestamp": str(int(moment.timestamp())),
                   "webhook-signature": standardwebhooks.Webhook(secret).sign(name, moment, body)}
        return call("POST", self.hook, body.encode(), headers)[::2]

    def order(self, number, **more):
        """A new order, taken in; its id."""
        status, answer = self.push(pushed(number, **more))
        self.assertEqual((status, answer["status"]), (202, "accepted"), answer)
        return wait_for(f"the order {number}", lambda: self.hub.orders("Own shop").get(number))

    def delivered(self, order, kind, count=1):
        def found():
            calls = [call for call in self.receiver.all() if (event := json.loads(call["body"]))["subject"] == order["id"] and event["type"] == kind]
            return calls if len(calls) >= count else None
        return wait_for(f"{kind} of {order['externalNumber']}", found)

    # what the hub sends

    def test_a_delivery_verifies_and_says_what_happened(self):
        order = self.order("W-1")
        made = self.delivered(order, "order.created")[0]
        event = standardwebhooks.Webhook(SECRET).verify(made["body"], made["headers"])
        self.assertEqual(made["path"], "/orders?tenant=7")
        self.assertEqual(event["data"]["externalNumber"], "W-1")
        self.assertEqual(event["data"]["lines"][0]["title"], "ชาเขียว “100 ก.”")
        self.assertEqual(event["data"]["totals"]["grand"], 30800)

    def test_the_body_is_a_cloud_event(self):
        order = self.order("W-2")
        made = self.delivered(order, "order.created")[0]
        event = json.loads(made["body"])
        self.assertRegex(made["headers"]["content-type"], r"^application/cloudevents\+json; *charset=utf-8$")
        # CloudEvents 1.0: required attributes are non-empty strings; names are lower case letters and digits.
        self.assertEqual((event["specversion"], event["type"], event["source"]), ("1.0", "order.created", "https://hub.example/crossdock"))
        self.assertEqual((event["id"], event["subject"], event["datacontenttype"]), (made["headers"]["webhook-id"], order["id"], "application/json"))
        self.assertIsNotNone(datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).tzinfo)
        for name, value in event.items():
            self.assertRegex(name, r"^[a-z0-9]{1,20}$")
            self.assertTrue(name == "data" or (isinstance(value, str) and value), name)

    def test_nothing_can_be_changed_on_the_way(self):
        order = self.order("W-3")
        made = self.delivered(order, "order.created")[0]
        good = standardwebhooks.Webhook(SECRET)
        good.verify(made["body"], made["headers"])
        changed = [
            (made["body"].replace(b"30800", b"10800"), made["headers"]), (made["body"] + b" ", made["headers"]),
            (made["body"], {**made["headers"], "webhook-id": "msg_other"}),
            (made["body"], {**made["headers"], "webhook-timestamp": str(int(made["headers"]["webhook-timestamp"]) + 1)}),
            (made["body"], {**made["headers"], "webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()}),
        ]
        for body, headers in changed:
            with self.assertRaises(standardwebhooks.WebhookVerificationError):
                good.verify(body, headers)
        with self.assertRaises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook("whsec_" + base64.b64encode(bytes(32)).decode()).verify(made["body"], made["headers"])

    def test_a_second_try_has_the_same_id_and_a_signature_of_its_own_time(self):
        # Another order's delivery may still be on its way: only this order's is refused.
        statuses = iter([503])
        self.receiver.answer = lambda body: next(statuses, 204) if b'"W-4"' in body else 204
        order = self.order("W-4")
        tries = self.delivered(order, "order.created", count=2)
        self.assertEqual([call["status"] for call in tries[:2]], [503, 204])
        self.assertEqual(tries[0]["headers"]["webhook-id"], tries[1]["headers"]["webhook-id"])
        self.assertEqual(tries[0]["body"], tries[1]["body"])
        for call in tries:
            standardwebhooks.Webhook(SECRET).verify(call["body"], call["headers"])

    def test_events_of_one_order_come_in_their_order_with_ids_of_their_own(self):
        order = self.order("W-5")
        self.hub.cli("orders", "note", order["id"], "called the buyer")
        self.hub.cli("orders", "approve", order["id"])
        self.delivered(order, "order.approved")
        events = [json.loads(call["body"]) for call in self.receiver.all()]
        mine = [event for event in events if event["subject"] == order["id"]]
        self.assertEqual([event["type"] for event in mine], ["order.created", "order.noted", "order.approved"])
        self.assertEqual(len({event["id"] for event in mine}), 3)
        self.assertEqual([int(event["sequence"]) for event in mine], sorted(int(event["sequence"]) for event in mine))

    def test_a_simulated_shops_order_is_told_too(self):
        shop = Simulator("shopify", "--seed", "9")
        self.addCleanup(shop.stop)
        self.hub.add_channel("shopify", "Simulated Shopify", **shop.settings)
        self.addCleanup(self.hub.cli_raw, "channel", "remove", "Simulated Shopify", "--yes")
        wait_for("the hook at the shop", lambda: [one for one in shop.sim("state")["subscriptions"] if one["topic"] in ("orders/create", "ORDERS_CREATE")])
        placed = shop.sim("orders", {"kind": "card"})["id"]
        order = wait_for("the order", lambda: next((one for one in self.hub.orders("Simulated Shopify").values() if str(placed) in one["externalID"]), None))
        made = self.delivered(order, "order.created")[0]
        event = standardwebhooks.Webhook(SECRET).verify(made["body"], made["headers"])
        self.assertEqual((event["data"]["platform"], event["data"]["externalNumber"]), ("shopify", order["externalNumber"]))

    # what the hub takes

    def test_a_hook_takes_what_the_library_signs_once(self):
        event = pushed("W-7")
        body = json.dumps(event)
        self.assertEqual(self.push(event, number="once-only", body=body)[1]["status"], "accepted")
        status, answer = self.push(event, number="once-only", body=body)
        self.assertEqual((status, answer["status"]), (200, "duplicate"))
        self.assertEqual(self.push(event, number="once-only", body=body.replace("W-7", "W-8"))[0], 409)

    def test_a_hook_refuses_another_secret_and_another_time(self):
        other = "whsec_" + base64.b64encode(bytes(range(24))).decode()
        status, answer = self.push(pushed("W-9"), secret=other)
        self.assertEqual((status, answer["code"]), (401, "bad_signature"))
        old = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=6)
        status, answer = self.push(pushed("W-9"), moment=old)
        self.assertEqual((status, answer["code"]), (401, "timestamp_out_of_tolerance"))
        self.assertNotIn("W-9", self.hub.orders("Own shop"))

    def test_a_hook_wants_the_sums_to_agree(self):
        event = pushed("W-10")
        event["data"]["order"]["totals"]["grand"] += 1
        status, answer = self.push(event)
        self.assertEqual((status, answer["code"]), (422, "totals_mismatch"))


if __name__ == "__main__":
    unittest.main()
