"""Pictures of the console page, to be looked at by whoever changed it.

Usage: screenshots.py FOLDER      CROSSDOCK_BINARY names the program.
"""
import contextlib
import pathlib
import sys

from page import PHONE, WIDE, chromium, sign_in
from support import Hub, Simulator, stop, wait_for

LOOKS = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "phone": (PHONE, "light"), "phone-dark": (PHONE, "dark")}


def picture(browser, folder, name, url, token, prepare=None):
    """One page in every look. `token` None: the sign-in page."""
    for look, (size, scheme) in LOOKS.items():
        context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=1)
        page = context.new_page()
        if token:
            sign_in(page, url, token)
            page.get_by_role("button", name="Sign out").wait_for()
        else:
            page.goto(url)
        if prepare:
            prepare(page)
        path = folder / f"{name}-{look}.png"
        page.screenshot(path=path, full_page=True)
        print(path)
        context.close()


def live(page):
    page.get_by_role("status").get_by_text("live").wait_for()


def an_order(page):
    page.locator(".orders .key a").nth(12).click()
    page.get_by_role("heading", name="What happened").wait_for()


def wrong_token(page):
    page.get_by_label("Token").fill("cdt_wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        hub = Hub()
        try:
            picture(browser, folder, "sign-in", hub.url, None)
            picture(browser, folder, "sign-in-refused", hub.url, None, wrong_token)
            picture(browser, folder, "empty", hub.url, hub.token, live)
            reader = hub.cli("token", "create", "packing table", "--scope", "orders:read")["token"]
            picture(browser, folder, "few-rights", hub.url, reader)
        finally:
            hub.stop()
        busy(browser, folder)


def busy(browser, folder):
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
        hub.add_channel("shopify", "Shopify store", **shopify.settings, hub__courier="Courier", hub__reconcileSeconds="10")
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
        wait_for("forty orders", lambda: sum(hub.api("GET", "overview")["workflow"].values()) >= 40, seconds=90)
        picture(browser, folder, "busy", hub.url, hub.token, live)
        picture(browser, folder, "order", hub.url, hub.token, an_order)
        context = browser.new_context(viewport=WIDE)
        page = context.new_page()
        sign_in(page, hub.url, hub.token)
        page.get_by_role("button", name="Sign out").wait_for()
        stop(hub.process)
        page.get_by_text("does not answer").wait_for()
        page.screenshot(path=folder / "hub-gone-light.png")
        print(folder / "hub-gone-light.png")
        context.close()


if __name__ == "__main__":
    main()
