"""What the Struct tests share: an organisation with people of every rank, and readable requests."""

import json
import re
import sqlite3
import subprocess
import time

import httpx
from harness.server import MASTER_KEY
from harness.tenant import Tenant
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ID = re.compile(r"([1-6])([A-O])([0-9a-f]+)")

RANKS = {"olga": "owner", "adam": "admin", "mona": "moderator", "mike": "member", "mary": "member", "gina": "guest"}


class Org:
    """A tenant with Olga (owner), Adam (admin), Mona (moderator), Mike and Mary (members) and Gina (guest).

    `org["mike"]` is a client with Mike's own bearer token, as Struct's clients have one; `org.ids["mike"]` is his id.
    """

    def __init__(self, server, hostname=None, **fields):
        self.server = server
        self.tenant = Tenant.create(server, **fields)
        if hostname:
            master = {"X-Master-Key": MASTER_KEY}
            url = f"{server.url}/admin/tenants/{self.tenant.tenant_id}"
            assert httpx.patch(url, json={"hostname": hostname}, headers=master, trust_env=False).status_code == 200
        self.hostname = hostname
        self.id = self.tenant.org_id
        self.tokens = {}
        self.clients = {}
        backend = self.tenant.as_backend()
        for name, role in RANKS.items():
            body = {"role": role, "name": name.capitalize()}
            assert backend.put(f"/admin/users/{name}", json=body).status_code == 200
            self.token_of(name)
        self.ids = {user["xid"]: user["id"] for user in ok(self["olga"].get("/v1/users"))["data"]}

    def token_of(self, name):
        if name not in self.tokens:
            reply = self.tenant.as_backend().post("/admin/tokens", json={"user_id": name})
            assert reply.status_code < 300, reply.text
            self.tokens[name] = reply.json()["token"]
        return self.tokens[name]

    def __getitem__(self, name):
        if name not in self.clients:
            self.clients[name] = self.client(Authorization=f"Bearer {self.token_of(name)}")
        return self.clients[name]

    def client(self, **headers):
        return httpx.Client(base_url=self.server.url, headers=headers, timeout=10, trust_env=False)

    def stranger(self):
        """Nobody, who names the organisation by its header."""
        return self.client(**{"x-struct-orgid": self.id})

    def channel(self, bits="chan_anyone", name="general", by="olga", **more):
        body = {"name": name, "bits": {bits: True}} | more
        return ok(self[by].post("/v1/channels", json=body))["data"]["id"]

    def thread(self, channel, text="Hello there", by="olga", **more):
        """The ids of the thread and of its first chat."""
        made = ok(self[by].post("/v1/threads", json={"text": text, "xsr_ids": [channel]} | more))
        return made["thread_id"], made["chat_id"]

    def chat(self, thread, text, by="olga", **more):
        return ok(self[by].post("/v1/chats", json={"thread_id": thread, "text": text, **more}))["chat_id"]

    def chats(self, thread, by="olga", **query):
        return ok(self[by].get(f"/v1/chats/{thread}", params=query))["chats"]

    def opened(self, thread, by="olga"):
        return ok(self[by].get(f"/v1/threads/{thread}"))

    def feed(self, feed="6N1", by="olga", **query):
        return ok(self[by].get(f"/v1/feed/{feed}", params=query))["data"]

    def in_feed(self, feed="6N1", by="olga", **query):
        """Ids of the threads of a page, in their order."""
        return [thread["id"] for thread in self.feed(feed, by, **query)]

    def close(self):
        for client in self.clients.values():
            client.close()
        self.tenant.close()


def ok(reply):
    assert reply.status_code == 200, (reply.request.url, reply.status_code, reply.text)
    assert reply.headers["content-type"] == "application/json"
    body = reply.json()
    assert body.get("ok") is True, body
    return body


def assert_error(reply, status, *words):
    """The dialect's error shape, with each of the words in its sentence."""
    assert reply.status_code == status, (reply.status_code, reply.text)
    assert reply.headers["content-type"] == "application/json"
    body = reply.json()
    assert list(body) == ["ok", "error"] and body["ok"] is False and body["error"], body
    for word in words:
        assert word in body["error"], body


