"""Headless Chromium as the browser tests and the screenshots use it: Debian's own, driven by Playwright."""
import contextlib
import pathlib
import shutil
import sys

from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "thirdparty"))

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# What is waited for may come from the background of a hub that shares the machine.
expect.set_options(timeout=20_000)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


# Markup, an attribute's end, a right-to-left override that nobody closes, an emoji of several parts, a mark on a quote.
HOSTILE = "<script>window.pwned=1</script>\"'\u0301 onmouseover=alert(1) <img src=x onerror=window.pwned=1> \u202egnihton\u202d 👩‍👩‍👧‍👦 ไม่มี"
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(one => {
    const box = one.getBoundingClientRect();
    if (box.width === 0 || box.right <= innerWidth + 0.5) return false;
    for (let up = one.parentElement; up; up = up.parentElement) if (['auto', 'hidden', 'scroll'].includes(getComputedStyle(up).overflowX)) return false;
    return true;
}).map(one => one.outerHTML.slice(0, 120))"""
# WCAG 2: relative luminance of text on its background.
CONTRASTS = """() => {
    const rgb = text => { const c = document.createElement('canvas').getContext('2d'); c.fillStyle = text; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
    const light = colour => { const [r, g, b] = rgb(colour).slice(0, 3).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ground = one => { for (; one; one = one.parentElement) { const c = getComputedStyle(one).backgroundColor; if (rgb(c)[3] === 255) return c; } return getComputedStyle(document.body).backgroundColor; };
    const low = [];
    for (const one of document.querySelectorAll('body *')) {
        if (![...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || one.getClientRects().length === 0) continue;
        const a = light(getComputedStyle(one).color), b = light(ground(one)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) low.push(one.outerHTML.slice(0, 80) + ' ' + ratio.toFixed(2));
    }
    return low;
}"""


@contextlib.contextmanager
def chromium(**more):
    path = shutil.which("chromium")
    if path is None:
        raise AssertionError("Chromium is not installed: `make setup` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, **more)
        try:
            yield browser
        finally:
            browser.close()


def pressed(button):
    """Presses a button whose form is answered by a new page, and waits for that page: only then may the page be asked for again."""
    with button.page.expect_navigation():
        button.click()


def sign_in(page, url, token):
    """With an access token, in whatever language the page is."""
    page.goto(f"{url}/sign-in")
    field = page.locator("#token")
    if not field.is_visible():
        page.locator("details:has(#token) > summary").click()
    field.fill(token)
    pressed(page.locator("form:has(#token) button[type=submit]"))
