"""Pictures of every page of the console, to be looked at by whoever changed one: light, dark and phone width, in English, Thai and Spanish.

Usage: screenshots.py FOLDER [WORD …]      Words choose pages whose name holds one. CROSSDOCK_BINARY names the program.
"""
import contextlib
import pathlib
import sys

from page import PHONE, WIDE, chromium, sign_in
from support import Hub, Simulator, stop, wait_for

LOOKS = {"light": (WIDE, "light", 1), "dark": (WIDE, "dark", 1), "phone": (PHONE, "light", 1)}
LANGUAGES = {"en": "en-GB", "th": "th-TH", "es": "es-CL"}


class Album:
    def __init__(self, browser, folder, chosen):
        self.browser, self.folder, self.chosen = browser, folder, chosen
        folder.mkdir(parents=True, exist_ok=True)

    def wants(self, name):
        return not self.chosen or any(word in name for word in self.chosen)

    def add(self, hub, pages, token=None):
        """`pages`: name -> address, or (address, what to do there). `token` None: nobody is signed in."""
        pages = {name: page for name, page in pages.items() if self.wants(name)}
        if not pages:
            return
        for language, locale in LANGUAGES.items():
            for look, (size, scheme, scale) in LOOKS.items():
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
                    page.screenshot(path=path, full_page=True)
                    print(path)
                context.close()


def grid(page):
    page.locator(".tabulator-row").first.wait_for()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with chromium() as browser:
        album = Album(browser, pathlib.Path(sys.argv[1]), sys.argv[2:])
        hub = Hub()
        try:
            album.add(hub, {"sign-in": "/sign-in"})
            album.add(hub, {"empty-today": "/", "empty-orders": "/orders", "empty-channels": "/channels", "empty-flows": "/flows", "empty-files": "/files"}, hub.token)
        finally:
            hub.stop()
        if not album.chosen or not all(word.startswith(("sign-in", "empty")) for word in album.chosen):
            busy(album)


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
        album.add(hub, {
            "today": "/", "orders": ("/orders", grid), "order": f"/orders/{order['id']}", "channels": "/channels", "channel": f"/channels/{store['id']}",
            "channel-new": "/channels/new", "channel-new-shopify": "/channels/new/shopify", "channel-new-woocommerce": "/channels/new/woocommerce",
            "flows": "/flows", "rules": "/rules", "rules-editor": f"/rules/{store['id']}", "files": "/files",
            "settings": "/settings", "account": "/account",
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
