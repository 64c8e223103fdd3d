"""Pictures of every page of the console, to be looked at by whoever changed one: light, dark and phone width, in English, Thai and Spanish.

Usage: screenshots.py FOLDER [WORD …] [@LANGUAGE or @LOOK …]      Words choose pages whose name holds one; @th and @phone choose among languages and looks. CROSSDOCK_BINARY names the program.
"""
import contextlib
import datetime
import pathlib
import sys
import urllib.parse

from page import PHONE, WIDE, chromium, sign_in
from support import Hub, Simulator, stop, wait_for

LOOKS = {"light": (WIDE, "light", 1), "dark": (WIDE, "dark", 1), "phone": (PHONE, "light", 1)}
# A long list looks the same further down.
TALLEST = 2400
# Pages that need no town of shops.
ALONE = ("sign-in", "spent", "empty", "keys", "menu", "not-found", "no-such")
LANGUAGES = {"en": "en-GB", "th": "th-TH", "es": "es-CL"}


def chosen_of(all_of_them, kinds):
    return {name: what for name, what in all_of_them.items() if name in kinds} or all_of_them


class Album:
    def __init__(self, browser, folder, chosen):
        self.browser, self.folder, self.chosen = browser, folder, [word for word in chosen if not word.startswith("@")]
        self.kinds = {word[1:] for word in chosen if word.startswith("@")}
        folder.mkdir(parents=True, exist_ok=True)

    def wants(self, name):
        return not self.chosen or any(word in name for word in self.chosen)

    def add(self, hub, pages, token=None):
        """`pages`: name -> address, or (address, what to do there). `token` None: nobody is signed in."""
        pages = {name: page for name, page in pages.items() if self.wants(name)}
        if not pages:
            return
        for language, locale in chosen_of(LANGUAGES, self.kinds).items():
            for look, (size, scheme, scale) in chosen_of(LOOKS, self.kinds).items():
                context = self.browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=scale, locale=locale)
                context.set_default_timeout(20_000)
                page = context.new_page()
                if token:
                    sign_in(page, hub.url, token)
                    page.locator("details.who").wait_for()
                for name, place in pages.items():
                    address, prepare = place if isinstance(place, tuple) else (place, None)
                    page.goto(hub.url + address, wait_until="load")
                    if prepare:
                        prepare(page)
                    path = self.folder / f"{name}-{language}-{look}.png"
                    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": size["width"], "height": max(height, size["height"])})
                    print(path)
                context.close()


def grid(page):
    """Orders stand in the grid, or as cards where the screen is narrow."""
    is_wide = page.viewport_size["width"] > PHONE["width"]
    page.locator("#grid[data-ready] .tabulator-row" if is_wide else "#list tbody tr").first.wait_for()


def choose(page):
    """What is offered for chosen orders."""
    grid(page)
    if page.viewport_size["width"] > PHONE["width"]:
        for key in ("j", "x", "j", "x"):
            page.keyboard.press(key)
        page.locator("#chosen").wait_for()


def bulk(page):
    """The effect of an action is shown before it is done."""
    choose(page)
    if page.viewport_size["width"] > PHONE["width"]:
        page.locator("#chosen [data-kind=approve]").click()
    else:
        page.locator("#list input[name=ids]").first.check()
        page.locator("#list button[value=approve]").click()
    page.locator(".preview p, .preview .notice, main form button.primary").first.wait_for()


def key(name, place):
    def press(page):
        page.keyboard.press(name)
        page.locator(place).first.wait_for()
    return press


def click(*places):
    def clicks(page):
        for place in places:
            page.locator(place).first.click()
    return clicks


def menu(page):
    page.locator("details.who > summary").click()


def columns(page):
    grid(page)
    if page.viewport_size["width"] > PHONE["width"]:
        page.keyboard.press("c")
        page.locator("dialog").wait_for()


def scan(number):
    """At the packing table, with a parcel of the number that `number` finds then."""
    def scans(page):
        page.locator("[data-scan]").fill(number())
        page.locator("[data-scan]").press("Enter")
        page.locator("#parcel .notice, .ship-card").first.wait_for()
    return scans


