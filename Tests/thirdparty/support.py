"""What the tests in other languages share: child processes of the built program, its API, bounded waiting.

CROSSDOCK_BINARY names the program (default: .build/debug/crossdock).
"""
import faulthandler
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CROSSDOCK_BINARY", str(ROOT / ".build/debug/crossdock"))


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
    if process.stdout:
        process.stdout.close()


def call(method, url, body=None, headers=None):
    """(status, headers, body). A body that is no bytes is sent as JSON; a JSON answer is read."""
    headers = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, read(answer)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers, read(answer)


def read(answer):
    content = answer.read()
    return json.loads(content) if "json" in (answer.headers.get("Content-Type") or "") else content


class Simulator:
    """`crossdock simulate PLATFORM` on a free port, and its control plane."""

    def __init__(self, platform, *more):
        self.process = subprocess.Popen([BINARY, "simulate", platform, "--json", *more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            told = json.loads(self.process.stdout.readline())
        except ValueError:
            self.stop()
            raise AssertionError(f"crossdock simulate {platform} told nothing") from None
        self.url, self.settings = told["baseURL"], told["settings"]

    def stop(self):
        stop(self.process)

    def sim(self, path, body=None):
        """The simulator's own `/_sim/` routes: GET without a body, else POST."""
        return self.own(f"_sim/{path}", body)

    def control(self, path, body=None):
        """The same for those simulators whose own routes are under `/_control/`."""
        return self.own(f"_control/{path}", body)

    def own(self, path, body):
        status, _, answer = call("POST" if body is not None else "GET", f"{self.url}/{path}", body)
        if status >= 300:
            raise AssertionError(f"{path}: {status} {answer}")
        return answer


class Hub:
    """`crossdock serve` on a free port with a data folder of its own."""

    def __init__(self, *more):
        self.folder = tempfile.TemporaryDirectory(prefix="crossdock-clients-")
        self.data = self.folder.name + "/data"
        self.log = open(self.folder.name + "/log", "wb")
        self.process = subprocess.Popen([BINARY, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1", *more], stdout=self.log, stderr=self.log)
        try:
            wait_for("the hub's start", lambda: self.process.poll() is not None or self.cli_raw("channel", "list")[0] == 0)
            self.url = pathlib.Path(self.data, "address").read_text().strip()
            self.token = pathlib.Path(self.data, "access").read_text().strip()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        stop(self.process)
        self.log.close()
        self.folder.cleanup()

    def cli_raw(self, *arguments):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CROSSDOCK_")}
        done = subprocess.run([BINARY, *arguments, "--data", self.data], capture_output=True, text=True, timeout=120, env=environment, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def cli(self, *arguments, expect=(0,)):
        code, text, error = self.cli_raw(*arguments, "--json")
        if code not in expect:
            raise AssertionError(f"{arguments}: {code} {text}{error}")
        return json.loads(text)

    def api(self, method, path, body=None, expect=(200, 201, 202)):
        status, _, answer = call(method, f"{self.url}/api/v1/{path}", body, {"Authorization": f"Bearer {self.token}"})
        if status not in expect:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    def add_channel(self, platform, name, **settings):
        words = [word for key, value in settings.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]
        return self.cli("channel", "add", platform, name, *words)

    def orders(self, channel):
        """By external number."""
        return {order["externalNumber"]: order for order in self.cli("orders", "list", "--channel", channel, "--limit", "200")["data"]}


class Receiver:
    """An HTTP server of the test's own: keeps what is posted to it and answers with the status that `answer` gives for a body."""

    def __init__(self, answer=lambda body: 204):
        self.received, self.answer = [], answer
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with outer.lock:
                    status = outer.answer(body)
                    outer.received.append({"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body, "status": status})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def all(self):
        with self.lock:
            return list(self.received)

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def main(folder, title, tries=1):
    """Runs every test of a folder; the closing line tells the counts, the exit code whether all went well.

    With `tries` 2 a test that failed is run once more, alone: a browser on a busy machine misses a limit now and then. Which ones needed it is told.
    """
    suite = unittest.defaultTestLoader.discover(str(folder), pattern="test_*.py", top_level_dir=str(folder))
    if len(sys.argv) > 1:
        suite = unittest.TestSuite(test for test in flat(suite) if any(word in name(test) for word in sys.argv[1:]))
    every = part_of(list(flat(suite)), os.environ.get("CROSSDOCK_TEST_PART"))
    suite = unittest.TestSuite(every)
    # A client that hangs for ever tells where, and ends.
    faulthandler.dump_traceback_later(1500, exit=True)
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    ran, skipped, known = result.testsRun, len(result.skipped), len(result.expectedFailures)
    bad, shaky = failed(result, every), []
    for _ in range(1, tries):
        if not bad or len(bad) > MOST_AGAIN:
            break
        before = {name(test) for test in bad}
        result = unittest.TextTestRunner(verbosity=1).run(unittest.TestSuite(bad))
        bad = failed(result, bad)
        shaky += sorted(before - {name(test) for test in bad})
    for one in shaky:
        print(f"needed a second try: {one}")
    print(f"{title}: {ran} tests, {len(bad)} failed, {skipped} skipped" + (f", {known} known faults" if known else "") + (f", {len(shaky)} needed a second try" if shaky else ""))
    sys.exit(0 if not bad and ran > 0 and skipped == 0 else 1)


# More failures than these are no matter of a busy machine.
MOST_AGAIN = 6


def part_of(tests, part):
    """Every n-th class of tests where a part like 1/2 is wanted, so that two runs side by side make the whole."""
    if not part:
        return tests
    number, of = map(int, part.split("/"))
    classes = sorted({type(test).__qualname__ for test in tests})
    return [test for test in tests if classes.index(type(test).__qualname__) % of == number - 1]


def name(test):
    """The test's own name, whatever attributes its class has."""
    return unittest.TestCase.id(test) if isinstance(test, unittest.TestCase) else test.id()


def failed(result, every):
    """The tests that did not pass; all of a class whose set-up failed."""
    names = set()
    for test, _ in result.failures + result.errors:
        test = getattr(test, "test_case", test)
        names.add(name(test))
    names |= {name(test) for test in result.unexpectedSuccesses}
    whole = {one[one.index("(") + 1:-1] for one in names if one.startswith(("setUpClass (", "tearDownClass ("))}
    found = [test for test in every if test is not None and (name(test) in names or f"{type(test).__module__}.{type(test).__qualname__}" in whole)]
    return found or ([every[0]] if names else [])


def flat(suite):
    for test in suite:
        yield from flat(test) if isinstance(test, unittest.TestSuite) else [test]
