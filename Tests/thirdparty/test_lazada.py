"""The Lazada simulator as Lazada's own Python client (`lazop-sdk`) sees it."""
import base64
import json
import os
import tempfile
import unittest
import urllib.parse
from unittest import mock

import requests
from support import Simulator

# The client makes a folder for its log in the home of whoever imports it.
with tempfile.TemporaryDirectory(prefix="crossdock-lazop-") as home, mock.patch.dict(os.environ, HOME=home):
    from lazop_sdk import base as lazop
lazop.logger.removeHandler(lazop.handler)
lazop.handler.close()
# Of every refusal it would write down this machine's address, which it looks up by name.
lazop.logApiError = lambda *told: None

CALLBACK = "https://hub.example.test/authorised"


class LazadaClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Simulator("lazada", "--seed", "5")
        cls.addClassCleanup(cls.shop.stop)
        cls.orders = cls.new_orders(7)

    def setUp(self):
        # A refresh may end the tokens that were there before it (lazada.md §2.3), so each test has its own.
        self.tokens = self.created(self.code()).body

    @classmethod
    def new_orders(cls, count=1, kind="everyday"):
        """Lazada's own numbers; the simulator's names are `{country}:{seller}:{order}`."""
        return [int(name.split(":")[-1]) for name in cls.shop.control("orders", {"kind": kind, "count": count})["ids"]]

    @classmethod
    def code(cls):
        """What the seller's browser brings back from the consent page."""
        settings = cls.shop.settings
        query = {"response_type": "code", "force_auth": "true", "redirect_uri": CALLBACK, "client_id": settings["appKey"], "state": "a b+c"}
        answer = requests.get(settings["consentURL"], query, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)
        assert query["state"] == ["a b+c"], query
        return query["code"][0]

    @classmethod
    def client(cls, url="baseURL", secret=None):
        return lazop.LazopClient(cls.shop.settings[url], cls.shop.settings["appKey"], secret or cls.shop.settings["appSecret"])

    @classmethod
    def ask(cls, path, method="POST", token=None, client=None, **parameters):
        request = lazop.LazopRequest(path, method)
        for key, value in parameters.items():
            request.add_api_param(key, value)
        return (client or cls.client()).execute(request, token)

    @classmethod
    def created(cls, code):
        return cls.ask("/auth/token/create", client=cls.client("authURL"), code=code)

    def good(self, path, method="GET", **parameters):
        answer = self.ask(path, method, self.tokens["access_token"], **parameters)
        self.assertEqual(answer.code, "0", answer)
        return answer.body

    def items(self, order):
        return self.good("/order/items/get", order_id=order)["data"]

    def pack(self, order):
        """Every item of the order into one parcel; the elements of the answer."""
        wish = {"pack_order_list": [{"order_id": order, "order_item_list": [item["order_item_id"] for item in self.items(order)]}],
                "delivery_type": "dropship", "shipping_allocate_type": "TFS"}
        result = self.good("/order/fulfill/pack", "POST", packReq=json.dumps(wish))["result"]
        self.assertTrue(result["success"])
        return result["data"]["pack_order_list"][0]["order_item_list"]

    def act(self, path, parameter, package):
        return self.good(path, "POST", **{parameter: json.dumps({"packages": [{"package_id": package}]})})["result"]

    # Tokens

    def test_a_code_becomes_tokens_once(self):
        code = self.code()
        made = self.created(code)
        self.assertEqual((made.code, made.body["country"]), ("0", "th"))
        self.assertTrue(made.request_id)
        self.assertTrue(made.body["access_token"] and made.body["refresh_token"])
        self.assertGreater(made.body["refresh_expires_in"], made.body["expires_in"])
        self.assertEqual(made.body["country_user_info"][0]["country"], "th")
        again = self.created(code)
        self.assertEqual((again.code, "access_token" in again.body), ("InvalidCode", False))

    def test_a_refresh_gives_a_token_that_works(self):
        first = self.created(self.code()).body
        # GET and POST are both documented; the client posts what is not told otherwise.
        for method in ("POST", "GET"):
            renewed = self.ask("/auth/token/refresh", method, client=self.client("authURL"), refresh_token=first["refresh_token"])
            self.assertEqual(renewed.code, "0", renewed)
            self.assertNotEqual(renewed.body["access_token"], first["access_token"])
            self.assertIn("country_user_info_list", renewed.body)
            listed = self.ask("/orders/get", "GET", renewed.body["access_token"], update_after="2020-01-01T00:00:00+07:00")
            self.assertEqual(listed.code, "0", listed)
            first = renewed.body
        refused = self.ask("/auth/token/refresh", client=self.client("authURL"), refresh_token="50001wrong")
        self.assertEqual(refused.code, "IllegalRefreshToken")

    def test_a_wrong_secret_and_a_wrong_token_are_refused(self):
        wrong = self.client(secret="not the secret")
        refused = self.ask("/orders/get", "GET", self.tokens["access_token"], wrong, update_after="2020-01-01T00:00:00+07:00")
        self.assertEqual((refused.code, refused.body.get("data")), ("IncompleteSignature", None))
        self.assertTrue(refused.type and refused.message and refused.request_id)
        self.assertEqual(self.ask("/auth/token/create", client=wrong, code=self.code()).code, "IncompleteSignature")
        stranger = self.ask("/orders/get", "GET", "50000wrong", update_after="2020-01-01T00:00:00+07:00")
        self.assertEqual(stranger.code, "IllegalAccessToken")

    # Orders

    def test_pages_of_orders_are_told_by_offset(self):
        seen, sizes = [], []
        for offset in range(0, 9, 3):
            page = self.good("/orders/get", created_after="2020-01-01T00:00:00+07:00", sort_by="created_at", sort_direction="ASC", limit=3, offset=offset)["data"]
            sizes.append(page["count"])
            self.assertGreaterEqual(page["countTotal"], len(self.orders))
            seen += [order["order_id"] for order in page["orders"]]
        self.assertEqual((sizes[:2], seen[:7]), ([3, 3], self.orders))
        too_many = self.ask("/orders/get", "GET", self.tokens["access_token"], update_after="2020-01-01T00:00:00+07:00", limit=101)
        self.assertEqual(too_many.code, "19")
        undated = self.ask("/orders/get", "GET", self.tokens["access_token"], limit=10)
        self.assertEqual(undated.code, "InvalidParameter")

    def test_an_order_is_read_with_an_item_for_each_unit(self):
        order = self.new_orders(kind="twoUnits")[0]
        read = self.good("/order/get", order_id=order)["data"]
        self.assertEqual((read["order_id"], read["items_count"], read["statuses"]), (order, 2, ["pending"]))
        self.assertRegex(read["created_at"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0700$")
        items = self.items(order)
        self.assertEqual((len(items), len({item["order_item_id"] for item in items}), len({item["sku"] for item in items})), (2, 2, 1))
        many = self.good("/orders/items/get", order_ids=json.dumps(self.orders[:2]))["data"]
        self.assertEqual([one["order_id"] for one in many], self.orders[:2])
        self.assertEqual(self.ask("/order/get", "GET", self.tokens["access_token"], order_id=1).code, "16")

    # Parcels

    def test_an_order_is_packed_made_ready_and_its_label_fetched(self):
        order = self.new_orders()[0]
        packed = self.pack(order)
        self.assertEqual({element["item_err_code"] for element in packed}, {"0"})
        package, tracking = packed[0]["package_id"], packed[0]["tracking_number"]
        self.assertTrue(package and tracking)
        self.assertEqual({item["status"] for item in self.items(order)}, {"packed"})
        document = self.good("/order/package/document/get", "GET", getDocumentReq=json.dumps({"doc_type": "PDF", "packages": [{"package_id": package}], "print_item_list": False}))
        file = document["result"]["data"]
        # HTML even for PDF, with a link to the paper (lazada.md §6).
        self.assertIn(file["pdf_url"], base64.b64decode(file["file"]).decode())
        paper = requests.get(file["pdf_url"], timeout=30)
        self.assertTrue(paper.content.startswith(b"%PDF"))
        self.assertIn(tracking.encode(), paper.content)
        self.assertEqual(self.act("/order/package/rts", "readyToShipReq", package)["data"]["packages"][0]["item_err_code"], "0")
        self.assertEqual({(item["status"], item["tracking_code"]) for item in self.items(order)}, {("ready_to_ship", tracking)})

    def test_success_is_told_of_each_element(self):
        order = self.new_orders()[0]
        package = self.pack(order)[0]["package_id"]
        again = self.pack(order)
        self.assertNotIn("0", {element["item_err_code"] for element in again})
        self.act("/order/package/repack", "rePackReq", package)
        self.assertEqual({item["status"] for item in self.items(order)}, {"repacked"})
        self.assertNotEqual(self.pack(order)[0]["package_id"], package)

    def test_a_dictionary_is_no_json_text(self):
        # Given a dictionary the client signs Python's way of printing it and sends its keys: an error of the caller's that must not pass as a booking.
        order = self.new_orders()[0]
        wish = {"pack_order_list": [{"order_id": order, "order_item_list": [item["order_item_id"] for item in self.items(order)]}]}
        refused = self.ask("/order/fulfill/pack", "POST", self.tokens["access_token"], packReq=wish)
        self.assertEqual(refused.code, "IncompleteSignature")
        self.assertEqual({item["status"] for item in self.items(order)}, {"pending"})

    # Texts

    def test_thai_is_signed_as_it_is_and_sent_encoded(self):
        for method, path, more in (("GET", "/orders/get", {"update_after": "2020-01-01T00:00:00+07:00"}), ("POST", "/auth/token/create", {"code": "0_1_none"})):
            answer = self.ask(path, method, self.tokens["access_token"] if method == "GET" else None, remark="ฝากไว้ที่ป้อมยาม 50% & ขอบคุณ + ค่ะ 🙏", **more)
            self.assertEqual(answer.code, "0" if method == "GET" else "InvalidCode", answer)
        payload = "<Request><Product><Skus><Sku><SellerSku>เสื้อ-M &amp; กางเกง</SellerSku><Price>199.00</Price><Quantity>12</Quantity></Sku></Skus></Product></Request>"
        unknown = self.ask("/product/price_quantity/update", "POST", self.tokens["access_token"], payload=payload)
        self.assertEqual((unknown.code, unknown.body["detail"][0]["seller_sku"]), ("501", "เสื้อ-M & กางเกง"))


if __name__ == "__main__":
    unittest.main()
