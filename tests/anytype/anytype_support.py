"""What the Anytype tests share: a chat with clients for its users, a stream that collects events, an id decoder."""

import contextlib
import json
import queue
import socket
import threading
import time
from dataclasses import dataclass

import httpx
import httpx_sse
from multiformats import CID

SPACE, CHAT, MESSAGE, USER, FILE = 1, 2, 3, 4, 5


class Chat:
    """One chat and its users. Every call checks the status that it expects."""

    def __init__(self, tenant, space, chat):
        self.tenant = tenant
        self.space = space
        self.id = chat
        self.url = f"/v1/spaces/{space}/chats/{chat}"
        self._clients = {}

    @classmethod
    def main(cls, tenant, user="alice"):
        """The main chat of the space that every user is in."""
        space = tenant.as_user(user).get("/v1/spaces").json()["data"][0]
        return cls(tenant, space["id"], space["chat_id"])

    def __call__(self, user, method, path="", status=None, **more):
        if user not in self._clients:
            self._clients[user] = self.tenant.as_user(user)
        reply = self._clients[user].request(method, self.url + path, **more)
        if status is not None:
            assert reply.status_code == status, (reply.status_code, reply.text)
        assert reply.headers["anytype-version"] == "2025-11-08"
        return reply

    def send(self, user, text, **more):
        return self(user, "POST", "/messages", 201, json={"text": text, **more}).json()["message"]

    def edit(self, user, message, text, **more):
        return self(user, "PATCH", f"/messages/{id_of(message)}", 200, json={"text": text, **more}).json()["message"]

    def delete(self, user, message):
        self(user, "DELETE", f"/messages/{id_of(message)}", 204)

    def react(self, user, message, emoji):
        return self(user, "POST", f"/messages/{id_of(message)}/reactions", 200, json={"emoji": emoji}).json()["added"]

    def get(self, user, message):
        return self(user, "GET", f"/messages/{id_of(message)}", 200).json()["message"]

    def page(self, user, **query):
        return self(user, "GET", "/messages", 200, params=query).json()

    def texts(self, user, **query):
        return [message["content"]["text"] for message in self.page(user, **query)["messages"]]

    def state(self, user):
        return self.page(user, limit=1)["state"]

    def read(self, user, **body):
        self(user, "POST", "/read", 204, json=body)

    def search(self, user, query, **params):
        return self(user, "POST", "/search", 200, json={"query": query}, params=params).json()["results"]

    def stream(self, user, **more):
        return EventStream(self.tenant, user, self.url + "/subscribe", **more)


def id_of(message):
    return message["id"] if isinstance(message, dict) else message


@dataclass
class Event:
    name: str
    id: str
    data: object

    @property
    def text(self):
        """Of its message."""
        return self.data["message"]["content"]["text"]


class EventStream:
    """`with chat.stream("bob") as events`: what httpx-sse reads, collected by a thread."""

    def __init__(self, tenant, user, url, last_id=None, **query):
        headers = tenant.headers(user) | ({"Last-Event-ID": last_id} if last_id is not None else {})
        self._client = httpx.Client(base_url=tenant.server.url, headers=headers, timeout=30, trust_env=False)
        self._url = url
        self._query = query
        self._events = queue.Queue()
        self.last_id = last_id
        self.response = None

    def __enter__(self):
        self._connection = httpx_sse.connect_sse(self._client, "GET", self._url, params=self._query)
        source = self._connection.__enter__()
        self.response = source.response
        assert self.response.status_code == 200, self.response.read()
        self._thread = threading.Thread(target=self._collect, args=(source,), daemon=True)
        self._thread.start()
        return self

    def _collect(self, source):
        try:
            for event in source.iter_sse():
                data = json.loads(event.data) if event.data else event.data
                self._events.put(Event(event.event, event.id, data))
        except (httpx.HTTPError, httpx.StreamError, RuntimeError, OSError):
            pass  # The test has closed it, or the server.
        self._events.put(None)

    def next(self, name=None, timeout=10):
        """The next event, of that name where one is given: others are passed over. None at the stream's end."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"no event {name or ''} within {timeout} s")
            event = self._events.get(timeout=left)
            if event is None or name is None or event.name == name:
                if event is not None and event.id:
                    self.last_id = event.id
                return event
            self.last_id = event.id or self.last_id

    def until(self, condition, timeout=10):
        """Every event up to the first that fulfils the condition, that one included."""
        found = []
        while not found or not condition(found[-1]):
            event = self.next(timeout=timeout)
            assert event is not None, f"the stream has ended after {found}"
            found.append(event)
        return found

    def is_silent(self, seconds=0.5):
        try:
            event = self._events.get(timeout=seconds)
        except queue.Empty:
            return True
        raise AssertionError(f"not silent: {event}")

    def wait_for_end(self, timeout=10):
        while self.next(timeout=timeout) is not None:
            pass

    def __exit__(self, *error):
        # Closing the response from this thread would not wake the reader on every platform; the socket does.
        stream = self.response.extensions.get("network_stream")
        with contextlib.suppress(OSError):  # It may be closed already.
            stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._connection.__exit__(None, None, None)
        self._client.close()


def decode_cid(text):
    """(type, number) of an id, by a library that knows nothing of ours."""
    cid = CID.decode(text)
    assert (cid.version, cid.base.name, cid.codec.name, cid.hashfun.name) == (1, "base32", "dag-cbor", "identity")
    raw = cid.raw_digest
    assert len(raw) == 9
    return raw[0], int.from_bytes(raw[1:], "big")


def encode_cid(kind, number):
    """The same the other way round."""
    digest = bytes([kind]) + number.to_bytes(8, "big")
    return str(CID("base32", 1, "dag-cbor", ("identity", digest)))


def assert_error(reply, status, code, message=None, field=None):
    assert reply.status_code == status, (reply.status_code, reply.text)
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["anytype-version"] == "2025-11-08"
    body = reply.json()
    assert body["object"] == "error"
    assert body["status"] == status
    assert body["code"] == code, body
    assert body["message"]
    if message is not None:
        assert body["message"] == message, body
    assert body.get("field") == field, body


def wait_until(condition, timeout=10.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        outcome = condition()
        if outcome:
            return outcome
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")
