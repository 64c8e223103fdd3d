"""What a person at the grid of orders waits for, measured in headless Chromium: the first rows after a click, rows while scrolling, a bulk action on many orders.

Usage: bench_console.py [--orders N]      CROSSDOCK_BINARY names the program; the hub and its data are the run's own.
A figure that misses what is wanted is told, and is no failure; what did not work is.
"""
import argparse
import re
import signal
import statistics
import sys
import time

from page import chromium, sign_in
from playwright.sync_api import expect
from support import Hub, wait_for

HEADER = "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,District,Province,Postcode,Country,SKU,Product name,Quantity,Unit price,Remarks\n"
ROW = "{number},2026-03-{day:02},THB,มาลี ตัวอย่าง {number},0861112233,8/15 ซอยตัวอย่าง {day},บางรัก,กรุงเทพมหานคร,10500,TH,BAG-{line},Canvas bag - Blue / L,2,100.00,ring twice\n"
LINES = 3
IN_BULK, SCROLLED, GOES, LONGEST_LIST = 10_000, 10_000, 12, 20_000
SIZE = {"width": 1600, "height": 900}
WHEEL_SECONDS, DRAG_SECONDS, DRAG_STEPS, JUMPS = 0.075, 0.03, 60, 12
WAIT_SECONDS, WHOLE_RUN_SECONDS = 60, 900

# In every page. A grid is whole when each part of what it shows is covered by a row that has its contents. A scroll is looked at before the grid has drawn for it too: a person then saw
# what had been drawn for the place before, at the longest since the last frame that was whole.
WATCH = """(() => {
    const now = () => performance.timeOrigin + performance.now();
    const holder = () => document.querySelector('#grid:not([hidden]) .tabulator-tableholder');
    const rows = () => [...document.querySelectorAll('#grid .tabulator-table > .tabulator-row')];
    const isWhole = () => {
        const box = holder()?.getBoundingClientRect();
        if (!box) return false;
        const bottom = Math.min(box.top + holder().clientHeight, innerHeight);
        let covered = box.top;
        for (const row of rows()) {
            const place = row.getBoundingClientRect();
            if (place.bottom <= covered) continue;
            if (place.top > covered + 1 || !row.querySelector('a')) break;
            covered = place.bottom;
            if (covered >= bottom - 1) return true;
        }
        return false;
    };
    const first = () => Math.floor(holder().scrollTop / rows()[0].offsetHeight);

    // From a click, or a choice in the filter, to the frame after the one in which the new rows stood; the click may lead to another page.
    let old = new WeakSet();
    const clicked = event => { old = new WeakSet(rows()); window.shown = null; sessionStorage.clicked = performance.timeOrigin + event.timeStamp; look(); };
    const look = () => requestAnimationFrame(() => {
        if (!isWhole() || old.has(rows()[0])) return look();
        requestAnimationFrame(() => { window.shown = now() - Number(sessionStorage.clicked); });
    });
    addEventListener('click', event => { if (event.target.closest('a')) clicked(event); }, true);
    addEventListener('change', event => { if (event.target.closest('#filter')) clicked(event); }, true);
    window.shown = null;
    if (sessionStorage.clicked) addEventListener('DOMContentLoaded', look);

    // While scrolling.
    window.watchScrolling = () => {
        const seen = window.scrolling = { longest: 0, times: 0, lowest: first(), highest: first(), isWhole: true };
        let whole = now(), hasFlashed = false;
        addEventListener('scroll', () => { if (!isWhole()) hasFlashed = true; }, true);
        const frame = () => {
            if (seen !== window.scrolling) return;
            seen.isWhole = isWhole();
            if (!seen.isWhole) hasFlashed = true;
            else {
                if (hasFlashed) { seen.longest = Math.max(seen.longest, now() - whole); seen.times += 1; }
                hasFlashed = false;
                whole = now();
            }
            [seen.lowest, seen.highest] = [Math.min(seen.lowest, first()), Math.max(seen.highest, first())];
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    };

    // From the click that starts a bulk action to the word that it is done, and what was told meanwhile.
    window.watchBulk = () => {
        const seen = window.bulk = { from: null, seconds: null, told: new Set(), waits: 0 };
        addEventListener('click', event => { if (event.target.closest('dialog button.primary, dialog button.danger')) seen.from = now(); }, true);
        new MutationObserver(() => {
            const text = document.querySelector('#bulk-progress .job .n')?.textContent;
            if (text && seen.from !== null) seen.told.add(text);
            if (seen.from !== null && seen.seconds === null && document.querySelector('.toast')) seen.seconds = (now() - seen.from) / 1000;
        }).observe(document.body, { childList: true, characterData: true, subtree: true });
    };
})()"""


