"""What the ChatAPI tests share: readable requests and a WebSocket that waits for frames."""

import json
import sqlite3
import subprocess
import time
import urllib.parse

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def create_room(client, kind="group", members=(), **more):
    reply = client.post("/rooms", json={"type": kind, "members": list(members), **more})
    assert reply.status_code == 201, reply.text
    return reply.json()["room_id"]


def send(client, room, content, **more):
    reply = client.post(f"/rooms/{room}/messages", json={"content": content, **more})
    assert reply.status_code == 201, reply.text
    return reply.json()


def messages(client, room, **query):
    reply = client.get(f"/rooms/{room}/messages", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


def all_messages(client, room):
    """The whole log, page by page."""
    found = []
    while True:
        page = messages(client, room, after_seq=found[-1]["seq"] if found else 0, limit=100)
        found += page
        if len(page) < 100:
            return found


def assert_error(reply, status, code, field=None):
    assert reply.status_code == status, (reply.status_code, reply.text)
    assert reply.headers["content-type"].startswith("application/json")
    body = reply.json()
    assert body["success"] is False
    assert body["error"]["code"] == code, body
    assert body["error"]["message"]
    assert body["error"].get("field") == field, body


def wait_until(condition, timeout=10.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        outcome = condition()
        if outcome:
            return outcome
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


class Socket:
    """A client's end of /ws. Frames arrive in `seen`, in their order."""

    def __init__(self, server, tenant=None, user=None, path=None, headers=None, **options):
        if path is None:
            path = "/ws"
            headers = headers or {"X-API-Key": tenant.api_key, "X-User-Id": user}
        self.raw = connect(server.ws_url + path, additional_headers=headers, max_size=None, proxy=None, legacy=True, **options)
        self.seen = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.raw.close()

    def send(self, frame):
        self.raw.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame))

    def next(self, timeout=10.0):
        frame = json.loads(self.raw.recv(timeout=timeout))
        self.seen.append(frame)
        return frame

    def expect(self, kind, timeout=10.0, **fields):
        """The next frame of that type (and with these fields), skipping others."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.next(max(0.01, deadline - time.monotonic()))
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def settle(self, quiet=0.4):
        """Everything that arrives until nothing has for a while."""
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


def query(**fields):
    return urllib.parse.urlencode(fields)


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
