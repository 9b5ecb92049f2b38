"""SSE, HTTP streaming with emulation, and the unidirectional transports, byte by byte."""

import json
import threading
import urllib.parse

import httpx
import pytest
from centrifugo_support import Issuer, RawClient, ServerApi, connection_token, create_group, declare, send


class Stream:
    """A reply that stays open, read in the background."""

    def __init__(self, server, method, path, events, **options):
        self.client = httpx.Client(timeout=30, trust_env=False)
        self.context = self.client.stream(method, server.url + path, **options)
        self.reply = self.context.__enter__()
        assert self.reply.status_code == 200, self.reply.read()
        self.events = events
        self.text = ""
        self.lock = threading.Condition()
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for piece in self.reply.iter_text():
                with self.lock:
                    self.text += piece
                    self.lock.notify_all()
        except httpx.HTTPError:
            pass
        with self.lock:
            self.ended = True
            self.lock.notify_all()

    def items(self):
        lines = [line for line in self.text.split("\n") if line.strip()]
        if self.events:
            assert all(line.startswith("data: ") or line.startswith("\r") for line in lines), lines
            lines = [line.removeprefix("data: ") for line in lines]
        return [json.loads(line) for line in lines]

    def wait(self, matches, timeout=10):
        with self.lock:
            assert self.lock.wait_for(lambda: any(matches(item) for item in self.items()), timeout), self.text
            return next(item for item in self.items() if matches(item))

    def wait_for_end(self, timeout=20):
        with self.lock:
            assert self.lock.wait_for(lambda: self.ended, timeout), self.text

    def close(self):
        self.reply.close()
        self.client.close()


def open_both_ways(server, kind, command):
    if kind == "sse":
        query = urllib.parse.urlencode({"cf_connect": json.dumps(command)})
        return Stream(server, "GET", f"/connection/sse?{query}", events=True)
    return Stream(server, "POST", "/connection/http_stream", events=False, content=json.dumps(command))


def emulate(server, connected, *commands):
    body = {
        "session": connected["session"],
        "node": connected["node"],
        "data": "\n".join(json.dumps(command) for command in commands),
    }
    reply = httpx.post(server.url + "/emulation", json=body)
    assert reply.status_code == 204, reply.text


@pytest.mark.parametrize("kind", ["sse", "http_stream"])
def test_streams_with_emulation(server, tenant, kind):
    group = create_group(tenant, "alice", "bob")
    stream = open_both_ways(server, kind, {"id": 1, "connect": {"token": connection_token(tenant, "alice")}})
    if kind == "sse":
        assert stream.reply.headers["content-type"].startswith("text/event-stream")
        assert stream.reply.headers["x-accel-buffering"] == "no"
    connected = stream.wait(lambda item: item.get("id") == 1)["connect"]
    if kind == "sse":
        assert stream.text.startswith("\r\n")
    emulate(server, connected, {"id": 2, "subscribe": {"channel": f"chat:{group}"}}, {"id": 3, "rpc": {"method": "x"}})
    assert stream.wait(lambda item: item.get("id") == 2)["subscribe"]["recoverable"] is True
    assert stream.wait(lambda item: item.get("id") == 3)["error"]["code"] == 104
    send(tenant, "bob", group, "hello")
    push = stream.wait(lambda item: "message.created" in json.dumps(item))["push"]
    assert push["channel"] == f"chat:{group}"
    ServerApi(tenant)("disconnect", user="alice")
    last = stream.wait(lambda item: "disconnect" in item.get("push", {}))
    assert last["push"]["disconnect"] == {"code": 3503, "reason": "force disconnect"}
    stream.wait_for_end()
    stream.close()


def test_emulation_for_nobody(server, tenant):
    for body, status in (
        ({"session": "unknown", "node": "", "data": "{}"}, 404),
        ({"session": "unknown", "node": "unknown", "data": "{}"}, 404),
        ([], 400),
    ):
        assert httpx.post(server.url + "/emulation", json=body).status_code == status
    assert httpx.post(server.url + "/emulation", content="{").status_code == 400
    assert httpx.get(server.url + "/connection/sse").status_code == 400


@pytest.mark.parametrize("path", ["uni_sse", "uni_http_stream", "uni_sse by POST"])
def test_one_way_transports(server, tenant, path):
    declare(tenant, "news")
    issuer = Issuer(tenant)
    request = {"token": issuer.token("alice", channels=["news:a"])}
    if path == "uni_sse":
        query = urllib.parse.urlencode({"cf_connect": json.dumps(request)})
        stream = Stream(server, "GET", f"/connection/uni_sse?{query}", events=True)
    else:
        name = path.split(" ")[0]
        stream = Stream(server, "POST", f"/connection/{name}", events=name == "uni_sse", content=json.dumps(request))
    if stream.events:
        assert stream.reply.headers["x-accel-buffering"] == "no"
    connected = stream.wait(lambda item: "connect" in item)["connect"]
    assert "pong" not in connected and connected["ping"] == 25
    assert set(connected["subs"]) == {"user:alice", "news:a"}
    epoch = connected["subs"]["news:a"]["epoch"]
    ServerApi(tenant)("publish", channel="news:a", data={"n": 1})
    push = stream.wait(lambda item: "pub" in item)
    assert push == {"channel": "news:a", "pub": {"data": {"n": 1}, "offset": 1}}
    stream.close()

    ServerApi(tenant)("publish", channel="news:a", data={"n": 2})
    request["subs"] = {"news:a": {"recover": True, "epoch": epoch, "offset": 1}}
    stream = Stream(server, "POST", "/connection/uni_sse", events=True, content=json.dumps(request))
    news = stream.wait(lambda item: "connect" in item)["connect"]["subs"]["news:a"]
    assert news["recovered"] is True and [p["data"] for p in news["publications"]] == [{"n": 2}]
    stream.close()


@pytest.mark.parametrize("claims, code", [({"seconds": -5}, 3005), ({"channel": "chat:1"}, 3500)])
def test_a_refused_one_way_client_is_told_why(server, tenant, claims, code):
    token = Issuer(tenant).token("alice", **claims)
    stream = Stream(server, "POST", "/connection/uni_sse", events=True, content=json.dumps({"token": token}))
    assert stream.wait(lambda item: "disconnect" in item)["disconnect"]["code"] == code
    stream.wait_for_end()
    stream.close()


def test_one_way_clients_are_pinged(start_server):
    from harness.tenant import Tenant

    server = start_server("--centrifugo-ping-interval-ms", 300)
    tenant = Tenant.create(server)
    request = {"token": connection_token(tenant, "alice")}
    stream = Stream(server, "POST", "/connection/uni_sse", events=True, content=json.dumps(request))
    stream.wait(lambda item: item == {})
    assert "data: {}\n\n" in stream.text
    stream.close()
    tenant.close()


def test_the_end_of_the_server_is_told_on_every_transport(start_server):
    from harness.tenant import Tenant

    server = start_server()
    tenant = Tenant.create(server)
    token = connection_token(tenant, "alice")
    streams = [
        open_both_ways(server, "sse", {"id": 1, "connect": {"token": token}}),
        open_both_ways(server, "http_stream", {"id": 1, "connect": {"token": token}}),
        Stream(server, "POST", "/connection/uni_sse", events=True, content=json.dumps({"token": token})),
    ]
    socket = RawClient(server)
    socket.connect(token)
    for stream in streams:
        stream.wait(lambda item: "connect" in item)
    server.stop()
    assert socket.closing() == (3001, "shutdown")
    for stream in streams:
        assert "3001" in str(stream.wait(lambda item: "disconnect" in json.dumps(item)))
    tenant.close()
