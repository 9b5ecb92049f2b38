"""Relay mode against a Centrifugo of the test's own making."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from centrifugo_support import ServerApi, create_group, declare, eventually, send
from harness.tenant import Tenant


class FakeCentrifugo(ThreadingHTTPServer):
    """Takes POST /api/batch; keeps what it acknowledged, in order. `trouble` says what happens to the next calls."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.published = []
        self.trouble = []
        self.calls = 0
        self.keys = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def api(self):
        return f"http://127.0.0.1:{self.server_port}/api/"

    def contents(self, channel):
        return [
            entry["data"]["data"]["content"]
            for entry in self.published
            if entry["channel"] == channel and entry["data"]["type"] == "message.created"
        ]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake = self.server
        fake.calls += 1
        trouble = fake.trouble.pop(0) if fake.trouble else None
        if self.headers["X-API-Key"] != "relay-key" or self.path != "/api/batch":
            return self.answer(401, {})
        if isinstance(trouble, int):
            return self.answer(trouble, {})
        replies = []
        for number, command in enumerate(body["commands"]):
            if trouble == "first fails" and number == 0 or trouble == "second fails" and number == 1:
                replies.append({"error": {"code": 100, "message": "internal server error"}})
                continue
            if command["publish"]["channel"].startswith("news:"):
                replies.append({"error": {"code": 102, "message": "unknown channel"}})
                continue
            # As Centrifugo does: a key that is known publishes nothing.
            if command["publish"]["idempotency_key"] not in fake.keys:
                fake.keys.add(command["publish"]["idempotency_key"])
                fake.published.append(command["publish"])
            replies.append({"publish": {"offset": len(fake.published), "epoch": "e"}})
        if trouble == "answer lost":
            return self.answer(500, {})
        return self.answer(200, {"replies": replies})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def fake():
    fake = FakeCentrifugo()
    yield fake
    fake.shutdown()
    fake.server_close()


@pytest.fixture
def relaying(start_server, fake):
    server = start_server("--centrifugo-api", fake.api, "--centrifugo-key", "relay-key")
    tenant = Tenant.create(server)
    yield server, tenant
    tenant.close()


def test_events_are_published_in_order_under_the_same_names(relaying, fake):
    _, tenant = relaying
    group = create_group(tenant, "alice", "bob")
    other = create_group(tenant, "alice", "carol")
    for number in range(120):
        send(tenant, "bob", group, f"m{number}")
    send(tenant, "alice", other, "elsewhere")
    eventually(lambda: len(fake.contents(f"chat:{group}")) == 120 and fake.contents(f"chat:{other}"))
    assert fake.contents(f"chat:{group}") == [f"m{number}" for number in range(120)]
    assert fake.contents(f"chat:{other}") == ["elsewhere"]
    keys = [entry["idempotency_key"] for entry in fake.published]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("trouble", [[500, 503], ["first fails"], ["second fails"], ["answer lost", 500]])
def test_trouble_is_met_with_another_try(relaying, fake, trouble):
    _, tenant = relaying
    group = create_group(tenant, "alice", "bob")
    fake.trouble += trouble
    for number in range(20):
        send(tenant, "bob", group, f"m{number}")
    eventually(lambda: len(fake.contents(f"chat:{group}")) >= 20)
    assert fake.contents(f"chat:{group}") == [f"m{number}" for number in range(20)]


def test_what_is_refused_for_good_is_passed_over(relaying, fake):
    _, tenant = relaying
    declare(tenant, "news")
    ServerApi(tenant)("publish", channel="news:x", data=1)
    group = create_group(tenant, "alice", "bob")
    send(tenant, "bob", group, "after")
    eventually(lambda: fake.contents(f"chat:{group}") == ["after"])


def test_nothing_is_lost_or_reordered_over_a_crash(relaying, fake):
    server, tenant = relaying
    group = create_group(tenant, "alice", "bob")
    send(tenant, "bob", group, "before")
    eventually(lambda: fake.contents(f"chat:{group}") == ["before"])
    fake.trouble += [500] * 1000
    for number in range(10):
        send(tenant, "bob", group, f"m{number}")
    server.kill()
    fake.trouble.clear()
    server.restart()
    eventually(lambda: len(fake.contents(f"chat:{group}")) >= 11, timeout=20)
    assert fake.contents(f"chat:{group}") == ["before"] + [f"m{number}" for number in range(10)]


def test_what_was_there_before_relaying_began_stays_here(start_server, fake):
    server = start_server()
    tenant = Tenant.create(server)
    group = create_group(tenant, "alice", "bob")
    send(tenant, "bob", group, "old")
    server.arguments += ["--centrifugo-api", fake.api, "--centrifugo-key", "relay-key"]
    server.restart()
    send(tenant, "bob", group, "new")
    eventually(lambda: fake.contents(f"chat:{group}") == ["new"])
    tenant.close()