def ramp(hub):
    """A day at the ramp: some parcels packed, a closed manifest, an open one with odd scans, one that must not leave."""
    hub.cli("channel", "set", "Courier", "hub.parcelPresets=Small 200x150x100 80; Large 400x300x250 220")
    packed, tried = [], set()

    def pack():
        """Packs what stands there; a courier that was quicker has taken it."""
        for parcel in hub.api("GET", "parcels?limit=200")["data"]:
            if len(packed) < 8 and parcel["trackingNumber"] and parcel["id"] not in tried:
                tried.add(parcel["id"])
                answer = hub.api("POST", f"parcels/{parcel['id']}/pack", {"preset": "Small", "weightGrams": 640}, expect=(200, 422))
                if answer.get("state") == "packed":
                    packed.append(answer)
        return len(packed) == 8
    wait_for("eight packed parcels", pack)
    places = {}
    for name, some in (("closed", packed[:3]), ("open", packed[3:6])):
        manifest = hub.api("POST", "manifests", {"carrier": "Courier"})
        for code in [*[one["trackingNumber"] for one in some], *(["NOBODYS-1", some[0]["trackingNumber"]] if name == "open" else [])]:
            hub.api("POST", f"manifests/{manifest['id']}/scan", {"code": code})
        if name == "closed":
            hub.api("POST", f"manifests/{manifest['id']}/close")
        places[name] = f"/ship/manifests/{manifest['id']}"
    hub.cli("orders", "cancel", packed[7]["order"], "--reason", "changed their mind")
    hub.api("POST", "pickups", {"carrier": "Courier", "day": f"{datetime.date.today()}", "window": ["13:00", "17:00"]}, expect=(200, 409))
    return {**places, "stopped": packed[7]["trackingNumber"]}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with chromium() as browser:
        album = Album(browser, pathlib.Path(sys.argv[1]), sys.argv[2:])
        hub = Hub()
        try:
            album.add(hub, {"sign-in": "/sign-in", "sign-in-other-ways": ("/sign-in", click("details:nth-of-type(2) > summary", "details:nth-of-type(1) > summary")), "spent-link": "/invite/spent"})
            album.add(hub, {"empty-today": "/", "empty-orders": "/orders", "empty-channels": "/channels", "empty-flows": "/flows", "empty-files": "/files", "empty-rules": "/rules",
                "keys": ("/", key("?", "dialog")), "menu": ("/", menu), "not-found": "/orders/1", "no-such-page": "/nowhere"}, hub.token)
        finally:
            hub.stop()
        if not album.chosen or not all(word.startswith(ALONE) for word in album.chosen):
            busy(album)


def send_file(album, hub):
    """The address of a file that was sent with something wrong in it."""
    if not album.wants("files-import"):
        return "/files"
    path = album.folder / "orders.csv"
    path.write_text("Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,District,Province,Postcode,Country,SKU,Product name,Quantity,Unit price\n" + "".join(
        f"F-{at},2026-03-0{at},THB,Malee Jaidee,0812345678,99/{at} Sukhumvit 21,Watthana,Bangkok,{code},TH,MUG,Mug,{quantity},1500.00\n" for at, code, quantity in ((1, "10110", "2"), (2, "1011", "two"), (3, "10110", "1"))), encoding="utf-8")
    context = album.browser.new_context(viewport=WIDE)
    page = context.new_page()
    sign_in(page, hub.url, hub.token)
    page.locator("details.who").wait_for()
    page.goto(hub.url + "/files")
    page.locator(".drop input[type=file]").set_input_files(path)
    page.wait_for_url("**/files/*")
    page.locator("#result").wait_for()
    address = urllib.parse.urlsplit(page.url).path
    context.close()
    return address


