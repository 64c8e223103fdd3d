"""The Shopify simulator as Shopify's own Python client (`ShopifyAPI`) sees it."""
import contextlib
import io
import json
import unittest
import urllib.error

import pyactiveresource.connection
import shopify
from shopify.api_version import ApiVersion, Release
from support import Receiver, Simulator, call, wait_for

VERSION = "2026-10"


class ShopifyClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Simulator("shopify", "--seed", "5")
        cls.addClassCleanup(cls.shop.stop)
        cls.ids = cls.shop.sim("orders", {"kind": "card", "count": 12})["ids"]
        cls.token = cls.grant(cls.shop.settings["clientSecret"])[1]["access_token"]
        # The client knows *.myshopify.com over https only; 127.0.0.1 is to it the shop "127" of the domain "0.0.1".
        shopify.Session.setup(protocol="http", myshopify_domain="0.0.1", port=cls.shop.url.rsplit(":", 1)[1])
        if VERSION not in ApiVersion.versions:
            ApiVersion.define_version(Release(VERSION))

    @classmethod
    def grant(cls, secret):
        form = f"client_id={cls.shop.settings['clientID']}&client_secret={secret}&grant_type=client_credentials".encode()
        return call("POST", f"{cls.shop.url}/admin/oauth/access_token", form, {"Content-Type": "application/x-www-form-urlencoded"})[::2]

    def setUp(self):
        self.use(self.token)
        self.addCleanup(shopify.ShopifyResource.clear_session)

    def use(self, token):
        shopify.ShopifyResource.activate_session(shopify.Session("127.0.0.1", VERSION, token))

    def graph(self, query, **variables):
        answer = json.loads(shopify.GraphQL().execute(query, variables=variables))
        self.assertNotIn("errors", answer)
        return answer["data"]

    def new_order(self, kind="card"):
        return self.shop.sim("orders", {"kind": kind})["id"]

    def test_the_shop_and_its_scopes_are_told(self):
        self.assertEqual(shopify.Shop.current().myshopify_domain, self.shop.settings["shop"])
        self.assertIn("write_orders", {scope.handle for scope in shopify.AccessScope.find()})

    def test_pages_of_orders_are_followed_by_their_links(self):
        page = shopify.Order.find(status="any", limit=5, order="created_at asc", ids=",".join(map(str, self.ids)))
        sizes, seen = [], []
        while True:
            sizes.append(len(page))
            seen += [order.id for order in page]
            if not page.has_next_page():
                break
            page = page.next_page()
        self.assertEqual((sizes, seen), ([5, 5, 2], self.ids))
        self.assertEqual(shopify.Order.count(status="any", ids=",".join(map(str, self.ids))), 12)

    def test_an_order_is_read_with_its_parts(self):
        order = shopify.Order.find(self.ids[0])
        self.assertEqual((order.id, order.currency), (self.ids[0], "THB"))
        self.assertRegex(order.total_price, r"^\d+\.\d\d$")
        self.assertTrue(order.line_items[0].title)
        self.assertTrue(order.shipping_address.zip)
        self.assertTrue(order.name.startswith("#"))

    def test_an_order_is_changed_closed_and_cancelled(self):
        order = shopify.Order.find(self.new_order())
        order.note = "ฝากไว้ที่ป้อมยาม"
        self.assertTrue(order.save(), order.errors.full_messages())
        self.assertEqual(shopify.Order.find(order.id).note, "ฝากไว้ที่ป้อมยาม")
        order.close()
        self.assertIsNotNone(shopify.Order.find(order.id).closed_at)
        order.open()
        order.cancel()
        self.assertIsNotNone(shopify.Order.find(order.id).cancelled_at)

    def test_an_order_is_fulfilled_and_its_tracking_changed(self):
        order = self.new_order()
        open_parts = [part for part in shopify.FulfillmentOrders.find(order_id=order) if part.status == "open"]
        self.assertEqual(len(open_parts), 1)
        made = shopify.FulfillmentV2({"line_items_by_fulfillment_order": [{"fulfillment_order_id": open_parts[0].id}],
                                      "tracking_info": {"number": "TH0001", "company": "Kerry", "url": "https://track.example/TH0001"}})
        self.assertTrue(made.save(), made.errors.full_messages())
        shipped = shopify.Order.find(order)
        self.assertEqual((shipped.fulfillment_status, shipped.fulfillments[0].tracking_number), ("fulfilled", "TH0001"))
        made.update_tracking({"number": "TH0002", "company": "Kerry"}, True)
        self.assertEqual(shopify.Order.find(order).fulfillments[0].tracking_number, "TH0002")
        again = shopify.FulfillmentV2({"line_items_by_fulfillment_order": [{"fulfillment_order_id": open_parts[0].id}]})
        self.assertFalse(again.save())
        self.assertTrue(again.errors.full_messages())

    def test_a_fulfilment_is_cancelled_by_the_older_path(self):
        order = self.new_order()
        part = shopify.FulfillmentOrders.find(order_id=order)[0]
        self.assertTrue(shopify.FulfillmentV2({"line_items_by_fulfillment_order": [{"fulfillment_order_id": part.id}]}).save())
        shopify.Fulfillment.find(order_id=order)[0].cancel()
        self.assertEqual(shopify.Order.find(order).fulfillments[0].status, "cancelled")

    def test_graphql_pages_and_mutates(self):
        query = "query($after: String) { orders(first: 5, after: $after, sortKey: ID) { nodes { legacyResourceId name } pageInfo { hasNextPage endCursor } } }"
        seen, after = [], None
        while True:
            orders = self.graph(query, after=after)["orders"]
            seen += [int(node["legacyResourceId"]) for node in orders["nodes"]]
            if not orders["pageInfo"]["hasNextPage"]:
                break
            after = orders["pageInfo"]["endCursor"]
        self.assertEqual((sorted(set(seen)), set(self.ids) - set(seen)), (seen, set()))
        order = self.new_order()
        node = self.graph("query($id: ID!) { order(id: $id) { fulfillmentOrders(first: 5) { nodes { id status } } } }", id=f"gid://shopify/Order/{order}")["order"]
        part = node["fulfillmentOrders"]["nodes"][0]["id"]
        done = self.graph("mutation($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id status } userErrors { field message } } }",
                          fulfillment={"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": part}], "trackingInfo": {"number": "G1", "company": "Flash"}})["fulfillmentCreate"]
        self.assertEqual((done["userErrors"], done["fulfillment"]["status"]), ([], "SUCCESS"))
        self.assertEqual(shopify.Order.find(order).fulfillments[0].tracking_number, "G1")

    def test_graphql_refuses_what_the_schema_does_not_know(self):
        answer = json.loads(shopify.GraphQL().execute("{ orders(first: 1) { nodes { nonsense } } }"))
        self.assertIn("nonsense", answer["errors"][0]["message"])

    def test_a_webhook_is_made_delivers_and_is_removed(self):
        receiver = Receiver()
        self.addCleanup(receiver.stop)
        made = shopify.Webhook({"topic": "orders/create", "address": f"{receiver.url}/hook", "format": "json"})
        self.assertTrue(made.save(), made.errors.full_messages())
        order = self.new_order()
        found = wait_for("the delivery", receiver.all)[0]
        self.assertEqual((found["headers"]["x-shopify-topic"], json.loads(found["body"])["id"]), ("orders/create", order))
        made.destroy()
        self.assertEqual([hook for hook in shopify.Webhook.find() if hook.id == made.id], [])

    def test_a_wrong_token_or_secret_is_refused(self):
        self.use("shpat_wrong")
        with self.assertRaises(pyactiveresource.connection.UnauthorizedAccess):
            shopify.Order.find(status="any")
        with self.assertRaises(urllib.error.HTTPError) as refused, contextlib.redirect_stdout(io.StringIO()):
            shopify.GraphQL().execute("{ shop { name } }")
        with refused.exception:
            self.assertEqual(refused.exception.code, 401)
        self.assertEqual(self.grant("wrong")[0], 401)

    def test_what_is_not_there_is_404_and_what_cannot_be_is_422(self):
        with self.assertRaises(pyactiveresource.connection.ResourceNotFound):
            shopify.Order.find(1)
        order = shopify.Order.find(self.new_order())
        part = shopify.FulfillmentOrders.find(order_id=order.id)[0]
        self.assertTrue(shopify.FulfillmentV2({"line_items_by_fulfillment_order": [{"fulfillment_order_id": part.id}]}).save())
        with self.assertRaises(pyactiveresource.connection.ResourceInvalid):
            order.cancel()


if __name__ == "__main__":
    unittest.main()
