"""The WooCommerce simulator as the `woocommerce` package of WooCommerce's own makers sees it."""
import unittest

import requests
import woocommerce
from support import Receiver, Simulator, wait_for


class WooCommerceClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Simulator("woocommerce", "--seed", "5")
        cls.addClassCleanup(cls.shop.stop)
        cls.ids = cls.shop.sim("orders", {"kind": "paidOnline", "count": 25})["ids"]

    def client(self, is_ssl=False, **more):
        """Signs with OAuth 1.0a, since the address is plain http; `is_ssl` makes it send the keys themselves, as it does over https."""
        words = {"consumer_key": self.shop.settings["consumerKey"], "consumer_secret": self.shop.settings["consumerSecret"], "timeout": 30, **more}
        client = woocommerce.API(url=self.shop.url, version="wc/v3", **words)
        client.is_ssl = is_ssl
        return client

    def behind_tls(self):
        """The shop believes its connection is https, as behind a proxy that ends TLS."""
        self.shop.sim("settings", {"transport": "https"})
        self.addCleanup(self.shop.sim, "settings", {"transport": "plainHTTP"})

    def test_pages_of_orders_come_with_their_totals_and_links(self):
        client, seen = self.client(), []
        for page in (1, 2, 3):
            answer = client.get("orders", params={"per_page": 10, "page": page, "order": "asc", "orderby": "id"})
            self.assertEqual(answer.status_code, 200, answer.text)
            self.assertEqual((answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]), ("25", "3"))
            self.assertEqual("next" in answer.links, page < 3)
            self.assertEqual("prev" in answer.links, page > 1)
            seen += [order["id"] for order in answer.json()]
        self.assertEqual(seen, sorted(self.ids))

    def test_an_order_is_read_with_amounts_as_texts(self):
        order = self.client().get(f"orders/{self.ids[0]}").json()
        self.assertEqual(order["id"], self.ids[0])
        self.assertRegex(order["total"], r"^\d+\.\d\d$")
        self.assertEqual(order["currency"], "THB")
        self.assertTrue(order["line_items"])
        self.assertNotIn("Z", order["date_created_gmt"])

    def test_filters_are_signed_and_answered(self):
        included = self.client().get("orders", params={"include": f"{self.ids[3]},{self.ids[4]}", "orderby": "id", "order": "asc"}).json()
        self.assertEqual([order["id"] for order in included], self.ids[3:5])
        dated = self.client().get("orders", params={"modified_after": "2020-01-01T00:00:00", "dates_are_gmt": "true", "per_page": 2})
        self.assertEqual((dated.status_code, len(dated.json())), (200, 2), dated.text)

    def test_a_status_is_changed_and_stays(self):
        answer = self.client().put(f"orders/{self.ids[1]}", {"status": "completed"})
        self.assertEqual((answer.status_code, answer.json()["status"]), (200, "completed"))
        self.assertEqual(self.client().get(f"orders/{self.ids[1]}").json()["status"], "completed")
        refused = self.client().put(f"orders/{self.ids[1]}", {"status": "teleported"})
        self.assertEqual((refused.status_code, refused.json()["code"]), (400, "rest_invalid_param"))

    def test_a_note_is_written_read_and_removed(self):
        path = f"orders/{self.ids[2]}/notes"
        made = self.client().post(path, {"note": "ฝากไว้ที่ป้อมยาม 📦", "customer_note": True})
        self.assertEqual((made.status_code, made.json()["note"]), (201, "ฝากไว้ที่ป้อมยาม 📦"), made.text)
        listed = self.client().get(path, params={"type": "customer"}).json()
        self.assertEqual([note["id"] for note in listed], [made.json()["id"]])
        self.assertEqual(self.client().delete(f"{path}/{made.json()['id']}", params={"force": True}).status_code, 200)
        self.assertEqual(self.client().get(path, params={"type": "customer"}).json(), [])

    def test_a_webhook_is_made_and_delivers_what_was_changed(self):
        receiver = Receiver()
        self.addCleanup(receiver.stop)
        made = self.client().post("webhooks", {"name": "Crossdock", "topic": "order.updated", "delivery_url": f"{receiver.url}/hook", "secret": "s3cret"})
        self.assertEqual((made.status_code, made.json()["status"], made.json()["topic"]), (201, "active", "order.updated"), made.text)
        self.assertNotIn("secret", made.json())
        self.addCleanup(lambda: self.client().delete(f"webhooks/{made.json()['id']}", params={"force": True}))
        self.assertIn(made.json()["id"], [webhook["id"] for webhook in self.client().get("webhooks").json()])
        self.assertEqual(self.client().put(f"orders/{self.ids[5]}", {"status": "on-hold"}).status_code, 200)

        def delivered():
            self.shop.sim("cron", {"run": True})
            return [call for call in receiver.all() if call["headers"].get("x-wc-webhook-topic") == "order.updated"]
        call = wait_for("the delivery", delivered)[0]
        self.assertIn(str(self.ids[5]), call["body"].decode())
        self.assertTrue(call["headers"]["x-wc-webhook-signature"])

    def test_a_wrong_secret_or_key_is_401_in_the_platforms_words(self):
        wrong = self.client(consumer_secret="cs_wrong").get("orders")
        self.assertEqual((wrong.status_code, wrong.json()["code"]), (401, "woocommerce_rest_authentication_error"))
        self.assertIn("signature", wrong.json()["message"])
        unknown = self.client(consumer_key="ck_unknown").get("orders")
        self.assertEqual((unknown.status_code, unknown.json()["message"]), (401, "Consumer key is invalid."))

    def test_keys_in_the_open_are_not_read_over_plain_http(self):
        for is_query in (False, True):
            answer = self.client(is_ssl=True, query_string_auth=is_query).get("orders")
            self.assertEqual((answer.status_code, answer.json()["code"]), (401, "woocommerce_rest_cannot_view"))

    def test_basic_and_query_keys_are_read_where_the_shop_sees_https(self):
        self.behind_tls()
        for is_query in (False, True):
            good = self.client(is_ssl=True, query_string_auth=is_query).get("orders", params={"per_page": 1})
            self.assertEqual((good.status_code, len(good.json())), (200, 1), good.text)
            bad = self.client(is_ssl=True, query_string_auth=is_query, consumer_secret="cs_wrong").get("orders")
            self.assertEqual((bad.status_code, bad.json()["message"]), (401, "Consumer secret is invalid."))

    def test_no_key_at_all_is_401(self):
        self.assertEqual(requests.get(f"{self.shop.url}/wp-json/wc/v3/orders", timeout=30).status_code, 401)


if __name__ == "__main__":
    unittest.main()
