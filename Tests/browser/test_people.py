"""Signing in, people, the account and the settings as their visitors meet them."""
import base64
import contextlib
import hashlib
import hmac
import re
import struct
import time
import unittest

import page as browser_page
from page import PHONE, WIDE, pressed, sign_in
from playwright.sync_api import expect
from support import Hub, wait_for

PASSWORD = "four plain words here"


def digits(secret, ahead=0):
    """What an authenticator shows (RFC 6238), `ahead` half minutes from now."""
    key = base64.b32decode(secret.replace(" ", ""))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + ahead), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.browser = cls.stack.enter_context(browser_page.chromium())

    def setUp(self):
        self.hub = Hub()
        self.addCleanup(self.hub.stop)
        self.complaints = []

    def tearDown(self):
        self.assertEqual(self.complaints, [])

    def open(self, expected=(), **more):
        """A browser of its own. `expected`: statuses of pages that are refused on purpose."""
        context = self.browser.new_context(**{"viewport": WIDE, "locale": "en-GB", **more})
        self.addCleanup(context.close)
        page = context.new_page()

        def told(message):
            if message.type == "error" and not any(f"status of {status} " in message.text for status in expected):
                self.complaints.append(message.text)
        page.on("console", told)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def owner_link(self):
        text = wait_for("the owner's link", lambda: re.search(r"http://\S+/invite/\w+", open(self.hub.folder.name + "/log").read()))
        return text.group(0)

    def owner(self, page, language="en", name="Ann Owner"):
        page.goto(self.owner_link())
        page.locator("#name").fill(name)
        page.locator("#email").fill("ann@example.com")
        page.locator("#password").fill(PASSWORD)
        page.locator("#again").fill(PASSWORD)
        page.locator("#language").select_option(language)
        page.locator("#workspace").fill("ACME")
        page.locator("#timeZone").fill("Asia/Bangkok")
        page.locator("main form button").click()
        page.wait_for_url(self.hub.url + "/")

    def invite(self, page, role, email=""):
        page.goto(self.hub.url + "/settings/people")
        page.locator("#invite-email").fill(email)
        page.locator("#invite-role").select_option(role)
        page.get_by_role("button", name="Make a link").click()
        return page.locator("#made").input_value()

    def join(self, page, link, name="Malee", email="malee@example.com"):
        page.goto(link)
        page.get_by_label("Name", exact=True).fill(name)
        if page.locator("#email").get_attribute("readonly") is None:
            page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("The same password again").fill(PASSWORD)
        page.get_by_role("button", name="Join").click()
        page.wait_for_url(self.hub.url + "/")

    def password_sign_in(self, page, email, password=PASSWORD):
        page.goto(self.hub.url + "/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Continue").click()

    def test_the_owner_comes_in_by_the_printed_link_and_invites_a_colleague_with_a_role(self):
        owner = self.open(expected=(410,))
        link = self.owner_link()
        self.owner(owner)
        owner.reload()
        expect(owner.locator("header").get_by_text("Ann Owner")).to_be_visible()
        stranger = self.open(expected=(410,))
        stranger.goto(link)
        expect(stranger.get_by_role("heading", name="This link no longer works")).to_be_visible()

        invitation = self.invite(owner, "viewer", "malee@example.com")
        owner.reload()      # asks the browser to send the form again; the link is the same one
        expect(owner.locator("#made")).to_have_value(invitation)
        colleague = self.open(expected=(403, 410))
        colleague.goto(invitation)
        expect(colleague.get_by_role("heading", name="Join ACME")).to_be_visible()
        expect(colleague.get_by_text("Ann Owner invites you as: Viewer")).to_be_visible()
        self.join(colleague, invitation)
        colleague.goto(invitation)
        expect(colleague.get_by_role("heading", name="This link no longer works")).to_be_visible()

        colleague.goto(self.hub.url + "/settings")
        expect(colleague.get_by_text("Only an admin can change this.")).to_be_visible()
        expect(colleague.get_by_role("link", name="Access tokens")).to_have_count(0)
        colleague.goto(self.hub.url + "/settings/people")
        expect(colleague.get_by_role("heading", name="Not allowed")).to_be_visible()
        expect(colleague.get_by_role("alert")).to_contain_text("people:read")

        owner.goto(self.hub.url + "/settings/people")
        owner.get_by_role("link", name="Malee").click()
        owner.get_by_label("Role").select_option("manager")
        owner.get_by_role("button", name="Save the role").click()
        expect(owner.get_by_text("Malee has the new role and signs in again.")).to_be_visible()
        colleague.goto(self.hub.url + "/settings/people")
        expect(colleague.get_by_role("heading", name="Sign in")).to_be_visible()
        colleague.get_by_label("E-mail").fill("malee@example.com")
        colleague.get_by_label("Password").fill(PASSWORD)
        colleague.get_by_role("button", name="Continue").click()
        expect(colleague).to_have_url(self.hub.url + "/settings/people")
        expect(colleague.get_by_role("row", name=re.compile("Malee"))).to_contain_text("Manager")
        expect(colleague.get_by_role("button", name="Make a link")).to_have_count(0)

        owner.goto(self.hub.url + "/settings/audit?check=true")
        expect(owner.get_by_role("status").filter(has_text="The record is whole")).to_be_visible()
        expect(owner.get_by_role("row").filter(has_text="changed a role")).to_contain_text("viewer → manager")

    def test_a_second_factor_is_turned_on_asked_for_and_turned_off(self):
        page = self.open(expected=(401,))
        self.owner(page)
        page.goto(self.hub.url + "/account")
        page.locator("#factor-present").fill(PASSWORD)
        page.get_by_role("button", name="Set up a second factor").click()
        expect(page.get_by_role("img", name="QR code of the key")).to_be_visible()
        secret = page.locator("#secret").text_content()
        page.reload()
        expect(page.locator("#secret")).to_have_text(secret)
        page.get_by_role("textbox", name="Code").fill("000000")
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_role("alert")).to_contain_text("This code is not right")
        page.get_by_role("textbox", name="Code").fill(digits(secret))
        page.get_by_role("button", name="Turn it on").click()
        codes = page.locator(".codes code").all_text_contents()
        self.assertEqual(len(codes), 10)
        page.get_by_role("link", name="I have kept them").click()
        expect(page.locator(".codes")).to_have_count(0)
        expect(page.get_by_text("10 recovery codes left")).to_be_visible()

        other = self.open(expected=(401,))
        self.password_sign_in(other, "ann@example.com")
        expect(other.get_by_role("heading", name="Second factor")).to_be_visible()
        other.get_by_role("textbox", name="Code").fill("123456")
        other.get_by_role("button", name="Continue").click()
        expect(other.get_by_role("alert")).to_contain_text("This code is not right")
        other.get_by_role("textbox", name="Code").fill(digits(secret, ahead=1))
        other.get_by_role("button", name="Continue").click()
        expect(other).to_have_url(self.hub.url + "/")

        third = self.open()
        self.password_sign_in(third, "ann@example.com")
        third.get_by_role("textbox", name="Code").fill(codes[0])
        third.get_by_role("button", name="Continue").click()
        expect(third).to_have_url(self.hub.url + "/")
        third.goto(self.hub.url + "/account")
        expect(third.get_by_text("9 recovery codes left")).to_be_visible()
        third.locator("#off-present").fill(PASSWORD)
        third.get_by_role("button", name="Turn the second factor off").click()
        third.get_by_role("dialog").get_by_role("button", name="Turn the second factor off").click()
        expect(third.get_by_role("button", name="Set up a second factor")).to_be_visible()
        page.goto(self.hub.url + "/account")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        self.password_sign_in(page, "ann@example.com")
        expect(page).to_have_url(self.hub.url + "/")

    def test_signing_out_everywhere_ends_every_browser_and_a_page_asked_for_is_come_back_to(self):
        here, there = self.open(), self.open()
        self.owner(here)
        self.password_sign_in(there, "ann@example.com")
        expect(there).to_have_url(self.hub.url + "/")
        here.goto(self.hub.url + "/account")
        expect(here.locator("section[aria-labelledby=sessions] tbody tr")).to_have_count(2)
        here.get_by_role("button", name="Sign out everywhere").click()
        here.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
        expect(here.get_by_text("You are signed out everywhere.")).to_be_visible()
        there.goto(self.hub.url + "/settings/tokens")
        expect(there).to_have_url(re.compile(r"/sign-in\?next="))
        there.get_by_label("E-mail").fill("ann@example.com")
        there.get_by_label("Password").fill(PASSWORD)
        there.get_by_role("button", name="Continue").click()
        expect(there).to_have_url(self.hub.url + "/settings/tokens")

    def test_a_wrong_password_is_told_and_a_lost_one_replaced_by_a_link(self):
        page = self.open(expected=(401, 410, 422))
        self.owner(page)
        page.get_by_text("Ann Owner").click()
        page.get_by_role("button", name="Sign out").click()
        self.password_sign_in(page, "ann@example.com", "not my password")
        expect(page.get_by_role("alert")).to_contain_text("not right")
        expect(page.get_by_label("E-mail")).to_have_value("ann@example.com")
        expect(page.get_by_label("Password")).to_have_value("")
        made = self.hub.cli("person", "reset", "ann@example.com")
        page.goto(self.hub.url + made["path"])
        page.get_by_label("New password").fill("a new good phrase")
        page.get_by_label("The same password again").fill("another phrase")
        page.get_by_role("button", name="Save the password").click()
        expect(page.get_by_role("alert")).to_contain_text("not the same")
        page.get_by_label("New password").fill("a new good phrase")
        page.get_by_label("The same password again").fill("a new good phrase")
        page.get_by_role("button", name="Save the password").click()
        expect(page.get_by_text("The new password is saved.")).to_be_visible()
        self.password_sign_in(page, "ann@example.com", "a new good phrase")
        expect(page).to_have_url(self.hub.url + "/")

    def test_a_token_is_made_shown_once_used_and_revoked(self):
        page = self.open(expected=(401,))
        self.owner(page)
        page.goto(self.hub.url + "/settings/tokens")
        page.get_by_label("What it is for").fill("report")
        page.get_by_role("checkbox", name=re.compile("orders:read")).check()
        page.get_by_role("button", name="Make the token").click()
        token = page.locator("#made").input_value()
        self.assertTrue(token.startswith("cdt_"))
        program = self.open(expected=(401, 403))
        sign_in(program, self.hub.url, token)
        expect(program.locator("header").get_by_text("report")).to_be_visible()
        program.goto(self.hub.url + "/account")
        expect(program.get_by_text("You are signed in with an access token.")).to_be_visible()
        page.goto(self.hub.url + "/settings/tokens")
        page.get_by_role("row", name=re.compile("report")).get_by_role("button", name="Revoke").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("The token is revoked.")).to_be_visible()
        program.goto(self.hub.url + "/account")
        expect(program.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(program, self.hub.url, token)
        expect(program.get_by_role("alert")).to_contain_text("unknown or was revoked")
        expect(program.get_by_label("Token", exact=True)).to_be_focused()

    def test_settings_persist_and_a_time_zone_that_is_none_is_told(self):
        page = self.open(expected=(422,))
        self.owner(page)
        page.goto(self.hub.url + "/settings")
        page.get_by_label("Time zone").fill("Mars/Olympus")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("There is no time zone Mars/Olympus")
        expect(page.get_by_label("Time zone")).to_have_value("Mars/Olympus")
        page.get_by_label("Time zone").fill("America/Santiago")
        page.get_by_label("Name of the company or shop").fill("ACME & Co <b>")
        pressed(page.get_by_role("button", name="Save"))
        page.reload()
        expect(page.get_by_label("Time zone")).to_have_value("America/Santiago")
        expect(page.get_by_label("Name of the company or shop")).to_have_value("ACME & Co <b>")
        page.get_by_role("link", name="Retention").click()
        page.get_by_label("Attempts of jobs, in days").fill("3")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("7 to 3650")
        page.get_by_label("Attempts of jobs, in days").fill("30")
        pressed(page.get_by_role("button", name="Save"))
        page.reload()
        expect(page.get_by_label("Attempts of jobs, in days")).to_have_value("30")

    def test_thai_and_spanish_are_chosen_by_the_browser_by_the_page_and_kept_by_the_account(self):
        page = self.open(locale="th-TH")
        page.goto(self.hub.url + "/sign-in")
        expect(page.get_by_role("heading", name="เข้าสู่ระบบ")).to_be_visible()
        page.get_by_role("link", name="Español").click()
        expect(page.get_by_role("heading", name="Iniciar sesión")).to_be_visible()
        self.owner(page, language="th", name="มาลี ศรีสุข")
        page.goto(self.hub.url + "/settings/people")
        expect(page.get_by_role("heading", name="แต่ละบทบาททำอะไรได้")).to_be_visible()
        page.goto(self.hub.url + "/account")
        page.locator("#language").select_option("es")
        page.get_by_role("button", name="บันทึก", exact=True).click()
        expect(page.get_by_text("Su cuenta está guardada.")).to_be_visible()
        expect(page.get_by_role("heading", name="Su cuenta")).to_be_visible()
        self.assertEqual(page.locator("html").get_attribute("lang"), "es")

    def test_signing_in_inviting_and_signing_out_need_no_mouse(self):
        page = self.open()
        self.owner(page)
        page.goto(self.hub.url + "/settings/people")
        page.locator("#invite-email").focus()
        page.keyboard.type("kim@example.com")
        page.keyboard.press("Tab")
        page.keyboard.type("Engineer")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("A link for one person as Engineer")).to_be_visible()
        page.goto(self.hub.url + "/account")
        button = page.get_by_role("button", name="Sign out everywhere")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page).to_have_url(self.hub.url + "/account")
        page.goto(self.hub.url + "/account")
        page.get_by_role("button", name="Sign out everywhere").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/sign-in"))
        page.locator("#email").focus()
        page.keyboard.type("ann@example.com")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page).to_have_url(self.hub.url + "/")

    def test_everything_works_with_scripts_blocked(self):
        owner = self.open(java_script_enabled=False)
        self.owner(owner)
        link = self.invite(owner, "operator", "malee@example.com")
        colleague = self.open(java_script_enabled=False)
        self.join(colleague, link)
        owner.goto(self.hub.url + "/settings/people")
        owner.get_by_role("link", name="Malee").click()
        owner.get_by_role("button", name="Switch off").click()
        expect(owner.get_by_text("Malee can no longer sign in.")).to_be_visible()
        colleague.goto(self.hub.url + "/account")
        expect(colleague.get_by_role("heading", name="Sign in")).to_be_visible()
        owner.get_by_role("button", name="Switch on again").click()
        expect(owner.get_by_text("Malee can sign in again.")).to_be_visible()

    def test_every_page_fits_a_phone_is_legible_in_both_themes_and_names_its_controls(self):
        for scheme in ("light", "dark"):
            page = self.open(viewport=PHONE, color_scheme=scheme) if scheme == "dark" else self.open(color_scheme=scheme)
            if scheme == "light":
                self.owner(page)
            else:
                self.password_sign_in(page, "ann@example.com")
                expect(page).to_have_url(self.hub.url + "/")
            for path in ("/account", "/settings", "/settings/people", "/settings/tokens", "/settings/retention", "/settings/audit"):
                page.goto(self.hub.url + path)
                self.assertEqual(page.evaluate(browser_page.CONTRASTS), [], path)
                self.assertEqual(page.evaluate(browser_page.TOO_WIDE), [], path)
                nameless = page.evaluate("""() => [...document.querySelectorAll('button, a, input:not([type=hidden]), select, textarea')]
                    .filter(one => one.getClientRects().length && !(one.labels?.length || one.ariaLabel || one.textContent.trim() || one.title)).map(one => one.outerHTML.slice(0, 120))""")
                self.assertEqual(nameless, [], path)
