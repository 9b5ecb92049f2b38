"""What the tests of the Centrifugo protocol share: a client that shows every frame, and calls of the server API."""

import json
import time

import httpx
import jwt
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def connection_token(tenant, user):
    reply = tenant.as_user(user).post("/realtime/connection-token", json={})
    assert reply.status_code == 200, reply.text
    return reply.json()["token"]


def subscribe_token(tenant, user, conversation):
    reply = tenant.as_user(user).post("/chat/subscribe-token", json={"conversationId": conversation})
    assert reply.status_code == 200, reply.text
    return reply.json()["token"]


def create_group(tenant, owner, *members):
    reply = tenant.as_user(owner).post(
        "/chat/conversations/create", json={"visibility": "group", "memberIds": list(members)}
    )
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def send(tenant, user, conversation, content, **more):
    reply = tenant.as_user(user).post(
        "/chat/messages/send", json={"conversationId": conversation, "content": content, **more}
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


def remove(tenant, owner, conversation, user):
    reply = tenant.as_user(owner).post(f"/chat/conversations/{conversation}/members/remove", json={"userId": user})
    assert reply.status_code == 200, reply.text


def declare(tenant, *names):
    reply = tenant.as_backend().put("/admin/namespaces", json={"names": list(names)})
    assert reply.status_code == 200, reply.text


class Issuer:
    """The tenant's own issuer of tokens, HS256."""

    def __init__(self, tenant, secret="an issuer's secret of the tests' own"):
        self.secret = secret
        self.name = f"https://issuer.example/{tenant.tenant_id}"
        reply = tenant.as_backend().put(
            "/admin/jwt", json={"algorithm": "HS256", "secret": secret, "issuer": self.name}
        )
        assert reply.status_code == 200, reply.text

    def token(self, user, seconds=60, **claims):
        content = {"sub": user, "iss": self.name, "iat": int(time.time()), **claims}
        if seconds is not None:
            content["exp"] = int(time.time()) + seconds
        return jwt.encode(content, self.secret, algorithm="HS256")


class ServerApi:
    """POST /api/<method> with the tenant's key."""

    def __init__(self, tenant):
        self.client = httpx.Client(
            base_url=tenant.server.url, headers={"X-API-Key": tenant.api_key}, timeout=10, trust_env=False
        )

    def raw(self, method, body=None, **more):
        return self.client.post(f"/api/{method}", json=body or {}, **more)

    def __call__(self, method, **body):
        reply = self.raw(method, body)
        assert reply.status_code == 200, (reply.status_code, reply.text)
        answer = reply.json()
        assert "error" not in answer, answer
        return answer["result"]

    def error(self, method, **body):
        reply = self.raw(method, body)
        assert reply.status_code == 200, (reply.status_code, reply.text)
        assert set(reply.json()) == {"error"}, reply.text
        return reply.json()["error"]


class RawClient:
    """One WebSocket. Replies and pushes are kept in `seen`; pings are answered unless told otherwise.

    Whatever comes is taken from the network at once, unless `max_queue` says otherwise: a client that holds a full queue
    does not see the server's answer to its close, and waits for it as long as it may.
    """

    def __init__(self, server, path="/connection/websocket", answers_pings=True, max_queue=None, **options):
        self.socket = connect(server.ws_url + path, max_size=None, max_queue=max_queue, **options).__enter__()
        self.answers_pings = answers_pings
        self.seen = []
        self.frames = []
        self.pings = 0
        self.ids = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def write(self, *commands):
        self.socket.send("\n".join(c if isinstance(c, str) else json.dumps(c) for c in commands))

    def request(self, name, body=None, timeout=10.0):
        """The reply to one command."""
        self.ids += 1
        self.write({"id": self.ids, name: body or {}})
        return self.reply(self.ids, timeout)

    def result(self, name, body=None):
        reply = self.request(name, body)
        assert name in reply, reply
        return reply[name]

    def error(self, name, body=None):
        reply = self.request(name, body)
        assert set(reply) == {"id", "error"}, reply
        return reply["error"]

    def connect(self, token=None, **fields):
        return self.result("connect", {**({"token": token} if token else {}), **fields})

    def reply(self, number, timeout=10.0):
        return self.wait(lambda item: item.get("id") == number, timeout)

    def push(self, kind, channel=None, timeout=10.0, where=lambda content: True):
        """The next push of that kind (taken out of those seen)."""

        def matches(item):
            push = item.get("push", {})
            return kind in push and (channel is None or push.get("channel") == channel) and where(push[kind])

        return self.wait(matches, timeout)["push"][kind]

    def event(self, channel, kind, timeout=10.0):
        """The data of the next publication of that type, with its offset."""
        content = self.push("pub", channel, timeout, lambda pub: pub["data"].get("type") == kind)
        return content["data"]["data"] | {"__offset": content.get("offset")}

    def wait(self, matches, timeout=10.0):
        deadline = time.monotonic() + timeout
        while True:
            for index, item in enumerate(self.seen):
                if matches(item):
                    return self.seen.pop(index)
            self.read(max(0.01, deadline - time.monotonic()))

    def read(self, timeout):
        frame = self.socket.recv(timeout=timeout)
        self.frames.append(frame)
        for line in frame.split("\n"):
            item = json.loads(line)
            if item == {}:
                self.pings += 1
                if self.answers_pings:
                    self.socket.send("{}")
            else:
                self.seen.append(item)

    def settle(self, quiet=0.4):
        """Everything that has come when nothing has for a while."""
        try:
            while True:
                self.read(quiet)
        except TimeoutError:
            seen, self.seen = self.seen, []
            return seen

    def closing(self, timeout=15.0):
        """Reads to the end; the close code and reason."""
        deadline = time.monotonic() + timeout
        try:
            while time.monotonic() < deadline:
                self.read(max(0.01, deadline - time.monotonic()))
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "closed without a close frame"
            return closed.rcvd.code, closed.rcvd.reason
        raise AssertionError("the connection is still open")


def eventually(check, timeout=10.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if check():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")
