"""Gives an empty hub a channel of each kind that needs nothing outside, orders, a route and an import, so that answers have something to say.

Prints the ids that schemathesis.toml asks for, as lines for a shell."""
import base64, json, sys, time, urllib.request

address, token = sys.argv[1:3]
secret = base64.b64encode(b"a secret for the checks of the API").decode()


def call(method, path, body=None, headers=None):
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
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
file = "Order number,Recipient,Phone,Address,Province,Postcode,SKU,Quantity,Unit price\nF-1,Ann,0812345678,1 Rama IV Road,Bangkok,10330,TEA,1,129.00\nF-2,,,,,,,,\n"
imported = call("POST", "/api/v1/channels/file/imports?commit=true", file.encode(), {"Content-Type": "text/csv"})


def waited(look, what):
    for _ in range(600):
        if found := look():
            return found
        time.sleep(0.1)
    sys.exit(what)


orders = waited(lambda: (page := call("GET", "/api/v1/orders")["data"]) and len(page) == 4 and page, "the orders did not arrive")
print(f"export CROSSDOCK_ORDER={orders[0]['id']} CROSSDOCK_IMPORT={imported['id']}")
