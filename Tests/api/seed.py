"""Gives an empty hub a channel of each kind that needs nothing outside, a signed order and a route, so that answers have something to say."""
import base64, json, sys, time, urllib.request

address, token = sys.argv[1:3]
secret = base64.b64encode(b"a secret for the checks of the API").decode()


def call(method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | (headers or {}), method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
        return json.loads(text) if text else None


call("POST", "/api/v1/channels", {"platform": "custom", "name": "shop", "settings": {"secret": "whsec_" + secret}})
call("POST", "/api/v1/channels", {"platform": "file", "name": "file"})
call("POST", "/api/v1/channels", {"platform": "filedrop", "name": "drop", "settings": {"folder": "drop"}})
call("POST", "/api/v1/routes", {"name": "everything", "events": ["order.created", "order.updated", "order.edited"], "destination": "drop"})
address_of_buyer = {"name": "Ann", "phone": "0812345678", "line1": "1 Rama IV Road", "district": "Pathum Wan", "province": "Bangkok", "postcode": "10330", "countryCode": "TH"}
for number in range(1, 4):
    call("POST", "/api/v1/channels/file/orders", {"externalID": f"A-{number}", "currency": "THB", "shipTo": address_of_buyer, "payment": {"method": "card", "state": "paid"},
         "lines": [{"sku": "TEA", "title": "Tea", "quantity": number, "unitPrice": 12900}]})
for _ in range(100):
    if len(call("GET", "/api/v1/orders")["data"]) == 3:
        break
    time.sleep(0.1)
else:
    sys.exit("the pushed orders did not arrive")
