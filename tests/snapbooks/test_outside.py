"""What leaves the server of code and its runs: live events, webhooks, link previews."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import httpx_sse
import pytest
from harness.spelling import CID_CONVERSATION, cid, read_prefixed
from snapbooks_support import APPROVAL, HIDDEN, RESULT_ONLY, action, messages, objects, post, set_policy, wait_until
from standardwebhooks import Webhook
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRET = "hush_hush"
CODE = f"local {SECRET} = 100 objects.create('invoice', {{amount = {SECRET}}})"


@pytest.fixture(scope="module")
def server(start_server):
    return start_server(PARLANCE_WEBHOOK_ALLOW_PRIVATE="true", PARLANCE_UNFURL_ALLOW_PRIVATE="true")


class World:
    """A web server on this machine: keeps what it is asked for and sent."""

    def __init__(self):
        self.paths = []
        self.letters = []
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                world.letters.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.answer(b"")

            def do_GET(self):
                world.paths.append(self.path)
                self.answer(b"<title>a page</title>")

            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def events(self, family):
        """The bodies of webhooks of that family, each with a signature that holds."""
        bodies = []
        for headers, body in self.letters:
            Webhook(SIGNING_SECRET).verify(body, headers)
            bodies.append(json.loads(body))
        return [body for body in bodies if body["event"].startswith(family)]


@pytest.fixture
def world():
    world = World()
    yield world
    world.http.shutdown()
    world.http.server_close()


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def room(alice):
    """A conversation of Alice and Bob, as ChatAPI spells it."""
    reply = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]})
    assert reply.status_code == 201, reply.text
    return reply.json()["room_id"]


class Listener:
    """Collects the frames of a WebSocket as texts, in a thread, until it is closed."""

    def __init__(self, tenant, path, *commands):
        headers = tenant.headers("bob")
        url = tenant.server.ws_url + path
        self.socket = connect(url, additional_headers=headers, max_size=None, proxy=None, legacy=True)
        self.frames = []
        for command in commands:
            self.socket.send(json.dumps(command))
        self.thread = threading.Thread(target=self.collect, daemon=True)
        self.thread.start()

    def collect(self):
        with contextlib.suppress(ConnectionClosed):
            for frame in self.socket:
                self.frames += frame.split("\n")

    def close(self):
        self.socket.close()
        self.thread.join(10)


class SseListener:
    """The same for an event stream."""

    def __init__(self, tenant, path):
        self.client = httpx.Client(
            base_url=tenant.server.url, headers=tenant.headers("bob"), timeout=30, trust_env=False
        )
        self.frames = []
        self.is_closed = False
        self.path = path
        self.thread = threading.Thread(target=self.collect, daemon=True)
        self.thread.start()
        wait_until(lambda: self.frames)

    def collect(self):
        with httpx_sse.connect_sse(self.client, "GET", self.path) as source:
            for event in source.iter_sse():
                self.frames.append(event.data)
                if self.is_closed:
                    return

    def close(self):
        self.is_closed = True


def listeners_of(tenant, room):
    bob = tenant.as_user("bob")
    number = read_prefixed(room)
    channel = f"chat:{number}"
    token = bob.post("/chat/subscribe-token", json={"conversationId": str(number)}).json()["token"]
    space = bob.get("/v1/spaces").json()["data"][0]["id"]
    centrifugo = Listener(
        tenant,
        "/connection/websocket",
        {"id": 1, "connect": {}},
        {"id": 2, "subscribe": {"channel": channel, "token": token}},
    )
    wait_until(lambda: any('"id":2' in frame for frame in centrifugo.frames))
    return {
        "chatapi": Listener(tenant, "/ws"),
        "centrifugo": centrifugo,
        "anytype": SseListener(tenant, f"/v1/spaces/{space}/chats/{cid(CID_CONVERSATION)(number)}/subscribe"),
    }


def test_live_events_show_no_code(tenant, alice, room):
    listeners = listeners_of(tenant, room)
    struct = Listener(tenant, "/v1/ws", {"path": "/feed", "args": {"feed_id": "6N1", "thread_ids": []}})
    number = read_prefixed(room)
    message = post(alice, number, action(CODE, "Look:\n"))
    edited = alice.patch(
        f"/chat/threads/{number}/messages/{message['id']}", json={"message": action(CODE + f" log({SECRET})")}
    )
    assert edited.status_code == 200
    post(alice, number, action(CODE, "Again:\n"))
    post(alice, number, APPROVAL)
    wait_until(lambda: messages(alice, number)[2:])
    post(alice, number, "the end")
    # Struct tells a thread once, when it comes up.
    wait_until(lambda: any("Look:" in frame and HIDDEN in frame for frame in struct.frames))
    struct.close()
    assert SECRET not in "\n".join(struct.frames)
    for name, listener in listeners.items():
        wait_until(lambda: any("the end" in frame for frame in listener.frames))
        listener.close()
        told = "\n".join(listener.frames)
        assert SECRET not in told and "objects.create" not in told, name
        for part in ("Look:", "Again:", "approvecodeaction", json.dumps(RESULT_ONLY)[1:-1]):
            assert part in told, (name, part)
        # Twice hidden: the program, and in a later event the result of its preview.
        assert any(frame.count(HIDDEN) == 2 and "Look:" in frame for frame in listener.frames), name


def test_programs_may_come_by_sockets(tenant, room):
    """ChatAPI's own, and Conversations' operations over the Centrifugo protocol."""
    number = read_prefixed(room)
    body = {"conversationId": str(number), "content": action(CODE, "second\n")}
    sockets = [
        Listener(tenant, "/ws", {"type": "send_message", "room_id": room, "content": action(CODE, "first\n")}),
        Listener(
            tenant,
            "/connection/websocket",
            {"id": 1, "connect": {}},
            {"id": 2, "rpc": {"method": "send-message", "data": body}},
        ),
    ]
    bob = tenant.as_user("bob")
    wait_until(lambda: [found["action_mode"] for found in messages(bob, number)] == ["preview", "preview"])
    for socket, text in zip(sockets, ("first", "second")):
        wait_until(lambda: any(text in frame for frame in socket.frames))
        socket.close()
        told = "\n".join(socket.frames)
        assert SECRET not in told and HIDDEN in told


def test_webhooks_of_objects_are_signed_and_those_of_messages_show_no_code(tenant, alice, room, world):
    body = {"url": f"{world.url}/hook", "secret": SIGNING_SECRET, "events": ["object.*", "message.new"]}
    assert tenant.as_backend().put("/admin/webhooks", json=body).status_code == 200
    set_policy(tenant, [])
    number = read_prefixed(room)
    code = (
        f"local {SECRET} = objects.create('invoice', {{amount = 100, lines = {{1, 2}}}}).id\n"
        f"objects.update('invoice', {SECRET}, {{paid = true}}) objects.delete('invoice', {SECRET})"
    )
    message = post(alice, number, action(code))
    found = wait_until(lambda: (events := world.events("object."))[2:] and events)
    by_name = {event["event"]: event for event in found}
    assert set(by_name) == {"object.created", "object.updated", "object.deleted"}
    created = by_name["object.created"]
    assert created["object"] == {"type": "invoice", "id": 1, "fields": {"amount": 100, "lines": [1, 2]}}
    assert (created["tenant_id"], created["thread_id"]) == (tenant.tenant_id, number)
    assert (created["message_id"], created["actor_id"]) == (message["id"], "alice")
    assert by_name["object.updated"]["object"]["fields"] == {"amount": 100, "lines": [1, 2], "paid": True}
    told = wait_until(lambda: (events := world.events("message."))[1:] and events)
    assert {event["message"]["content"] for event in told} >= {RESULT_ONLY}
    assert all(SECRET not in letter.decode() for _, letter in world.letters)


def test_a_preview_and_an_approval_that_fails_tell_no_webhook(tenant, alice, room, world):
    body = {"url": f"{world.url}/hook", "secret": SIGNING_SECRET, "events": ["object.*"]}
    assert tenant.as_backend().put("/admin/webhooks", json=body).status_code == 200
    number = read_prefixed(room)
    code = "if is_approved then error('never') end objects.create('invoice', {})"
    post(alice, number, action(code))
    post(alice, number, APPROVAL)
    told = wait_until(lambda: (found := messages(alice, number))[2:] and found)[2]["message"]
    assert told == "The action failed: action:1: never."
    post(alice, number, action("objects.create('invoice', {})"))
    post(alice, number, APPROVAL)
    wait_until(lambda: objects(tenant, "invoice"))
    assert [event["object"]["id"] for event in wait_until(lambda: world.events("object."))] == [1]


def test_links_in_code_are_nobodys_to_follow(alice, room, world):
    number = read_prefixed(room)
    post(alice, number, action(f"log('{world.url}/inside')", f"{world.url}/outside\n"))
    query = {"conversationId": str(number)}
    wait_until(lambda: alice.post("/chat/messages/list", json=query).json()["data"][0]["linkPreviews"])
    assert set(world.paths) == {"/outside"}
