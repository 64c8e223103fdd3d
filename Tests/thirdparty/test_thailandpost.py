"""Thailand Post's Track & Trace as `thailandpost-track` sees it. Parcels are booked at e-Parcel, for which there is no client, by plain calls."""
import base64
import contextlib
import io
import re
import unittest
from datetime import datetime, timedelta
from unittest import mock

import requests
import thailandpost_track
from support import Simulator, call
from thailandpost_track.constants import ENDPOINTS

BUDDHIST_YEARS = 543
STAMP = re.compile(r"^(\d\d)/(\d\d)/(\d{4}) (\d\d:\d\d:\d\d)\+07:00$")
STEPS_TO_DELIVERED = 6


def ems(serial, letters="EF"):
    """An EMS number with its check digit (UPU S10)."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(f"{serial:08}", (8, 6, 4, 2, 3, 5, 9, 7))) % 11
    return f"{letters}{serial:08}{ {10: 0, 11: 5}.get(rest, rest)}TH"


class ThailandPostClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.post = Simulator("thailandpost", "--seed", "5")
        cls.addClassCleanup(cls.post.stop)
        # The client prints its token, and knows no other address than the post's.
        cls.enterClassContext(contextlib.redirect_stdout(io.StringIO()))
        cls.enterClassContext(mock.patch.dict(ENDPOINTS, API_ROOT=cls.post.url))
        cls.client = cls.made()
        cls.delivered, cls.announced = ems(12_345_678), ems(12_345_679)
        for number in (cls.delivered, cls.announced):
            cls.book(number)
        cls.post.control(f"consignments/{cls.delivered}/advance", {"steps": STEPS_TO_DELIVERED})

    @classmethod
    def made(cls, token=None):
        return thailandpost_track.ThailandpostTrack(token or cls.post.settings["staticToken"])

    @classmethod
    def book(cls, number):
        item = {"orderId": f"O-{number}", "invNo": f"I-{number}", "barcode": number, "cusName": "ธนพร ใจดี", "cusAdd": "99/1 หมู่บ้านสุขใจ ต.ป่าเมี่ยง", "cusAmp": "ดอยสะเก็ด",
                "cusProv": "เชียงใหม่", "cusZipcode": "50220", "cusTel": "0812345678", "productPrice": "0", "productInbox": "-", "productWeight": "400", "orderType": "D"}
        account = base64.b64encode(f"{cls.post.settings['eparcelUser']}:{cls.post.settings['eparcelPassword']}".encode()).decode()
        status, _, answer = call("POST", cls.post.settings["eparcelURL"] + "addItem", item, {"Authorization": f"Basic {account}"})
        assert (status, answer[0]["errorCode"]) == (200, "000"), answer

    def events(self, number, language, **more):
        answer = self.client.track(barcode=[number], language=language, **more)
        self.assertEqual((answer["status"], answer["message"]), (True, "successful"), answer)
        return answer["response"]["items"][number]

    # Tokens

    def test_the_static_token_becomes_a_temporary_one(self):
        client = self.made()
        self.assertTrue(client.token)
        self.assertNotEqual(client.token, self.made().token)
        # A Gregorian year and a blank, whatever the language; about a month ahead.
        expire = datetime.strptime(client.expire(), "%Y-%m-%d %H:%M:%S%z")
        left = expire - datetime.now(expire.tzinfo)
        self.assertTrue(timedelta(days=29) < left < timedelta(days=31), left)

    def test_a_wrong_static_token_is_refused_with_a_page(self):
        # 401 is HTML; the client looks at no status, and fails where it takes the page for JSON.
        with self.assertRaises(requests.exceptions.JSONDecodeError):
            self.made("wrong")
        self.post.control("settings", {"unauthorisedIsHTML": False})
        self.addCleanup(self.post.control, "settings", {"unauthorisedIsHTML": True})
        with self.assertRaises(KeyError):
            self.made("wrong")

    def test_an_ended_token_is_fetched_again(self):
        client = self.made()
        self.post.control("settings", {"unauthorisedIsHTML": False})
        self.addCleanup(self.post.control, "settings", {"unauthorisedIsHTML": True})
        self.post.control("tokens", {"expire": True})
        self.addCleanup(self.client.fetch_token)
        # The client says nothing of the 401 but hands its body on.
        self.assertEqual(client.track(barcode=[self.delivered])["status"], False)
        client.fetch_token()
        self.assertEqual(client.track(barcode=[self.delivered])["status"], True)

    # Tracking

    def test_years_are_buddhist_in_thai_and_gregorian_in_english(self):
        thai = self.events(self.delivered, thailandpost_track.Language.TH)
        english = self.events(self.delivered, thailandpost_track.Language.EN)
        codes = [event["status"] for event in thai]
        self.assertEqual(codes, ["101", "103", "201", "211", "206", "301", "501"])
        self.assertEqual([event["status"] for event in english], codes)
        self.assertEqual((thai[-1]["status_description"], english[-1]["status_description"]), ("นำจ่ายสำเร็จ", "Delivered"))
        for one, other in zip(thai, english):
            local, foreign = STAMP.match(one["status_date"]), STAMP.match(other["status_date"])
            self.assertTrue(local and foreign, (one, other))
            self.assertEqual(int(local[3]) - int(foreign[3]), BUDDHIST_YEARS)
            self.assertEqual((local[1], local[2], local[4]), (foreign[1], foreign[2], foreign[4]))
        # Oldest first, and the delivery says who took it.
        self.assertEqual(english, sorted(english, key=lambda event: datetime.strptime(event["status_date"], "%d/%m/%Y %H:%M:%S%z")))
        self.assertEqual((thai[-1]["delivery_status"], thai[0]["delivery_status"]), ("S", None))
        self.assertTrue(thai[-1]["receiver_name"])

    def test_one_status_is_asked_for_and_an_unknown_number_is_empty(self):
        only = self.events(self.delivered, thailandpost_track.Language.EN, status=thailandpost_track.StatusCode.FINAL_DELIVERY)
        self.assertEqual([event["status"] for event in only], ["501"])
        self.assertEqual([event["status"] for event in self.events(self.announced, thailandpost_track.Language.TH)], ["101"])
        self.assertEqual(self.events(ems(12_399_999), thailandpost_track.Language.TH), [])

    def test_the_count_of_the_day_runs(self):
        first = self.client.track(barcode=[self.delivered], language=thailandpost_track.Language.TH)["response"]["track_count"]
        second = self.client.track(barcode=[self.delivered, self.announced], language=thailandpost_track.Language.EN)["response"]["track_count"]
        self.assertEqual(second["count_number"] - first["count_number"], 2)
        self.assertEqual(int(first["track_date"][-4:]) - int(second["track_date"][-4:]), BUDDHIST_YEARS)

    def test_too_many_calls_are_429_until_the_block_ends(self):
        self.post.control("settings", {"callsPerWindow": 2, "windowSeconds": 600})
        self.addCleanup(self.post.control, "settings", {"callsPerWindow": 15, "windowSeconds": 3})
        # Whatever other tests asked shortly before is out of the window.
        self.post.control("clock", {"advanceSeconds": 601})
        answers = [self.client.track(barcode=[self.delivered])["status"] for _ in range(4)]
        self.assertEqual(answers, [True, True, False, False])
        # The client does not tell the status; the same call without it does.
        headers = {"Authorization": f"Token {self.client.token}"}
        asked = {"status": "all", "language": "TH", "barcode": [self.delivered]}
        self.assertEqual(call("POST", self.post.settings["trackingURL"] + "track", asked, headers)[0], 429)
        self.post.control("clock", {"advanceSeconds": 31})
        self.assertEqual(self.client.track(barcode=[self.delivered])["status"], True)


if __name__ == "__main__":
    unittest.main()