def fill(hub, orders):
    """Two channels of files; the first holds as many orders as the bulk action takes."""
    for name, count in (("Excel orders", IN_BULK), ("More orders", orders - IN_BULK)):
        hub.add_channel("file", name, hub__approval="manual")
        path = f"{hub.folder.name}/{name}.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER)
            for index in range(count):
                for line in range(LINES):
                    file.write(ROW.format(number=f"{name[0]}-{index:06}", day=index % 28 + 1, line=line))
        report = hub.cli("import", "orders", path, "--channel", name)
        if report["taken"] != count:
            raise AssertionError(report["problems"])
    wait_for("the orders", lambda: sum(hub.api("GET", "overview")["workflow"].values()) >= orders)


class Console:
    """Pages of one signed-in person; what their scripts complain of is kept."""

    def __init__(self, browser, hub):
        self.hub, self.complaints = hub, []
        context = browser.new_context(viewport=SIZE, locale="en-GB")
        context.set_default_timeout(WAIT_SECONDS * 1000)
        context.add_init_script(WATCH)
        self.page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        sign_in(self.page, hub.url, hub.token)
        expect(self.page.locator("header.top nav")).to_be_visible()

    def shown(self):
        """Seconds from the click, or the choice, to its rows."""
        return self.until("the grid's rows", "window.shown") / 1000

    def until(self, what, expression, seconds=WAIT_SECONDS):
        """The page's own policy allows no text to be run as a script in it, and so no waiting in it."""
        return wait_for(what, lambda: self.page.evaluate(expression), seconds)

    def to_orders(self):
        self.page.goto(f"{self.hub.url}/")
        expect(self.page.locator("#standing")).to_have_text("live")
        self.page.get_by_role("link", name="Orders", exact=True).click()
        return self.shown()

    def open_orders(self):
        self.page.goto(f"{self.hub.url}/orders")
        expect(self.page.locator("#grid[data-ready] .tabulator-row a").first).to_be_visible()


def first_rows(console):
    views = console.page.locator("#views")
    goes = {"from Today": lambda turn: console.to_orders(),
            "on a view": lambda turn: (views.get_by_role("link", name=("To approve", "All")[turn % 2]).click(), console.shown())[1],
            "on a filter": lambda turn: (console.page.get_by_label("Channel", exact=True).select_option(("More orders", "Excel orders")[turn % 2]), console.shown())[1]}
    for what, go in goes.items():
        seconds = [go(turn) for turn in range(GOES)]
        tell(f"the grid's first rows after a click {what}", f"median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s of {GOES}", "at most 1 s")


def watched(console, title, scroll):
    """Scrolls a list of which nothing is known yet but its beginning."""
    console.open_orders()
    console.page.evaluate("watchScrolling()")
    start = time.monotonic()
    scroll()
    seconds = time.monotonic() - start
    console.until("the rows", "scrolling.isWhole")
    seen = console.page.evaluate("scrolling")
    passed = seen["highest"] - seen["lowest"]
    if passed < SCROLLED:
        raise AssertionError(f"{title}: only {passed} rows were passed")
    tell(f"scrolling {title}", f"longest blank at most {seen['longest']:.0f} ms ({seen['times']} in all) over {passed:,} rows in {seconds:.0f} s", "200 ms over 10,000 rows")


