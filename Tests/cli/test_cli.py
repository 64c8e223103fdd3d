"""The command line against a real hub: outputs and exit codes.

CROSSDOCK_BINARY names the program (default: .build/debug/crossdock). Needs Python 3 only.
"""
import csv
import io
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CROSSDOCK_BINARY", str(ROOT / ".build/debug/crossdock"))
DONE, FAILED, USAGE, REFUSED, UNREACHABLE, UNAUTHORISED = range(6)
GOOD_RULES = """rules:
  - name: large orders
    when: {field: totals.grand, atLeast: 0}
    then: {hold: look at it}
"""


def run(*arguments, env=None, stdin=None):
    """(exit code, standard output, standard error)"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CROSSDOCK_")}
    environment.update(env or {})
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=120, env=environment, input=stdin if stdin is not None else "")
    return done.returncode, done.stdout, done.stderr


def wait_for(what, condition, seconds=60):
    """The first true answer of `condition`, asked again until `seconds` have passed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen in {seconds} s")


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class HubCase(unittest.TestCase):
    """One hub and one simulated shop for all tests of a class, in a folder of their own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="crossdock-cli-")
        cls.data = cls.folder.name + "/data"
        cls.log = open(cls.folder.name + "/log", "wb")
        cls.processes = []
        try:
            cls.start("serve", "--data", cls.data, "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1")
            shop = cls.start("simulate", "custom", "--seed", "7", "--rate", "4", "--json", stdout=subprocess.PIPE)
            cls.shop = json.loads(shop.stdout.readline())
            wait_for("the hub's start", lambda: os.path.exists(cls.data + "/access") and run("channel", "list", "--data", cls.data)[0] == DONE)
            settings = [word for key, value in cls.shop["settings"].items() for word in ("--set", f"{key}={value}")]
            code, text, error = run("channel", "add", "custom", "Own shop", *settings, "--set", "hub.approval=manual", "--json", "--data", cls.data)
            assert code == DONE, error
            cls.channel = json.loads(text)
            wait_for("the orders' arrival", lambda: run("channel", "sync", "Own shop", "--data", cls.data)[0] == DONE and len(cls.orders()) >= 6)
            stop(shop)
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def start(cls, *arguments, stdout=None):
        process = subprocess.Popen([BINARY, *arguments], stdout=stdout or cls.log, stderr=cls.log)
        cls.processes.append(process)
        return process

    @classmethod
    def tearDownClass(cls):
        for process in cls.processes:
            stop(process)
            if process.stdout:
                process.stdout.close()
        cls.log.close()
        cls.folder.cleanup()

    @classmethod
    def orders(cls):
        return json.loads(run("orders", "list", "--json", "--limit", "200", "--data", cls.data)[1])["data"]

    def cli(self, *arguments, expect=DONE, stdin=None):
        """Standard output of a command; standard error when it is refused."""
        code, text, error = run(*arguments, "--data", self.data, stdin=stdin)
        self.assertEqual(code, expect, f"{arguments}: {text}{error}")
        return text if expect in (DONE, FAILED) and text else error

    def js(self, *arguments, **more):
        return json.loads(self.cli(*arguments, "--json", **more))

    def file(self, name, text):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def held(self):
        """An order that waits for a person, and was not touched by another test."""
        for order in self.orders():
            if order["workflow"] in ("new", "edited", "awaitingConfirmation") and order["id"] not in self.used:
                self.used.add(order["id"])
                return order
        self.fail("no order waits")

    used = set()

    # channels and tokens

    def test_adding_a_channel_prints_its_id_and_hook(self):
        self.assertRegex(self.channel["id"], r"^\d+$")
        self.assertRegex(self.channel["hookURL"], r"^http://127\.0\.0\.1:\d+/hooks/[A-Za-z0-9_-]{20,}$")

    def test_settings_of_a_platform_name_its_secrets(self):
        fields = {field["key"]: field for field in self.js("channel", "settings", "custom")["settings"]}
        self.assertTrue(fields["secret"]["isSecret"])
        self.assertIn("hub.courier", fields)
        self.assertRegex(self.cli("channel", "settings"), r"(?m)^shopify +Shopify")
        self.assertIn("custom", self.cli("channel", "settings", "nosuch", expect=REFUSED))

    def test_channels_are_listed_shown_changed_paused_and_removed(self):
        self.assertRegex(self.cli("channel", "list"), r"(?m)^ID +NAME +PLATFORM +KIND +STATE")
        made = self.js("channel", "add", "file", "Excel orders")
        self.assertEqual(self.js("channel", "set", "Excel orders", "hub.approval=manual")["settings"]["hub.approval"], "manual")
        self.assertIn("set hub.approval  manual", self.cli("channel", "show", made["id"]))
        self.assertEqual(self.js("channel", "pause", "Excel orders")["state"], "paused")
        self.assertEqual(self.cli("channel", "resume", "Excel orders"), "Excel orders: active\n")
        self.assertIn("--yes", self.cli("channel", "remove", "Excel orders", expect=USAGE))
        self.cli("channel", "remove", "Excel orders", "--yes")
        self.assertNotIn("Excel orders", self.cli("channel", "list"))
        self.assertIn("no such", self.cli("channel", "show", "no such", expect=REFUSED))
        self.assertIn("secret", self.cli("channel", "add", "custom", "Half", expect=REFUSED))

    def test_a_platform_that_is_gone_fails_the_check(self):
        answer = self.js("channel", "check", "Own shop", expect=FAILED)
        self.assertFalse(answer["isGood"])
        self.assertIn("FAILS", self.cli("channel", "check", "Own shop", expect=FAILED))

    def test_a_token_does_what_its_scopes_say_until_it_is_revoked(self):
        made = self.js("token", "create", "reader", "--scope", "orders:read,channels:read")
        address = pathlib.Path(self.data, "address").read_text().strip()
        access = {"CROSSDOCK_URL": address, "CROSSDOCK_TOKEN": made["token"]}
        self.assertEqual(run("orders", "list", env=access)[0], DONE)
        code, _, error = run("jobs", env=access)
        self.assertEqual((code, "flows:read" in error), (UNAUTHORISED, True))
        self.assertIn("reader", self.cli("token", "list"))
        self.cli("token", "revoke", made["id"])
        self.assertEqual(run("orders", "list", env=access)[0], UNAUTHORISED)
        self.assertEqual(run("orders", "list", "--url", address, "--token", "cdt_wrong")[0], UNAUTHORISED)

    # orders

    def test_orders_are_listed_filtered_and_found_by_number(self):
        order = self.orders()[0]
        self.assertRegex(self.cli("orders", "list"), r"(?m)^ID +NUMBER +CHANNEL +PLACED +BUYER +TOTAL")
        self.assertEqual(len(self.js("orders", "list", "--limit", "2")["data"]), 2)
        wanted = {row["id"] for row in self.orders() if row["platform"] == "custom"}
        self.assertEqual({row["id"] for row in self.js("orders", "list", "--limit", "200", "--channel", "Own shop")["data"]}, wanted)
        self.assertEqual({row["workflow"] for row in self.js("orders", "list", "--workflow", order["workflow"])["data"]}, {order["workflow"]})
        self.assertEqual(self.js("orders", "list", "--placed-before", "2000-01-01T00:00:00Z")["data"], [])
        self.assertEqual(self.js("orders", "show", order["externalNumber"])["id"], order["id"])
        self.assertIn(order["lines"][0]["sku"], self.cli("orders", "show", order["id"]))
        self.assertIn("order.created", self.cli("orders", "timeline", order["id"]))
        self.assertIn("workflow", self.cli("orders", "list", "--workflow", "nonsense", expect=REFUSED))
        self.cli("orders", "show", "999999999999999999", expect=REFUSED)
        self.cli("orders", "show", "no-such-number", expect=REFUSED)

    def test_an_order_is_noted_edited_held_approved_excluded_and_cancelled(self):
        order = self.held()
        self.cli("orders", "note", order["id"], "called the buyer")
        self.assertIn("called the buyer", self.cli("orders", "timeline", order["id"]))
        postcode = "10110" if order["shipTo"].get("postcode") != "10110" else "10120"
        edited = self.js("orders", "edit", order["id"], "--set", f"shipTo.postcode={postcode}", "--clear", "shipTo.line2")
        self.assertEqual(edited["shipTo"]["postcode"], postcode)
        self.assertFalse(edited["shipTo"].get("line2"))
        self.cli("orders", "edit", order["id"], "--set", "note=x", "--revision", "1", expect=REFUSED)
        self.cli("orders", "edit", order["id"], "--set", "nonsense=x", expect=REFUSED)
        self.cli("orders", "edit", order["id"], expect=USAGE)
        self.assertEqual(self.js("orders", "hold", order["id"], "--reason", "no stock")["workflow"], "awaitingConfirmation")
        self.assertIn(self.js("orders", "approve", order["id"])["workflow"], ("approved", "queued"))
        other = self.held()
        self.assertEqual(self.js("orders", "exclude", other["id"], "--reason", "a test")["workflow"], "excluded")
        third = self.held()
        self.assertEqual(self.js("orders", "cancel", third["externalNumber"], "--reason", "a test")["workflow"], "cancelled")
        self.cli("orders", "hold", order["id"], expect=USAGE)

    def test_an_export_holds_every_order_once(self):
        ids = {order["id"] for order in self.orders()}
        lines = self.cli("export").splitlines()
        self.assertEqual({json.loads(line)["id"] for line in lines}, ids)
        self.assertEqual(len(lines), len(ids))
        rows = list(csv.DictReader(io.StringIO(self.cli("export", "--format", "csv").lstrip("\ufeff"))))
        self.assertEqual({row["id"] for row in rows}, ids)
        self.assertEqual(len(rows), sum(len(order["lines"]) for order in self.orders()))
        self.cli("export", "--format", "xml", expect=USAGE)

    # rules, routes, flow

    def test_rules_are_checked_rehearsed_and_applied(self):
        good, bad = self.file("good.yaml", GOOD_RULES), self.file("bad.yaml", GOOD_RULES.replace("totals.grand", "totals.grnd"))
        self.assertIn("large orders", self.cli("rules", "check", good))
        self.assertRegex(self.cli("rules", "check", bad, expect=REFUSED), r"line 3, column \d+: .*totals\.grand")
        report = self.js("rules", "rehearse", good, "--channel", "Own shop", "--last", "100")
        self.assertEqual(report["examined"], len([order for order in self.orders() if order["platform"] == "custom"]))
        self.assertEqual(self.js("rules", "apply", good, "--channel", "Own shop")["version"], 1)
        self.assertIn("large orders", self.cli("rules", "show", "--channel", "Own shop"))
        self.assertRegex(self.cli("rules", "show", "--channel", "Own shop", "--versions"), r"(?m)^ +1 ")
        self.assertEqual(self.js("rules", "check", "-", stdin=GOOD_RULES)["isGood"], True)
        self.cli("rules", "check", "/no/such/file", expect=USAGE)

    def test_routes_are_paused_and_resumed(self):
        self.assertIn("book at the courier", self.cli("routes", "list"))
        self.assertEqual(self.js("routes", "pause", "tell the shop")["mode"], "paused")
        self.assertEqual(self.cli("routes", "resume", "tell the shop"), "tell the shop: live\n")
        self.cli("routes", "pause", "nowhere", expect=REFUSED)

    def test_the_flow_is_readable(self):
        for command in (["jobs"], ["dead-letters", "list"], ["dead-letters", "groups"], ["problems"], ["completeness"]):
            self.assertIn("data", self.js(*command), command)
            self.assertTrue(self.cli(*command), command)
        self.assertEqual(self.js("dead-letters", "retry", "--cause", "nothing died of this")["count"], 0)
        self.cli("dead-letters", "retry", expect=USAGE)
        self.cli("dead-letters", "discard", "--cause", "x", expect=USAGE)
        self.cli("dead-letters", "list", "--state", "odd", expect=REFUSED)

    def test_a_replay_counts_first_and_asks(self):
        span = ["--from", "2020-01-01T00:00:00Z", "--route", "tell the shop"]
        self.assertEqual(self.js("replay", *span, "--dry-run")["count"], 0)
        self.assertIn("--yes", self.cli("replay", *span, expect=USAGE))
        self.assertEqual(self.js("replay", *span, "--yes")["count"], 0)
        self.cli("replay", "--yes", expect=REFUSED)

    def test_a_configuration_survives_export_and_apply(self):
        exported = self.cli("config", "export")
        self.assertNotIn(self.shop["settings"]["secret"], exported)
        path = self.file("config.yaml", exported)
        self.assertEqual(self.cli("config", "diff", path), "The hub is as the file says.\n")
        added = exported + "- name: signed out\n  events: [order.delivered]\n  destination: source\n  mode: paused\n"
        path = self.file("more.yaml", added)
        self.assertIn("+ route signed out", self.cli("config", "diff", path, expect=FAILED))
        self.assertIn("--yes", self.cli("config", "apply", path, expect=USAGE))
        self.assertEqual(len(self.js("config", "apply", path, "--yes")["data"]), 1)
        self.assertIn("signed out", self.cli("routes", "list"))
        self.assertIn("- route signed out", self.cli("config", "diff", "--prune", self.file("config.yaml", exported), expect=FAILED))
        self.cli("config", "apply", self.file("config.yaml", exported), "--prune", "--yes")
        self.assertNotIn("signed out", self.cli("routes", "list"))
        self.cli("config", "apply", self.file("odd.yaml", "channels: 3"), "--yes", expect=USAGE)

    def test_the_doctor_gives_each_failing_row_a_remedy(self):
        answer = self.js("doctor", expect=FAILED)
        rows = {row["name"]: row for row in answer["rows"]}
        for name in ("hub reachable", "hub ready", "clock", "disk space", "data directory mode", "access file mode", "dead letters", "completeness"):
            self.assertIn(name, rows)
        self.assertTrue(rows["hub ready"]["isGood"])
        failing = [row for row in answer["rows"] if not row["isGood"]]
        self.assertTrue(failing)
        for row in failing:
            self.assertTrue(row.get("remedy"), row)
        self.assertRegex(self.cli("doctor", expect=FAILED), r"\d+ of \d+ checks fail\.")

    def test_a_file_is_tried_and_taken_in(self):
        self.js("channel", "add", "file", "Files", "--set", "hub.approval=manual")
        path = self.file("orders.csv", "Order number,Order date,Currency,Recipient name,Recipient phone,Address line 1,Province,Postcode,Country,SKU,Product name,Quantity,Unit price\n"
                         "F-1,2026-03-01,THB,Somchai Jaidee,0812345678,99/1 Sukhumvit 21,Bangkok,10110,TH,MUG,Mug,2,150.00\n"
                         "F-2,2026-03-01,THB,Somchai Jaidee,0812345678,99/1 Sukhumvit 21,Bangkok,10110,TH,MUG,Mug,many,150.00\n")
        rejected = self.folder.name + "/rejected.csv"
        tried = self.js("import", "orders", path, "--channel", "Files", "--dry-run", expect=FAILED)
        self.assertEqual((tried["good"], tried["rejected"]), (1, 1))
        self.assertEqual(self.js("orders", "list", "--channel", "Files")["data"], [])
        taken = self.js("import", "orders", path, "--channel", "Files", "--rejected", rejected, expect=FAILED)
        self.assertEqual((taken["good"], taken["rejected"]), (1, 1))
        wait_for("the file's order", lambda: len(self.js("orders", "list", "--channel", "Files")["data"]) == 1)
        self.assertIn("many", pathlib.Path(rejected).read_text(encoding="utf-8-sig"))
        self.cli("import", "orders", "/no/such/file", "--channel", "Files", expect=USAGE)


class WithoutAHub(unittest.TestCase):
    def test_a_data_directory_where_no_hub_ran_is_unreachable_with_a_remedy(self):
        with tempfile.TemporaryDirectory() as folder:
            code, _, error = run("orders", "list", "--data", folder)
        self.assertEqual((code, "crossdock serve" in error), (UNREACHABLE, True))

    def test_a_hub_that_does_not_answer_is_unreachable(self):
        code, text, error = run("orders", "list", "--json", "--url", "http://127.0.0.1:1", "--token", "x")
        self.assertEqual((code, "crossdock serve" in error), (UNREACHABLE, True), error)
        self.assertEqual(json.loads(text)["code"], "unreachable")

    def test_wrong_usage_is_two_and_help_is_zero(self):
        self.assertEqual(run("orders", "lst")[0], USAGE)
        self.assertEqual(run("jobs", "--limit", "many")[0], USAGE)
        self.assertEqual(run("orders", "list", "--url", "nonsense", "--token", "x")[0], USAGE)
        for command in ([], ["channel"], ["orders", "edit"], ["config", "apply"], ["export"], ["doctor"], ["simulate"], ["import", "orders"]):
            code, text, _ = run(*command, "--help")
            self.assertEqual((code, "USAGE:" in text), (DONE, True), command)
        self.assertEqual(run("--version")[0], DONE)

    def test_an_address_without_a_token_is_not_authorised(self):
        self.assertEqual(run("orders", "list", "--url", "http://127.0.0.1:1")[0], UNAUTHORISED)

    def test_each_simulator_starts_alone_and_ends_cleanly(self):
        for platform in ("shopify", "woocommerce", "shopee", "lazada", "shopat24", "custom", "courier", "thailandpost"):
            process = subprocess.Popen([BINARY, "simulate", platform, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            try:
                told = json.loads(process.stdout.readline())
                self.assertRegex(told["baseURL"], r"^http://127\.0\.0\.1:\d+$")
                self.assertTrue(told["settings"])
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(20), 0, platform)
            finally:
                stop(process)
                process.stdout.close()


if __name__ == "__main__":
    unittest.main()