def number_of(text):
    """The integer of an id, which must be spelled by the letter rule."""
    kind, letter, digits = ID.fullmatch(text).groups()
    assert ord(letter) == ord("O") - len(digits), text
    assert digits == "0" or not digits.startswith("0"), text
    return int(digits, 16)


def settled(value):
    """Ids replaced by their type, times by TIME; everything else as it is, in its order."""
    if isinstance(value, dict):
        return {key: settled_field(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [settled(item) for item in value]
    if isinstance(value, str) and ID.fullmatch(value):
        number_of(value)
        return f"{value[0]}_ID"
    return value


def settled_field(key, value):
    if key in ("created_at", "updated_at"):
        assert isinstance(value, int) and 1_700_000_000 < value < 4_000_000_000, (key, value)
        return "TIME"
    return settled(value)


def wait_until(condition, timeout=15.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        outcome = condition()
        if outcome:
            return outcome
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


class Socket:
    """A client's end of /v1/ws. Frames arrive in `seen`, in their order."""

    def __init__(self, org, user, path="/v1/ws", headers=None, **options):
        if headers is None:
            headers = {"Authorization": f"Bearer {org.token_of(user)}"}
        url = org.server.ws_url + path
        self.raw = connect(url, additional_headers=headers, max_size=None, proxy=None, legacy=True, **options)
        self.seen = []
        self.waiting = []  # received, and not asked for yet

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.raw.close()

    def send(self, frame):
        self.raw.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame))

    def presence(self, **args):
        self.send({"path": "/presence", "args": args} if args else {"path": "/presence"})

    def feed(self, feed_id, thread_ids=(), **more):
        """Shows a feed, and waits until the server has taken it up: frames are answered one after the other. What comes
        meanwhile is there for later."""
        self.send({"path": "/feed", "args": {"feed_id": feed_id, "thread_ids": list(thread_ids), **more}})
        self.send({"path": "/echo"})
        while True:
            frame = json.loads(self.raw.recv(timeout=10))
            if frame["path"] == "server/error" and frame["request_path"] == "/echo":
                return
            self.waiting.append(frame)

    def next(self, timeout=10.0):
        frame = self.waiting.pop(0) if self.waiting else json.loads(self.raw.recv(timeout=timeout))
        self.seen.append(frame)
        return frame

    def expect(self, path, timeout=10.0, **fields):
        """The next frame of that path (and with these fields), skipping others."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.next(max(0.01, deadline - time.monotonic()))
            if frame["path"] == path and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def moves(self, quiet=0.5):
        """Everything that arrives until nothing has for a while: ids of moved threads, with + where they came whole."""
        return [f"{frame['thread_id']}{'+' if 'data' in frame else ''}" for frame in self.settle(quiet) if is_move(frame)]

    def settle(self, quiet=0.5):
        frames = []
        try:
            while True:
                frames.append(self.next(quiet))
        except TimeoutError:
            return frames

    def closing(self, timeout=15.0):
        """Reads to the end; the close code and reason."""
        deadline = time.monotonic() + timeout
        try:
            while time.monotonic() < deadline:
                self.next(max(0.01, deadline - time.monotonic()))
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "closed without a close frame"
            return closed.rcvd.code, closed.rcvd.reason
        raise AssertionError("the connection is still open")


def is_move(frame):
    return frame["path"] == "server/feed" and frame["action"] == "move_to_top"


def run_sql(server, statement):
    """Changes the server's database behind its back: what else only time would do."""
    if server.database:
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, server.database]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return
    database = sqlite3.connect(server.data / "parlance.db", timeout=10)
    with database:
        database.execute(statement)
    database.close()


def set_next_id(server, table, number):
    """The next row of the table gets this id."""
    if server.database:
        return run_sql(server, f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number - 1})")
    run_sql(server, f"INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', 0 WHERE NOT EXISTS"
                    f" (SELECT 1 FROM sqlite_sequence WHERE name = '{table}')")
    run_sql(server, f"UPDATE sqlite_sequence SET seq = {number - 1} WHERE name = '{table}'")