def scroll_by_wheel(console):
    page = console.page
    box = page.locator(".tabulator-tableholder").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    while page.evaluate("scrolling.highest") < SCROLLED:
        begun = time.monotonic()
        page.mouse.wheel(0, box["height"])
        time.sleep(max(0, WHEEL_SECONDS - (time.monotonic() - begun)))


def scroll_by_bar(console):
    """The bar's thumb is dragged down the whole list."""
    page = console.page
    box = page.locator(".tabulator-tableholder").bounding_box()
    x, y, reach = box["x"] + box["width"] - 6, box["y"] + 22, box["height"] * 0.9
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, DRAG_STEPS + 1):
        page.mouse.move(x, y + reach * step / DRAG_STEPS)
        time.sleep(DRAG_SECONDS)
    page.mouse.up()


def scroll_by_jumps(console):
    for turn in range(JUMPS):
        console.page.evaluate("share => { const holder = document.querySelector('.tabulator-tableholder'); holder.scrollTop = holder.scrollHeight * share; scrolling.isWhole = false; }", (turn * 7 % JUMPS + 0.5) / JUMPS)
        console.until("the rows", "scrolling.isWhole")
        time.sleep(WHEEL_SECONDS)


def bulk(console):
    page = console.page
    console.open_orders()
    page.get_by_label("Channel", exact=True).select_option("Excel orders")
    expect(page.locator("#total")).to_have_text(f"{IN_BULK:,} orders")
    console.shown()
    page.get_by_role("checkbox", name="Select all that match").check()
    page.evaluate("watchBulk()")
    begun = time.monotonic()
    page.get_by_role("toolbar").get_by_role("button", name="Hold").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{IN_BULK:,} of {IN_BULK:,} will go")
    preview = time.monotonic() - begun
    dialog.get_by_label("Reason").fill("stocktaking")
    dialog.get_by_role("button", name=f"Hold: {IN_BULK:,}").click()
    console.until("the action's end", "bulk.seconds", seconds=180)
    expect(page.locator(".toast")).to_contain_text(f"{IN_BULK:,} of {IN_BULK:,} went")
    seconds, told = page.evaluate("[bulk.seconds, bulk.told.size]")
    tell(f"a bulk action on {IN_BULK:,} orders", f"{seconds:.1f} s, {told} values of its progress shown (its preview {preview:.1f} s)", "at most 20 s, progress live")


def tell(figure, value, wanted):
    print(f"{figure}: {value} (wanted {wanted})", flush=True)


def overdue(number, frame):
    raise TimeoutError(f"not done after {WHOLE_RUN_SECONDS} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=LONGEST_LIST, help=f"at least {IN_BULK + 2000}; a list shows {LONGEST_LIST} at most")
    orders = parser.parse_args().orders
    if orders < IN_BULK + 2000:
        parser.error(f"--orders wants at least {IN_BULK + 2000}")
    signal.signal(signal.SIGALRM, overdue)
    signal.alarm(WHOLE_RUN_SECONDS)
    hub = Hub()
    try:
        begun = time.monotonic()
        fill(hub, orders)
        print(f"console: {orders:,} orders of {LINES} lines taken in from files in {time.monotonic() - begun:.1f} s", flush=True)
        # The bar is there to be dragged.
        with chromium(ignore_default_args=["--hide-scrollbars"]) as browser:
            console = Console(browser, hub)
            first_rows(console)
            watched(console, "by the wheel", lambda: scroll_by_wheel(console))
            watched(console, "by the bar", lambda: scroll_by_bar(console))
            watched(console, "by jumps", lambda: scroll_by_jumps(console))
            bulk(console)
            if console.complaints:
                sys.exit("the page complained: " + " · ".join(console.complaints))
    finally:
        hub.stop()


if __name__ == "__main__":
    main()
