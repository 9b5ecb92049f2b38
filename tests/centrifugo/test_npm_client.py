"""The npm client, unmodified, over WebSocket, SSE and HTTP streaming."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from centrifugo_support import Issuer, create_group, remove, send
from harness.tenant import Tenant

HERE = Path(__file__).parent / "js"
TRANSPORTS = ("websocket", "sse", "http_stream")


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """client.js with its modules, in a folder of its own."""
    folder = tmp_path_factory.mktemp("centrifuge")
    for name in ("package.json", "package-lock.json", "client.js"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "client.js"


class Client:
    def __init__(self, script, transport, tenant, user, conversation, **environment):
        command = ["node", str(script), transport, tenant.server.url, tenant.api_key, user, conversation]
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **environment}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        self.events = queue.Queue()
        self.seen = []
        self.kept = []
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def _read(self):
        for line in self.process.stdout:
            self.events.put(json.loads(line) if line.startswith("{") else {"name": "output", "line": line})

    def next(self, name, timeout=20):
        """The next line of that name; others stay for later."""
        for index, event in enumerate(self.kept):
            if event["name"] == name:
                return self.kept.pop(index)
        try:
            while True:
                event = self.events.get(timeout=timeout)
                self.seen.append(event)
                if event["name"] == name:
                    return event
                self.kept.append(event)
        except queue.Empty:
            raise AssertionError(f"no {name}; seen: {self.seen}") from None

    def message(self):
        """The content of the next message."""
        while True:
            event = self.next("publication")
            if event["data"]["type"] == "message.created":
                return event["data"]["data"]["content"]

    def rpc(self, method, data):
        self.process.stdin.write(json.dumps({"method": method, "data": data}) + "\n")
        self.process.stdin.flush()
        return self.next("rpc")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_it_connects_subscribes_receives_and_calls(server, tenant, script, transport):
    group = create_group(tenant, "alice", "bob")
    with Client(script, transport, tenant, "alice", group) as client:
        assert client.next("connected")["transport"] == transport
        client.next("subscribed")
        assert {event["path"] for event in client.seen if event["name"] == "token"} == {
            "/realtime/connection-token",
            "/chat/subscribe-token",
        }
        send(tenant, "bob", group, "hello over " + transport)
        assert client.message() == "hello over " + transport
        reply = client.rpc("send-message", {"conversationId": group, "content": "by rpc"})
        assert reply["data"]["content"] == "by rpc"
        assert client.message() == "by rpc"
        assert client.rpc("no-such-method", {})["error"]["code"] == 104
        create_group(tenant, "bob", "alice")
        assert client.next("personal")["data"]["type"] == "conversation.added"


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_it_recovers_what_was_sent_while_the_server_was_away(start_server, script, transport):
    server = start_server()
    tenant = Tenant.create(server)
    group = create_group(tenant, "alice", "bob")
    with Client(script, transport, tenant, "alice", group) as client:
        client.next("subscribed")
        send(tenant, "bob", group, "before")
        assert client.message() == "before"
        client.process.send_signal(19)  # SIGSTOP: it is away while everything below happens
        server.kill()
        server.restart()
        for number in range(5):
            send(tenant, "bob", group, f"missed {number}")
        client.process.send_signal(18)
        again = client.next("subscribed", timeout=40)
        assert again["wasRecovering"] and again["recovered"]
        assert [client.message() for _ in range(5)] == [f"missed {number}" for number in range(5)]
        send(tenant, "bob", group, "after")
        assert client.message() == "after"
    tenant.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_it_replaces_expired_tokens(server, tenant, script, transport):
    issuer = Issuer(tenant)
    group = create_group(tenant, "alice", "bob")
    expired = {
        "FIRST_TOKEN": issuer.token("alice", seconds=-60),
        "FIRST_SUBSCRIPTION_TOKEN": issuer.token("alice", seconds=-60, channel=f"chat:{group}"),
    }
    with Client(script, transport, tenant, "alice", group, **expired) as client:
        client.next("subscribed")
        paths = [event["path"] for event in client.seen if event["name"] == "token"]
        assert paths == ["/realtime/connection-token", "/chat/subscribe-token"]
        send(tenant, "bob", group, "received")
        assert client.message() == "received"


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_it_refreshes_before_its_tokens_end(server, tenant, script, transport):
    issuer = Issuer(tenant)
    group = create_group(tenant, "alice", "bob")
    short = {
        "FIRST_TOKEN": issuer.token("alice", seconds=2),
        "FIRST_SUBSCRIPTION_TOKEN": issuer.token("alice", seconds=3, channel=f"chat:{group}"),
    }
    with Client(script, transport, tenant, "alice", group, **short) as client:
        client.next("subscribed")
        assert {client.next("token")["path"], client.next("token")["path"]} == {
            "/realtime/connection-token",
            "/chat/subscribe-token",
        }
        send(tenant, "bob", group, "still here")
        assert client.message() == "still here"
        assert not [event for event in client.seen if event["name"] in ("disconnected", "unsubscribed")]


def test_removal_from_the_conversation_ends_its_subscription(server, tenant, script):
    group = create_group(tenant, "alice", "bob")
    with Client(script, "websocket", tenant, "bob", group) as client:
        client.next("subscribed")
        remove(tenant, "alice", group, "bob")
        assert client.next("unsubscribed")["code"] == 2000