def busy(album):
    """Three shops and a courier at work with the usual faults, files, and a receiver that nobody answers at."""
    with contextlib.ExitStack() as town:
        hub = Hub()
        town.callback(hub.stop)

        def start(platform, *more):
            simulator = Simulator(platform, "--seed", "1", *more)
            town.callback(simulator.stop)
            return simulator
        courier, shopify, woo = start("courier"), start("shopify"), start("woocommerce")
        custom = start("custom")
        hub.add_channel("courier", "Courier", **courier.settings)
        store = hub.add_channel("shopify", "Shopify store", **shopify.settings, hub__courier="Courier", hub__reconcileSeconds="10")
        hub.add_channel("woocommerce", "Woo store", **woo.settings, hub__courier="Courier", hub__reconcileSeconds="10")
        own = hub.add_channel("custom", "Own shop", **custom.settings, hub__approval="manual", hub__reconcileSeconds="10")
        custom.stop()      # it is told its hook at its start, where it was
        start("custom", "--port", custom.url.rsplit(":", 1)[1], "--hook", own["hookURL"], "--rate", "1", "--faults", "normal")
        hub.add_channel("file", "Excel orders")
        erp = hub.add_channel("webhook", "Accounting", url="http://127.0.0.1:9/", secret="whsec_" + "A" * 32)
        hub.api("POST", "routes", {"name": "to accounting", "events": ["order.created"], "destination": erp["id"], "mode": "live"})
        for shop, traffic in ((shopify, {"orders_per_second": 2}), (woo, {"ordersPerSecond": 2})):
            shop.sim("faults", {"level": "normal"})
            shop.sim("traffic", traffic)
        wait_for("sixty orders", lambda: sum(hub.api("GET", "overview")["workflow"].values()) >= 60, seconds=90)
        order = next(iter(hub.orders("Shopify store").values()))
        waits = next(one for one in hub.orders("Own shop").values() if one["workflow"] == "new")
        hub.cli("channel", "set", "Excel orders", "hub.courier=Courier", "hub.booking=whenPacked")
        hub.cli("channel", "set", "Courier", "hub.rates=* 5000 40")
        for number, postcode in (("TWO-PLACES", "50000"), ("ONE-PLACE-1", "10110"), ("ONE-PLACE-2", "10110"), ("ONE-PLACE-3", "10110")):
            hub.api("POST", "channels/Excel%20orders/orders", {"externalID": number, "currency": "THB", "payment": {"method": "card", "state": "paid"}, "lines": [{"sku": "MUG", "title": "Mug", "quantity": 2, "unitPrice": 150000, "weightGrams": 400}],
                "shipTo": {"name": "Malee Jaidee", "phone": "0812345678", "line1": "99/1 Sukhumvit 21", "district": "Vadhana", "province": "Bangkok", "postcode": postcode, "countryCode": "TH"}})
        torn = wait_for("the order of two places", lambda: hub.orders("Excel orders").get("TWO-PLACES"))
        letter = wait_for("something that failed", lambda: hub.api("GET", "dead-letters")["data"])[0]
        attempt = hub.api("GET", "attempts")["data"][0]
        route = hub.api("GET", "routes")["data"][0]
        sent = send_file(album, hub)
        def standing(state):
            """The number of a parcel that stands so when it is asked for: carriers fetch meanwhile."""
            return lambda: next((one["trackingNumber"] for one in reversed(hub.api("GET", f"parcels?limit=200&state={state}")["data"]) if one["trackingNumber"]), "NOBODYS-1")
        parcels = ramp(hub) if album.wants("ship") else {}
        album.add(hub, {
            "today": "/", "orders": ("/orders", grid), "orders-chosen": ("/orders", choose), "orders-bulk": ("/orders?view=to-approve", bulk), "orders-columns": ("/orders", columns), "orders-done": "/orders/done", "orders-keys": ("/orders", lambda page: (grid(page), key("?", "dialog")(page))),
            "order": f"/orders/{order['id']}", "order-two-places": f"/orders/{torn['id']}", "order-edit": f"/orders/{waits['id']}?edit=1", "order-cancel": (f"/orders/{waits['id']}", click("details.act > summary")),
            "channels": "/channels", "channel": f"/channels/{store['id']}", "channel-settings": f"/channels/{store['id']}/settings", "channel-remove": f"/channels/{store['id']}/remove", "channel-own": f"/channels/{own['id']}",
            "channel-new": "/channels/new", "channel-new-shopify": "/channels/new/shopify", "channel-new-woocommerce": "/channels/new/woocommerce",
            "flows": "/flows", "flows-jobs": "/flows/jobs", "flows-attempts": "/flows/attempts", "flows-attempt": f"/flows/attempts/{attempt['id']}", "flows-dead": "/flows/dead-letters",
            "flows-group": ("/flows/dead-letters", click("td.key a, a.key")), "flows-letter": f"/flows/dead-letters/{letter['id']}/edit", "flows-replay": "/flows/replay", "flows-problems": "/flows/problems",
            "flows-route": f"/flows/routes/{route['id']}", "flows-route-new": "/flows/routes/new",
            "ship": "/ship", "ship-pack": "/ship/pack", "ship-packing": ("/ship/pack", scan(standing("toPack"))), "ship-packed": ("/ship/pack", scan(standing("packed"))), "ship-stop": ("/ship/pack", scan(lambda: parcels.get("stopped", "NOBODYS-1"))),
            "ship-manifests": "/ship/manifests", "ship-manifest-open": parcels.get("open", "/ship/manifests"), "ship-manifest-closed": parcels.get("closed", "/ship/manifests"), "ship-exceptions": "/ship/exceptions",
            "ship-cod": "/ship/cod", "ship-together": "/ship/together", "ship-arranged": "/ship/arranged",
            "rules": "/rules", "rules-editor": f"/rules/{store['id']}", "files": "/files", "files-import": sent,
            "settings": "/settings", "settings-people": "/settings/people", "settings-tokens": "/settings/tokens", "settings-audit": "/settings/audit", "settings-retention": "/settings/retention", "account": "/account",
        }, hub.token)
        if album.wants("hub-gone"):
            context = album.browser.new_context(viewport=WIDE)
            page = context.new_page()
            sign_in(page, hub.url, hub.token)
            page.locator("details.who").wait_for()
            stop(hub.process)
            page.get_by_text("does not answer").wait_for()
            page.screenshot(path=album.folder / "hub-gone-en-light.png")
            context.close()


if __name__ == "__main__":
    main()
