"""A foreign tenant's channels and users answer like absent ones, by the server API, on a connection and for tokens.

test_every_route.py cannot show it: the names of channels hold the ids.
"""

import json

import httpx
import jwt
import pytest
from harness.spelling import read_prefixed
from harness.tenant import Tenant
from websockets.sync.client import connect
from world import ABSENT_NUMBER

SERVER_API = {
    "publish": {"data": {"hello": 1}},
    "subscribe": {"user": "alice"},
    "unsubscribe": {"user": "alice"},
    "presence": {},
    "presence_stats": {},
    "history": {"limit": 10},
    "history_remove": {},
}


class Victim:
    def __init__(self, tenant):
        self.tenant = tenant
        self.alice = tenant.as_user("alice")
        room = self.alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
        assert self.alice.post(f"/rooms/{room}/messages", json={"content": "secret"}).status_code == 201
        self.room = read_prefixed(room)


@pytest.fixture
def victim(server):
    tenant = Tenant.create(server)
    yield Victim(tenant)
    tenant.close()


@pytest.fixture
def intruder(server):
    tenant = Tenant.create(server)
    yield tenant
    tenant.close()


def told(reply, channel):
    """What a reply tells, but for the name that was asked for."""
    return reply.status_code, reply.text.replace(channel, "CHANNEL")


def channels_of(victim):
    return f"chat:{victim.room}", f"chat:{ABSENT_NUMBER}"


@pytest.mark.parametrize("method", SERVER_API)
def test_the_server_api_knows_no_foreign_channel(method, victim, intruder):
    outcomes = {
        told(intruder.as_backend().post(f"/api/{method}", json={"channel": channel, **SERVER_API[method]}), channel)
        for channel in channels_of(victim)
    }
    assert len(outcomes) == 1, outcomes


def test_the_server_api_lists_and_ends_nothing_foreign(server, victim, intruder):
    def count(tenant):
        return tenant.as_backend().post("/api/info", json={}).json()["result"]["nodes"][0]["num_clients"]

    token = victim.alice.post("/realtime/connection-token", json={}).json()["token"]
    url = server.url.replace("http", "ws") + "/connection/websocket"
    with connect(url) as socket:
        socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
        assert "connect" in json.loads(socket.recv(timeout=10))
        assert count(victim.tenant) == 1 and count(intruder) == 0
        assert intruder.as_backend().post("/api/channels", json={}).json()["result"]["channels"] == {}
        assert intruder.as_backend().post("/api/disconnect", json={"user": "alice"}).json() == {"result": {}}
        socket.send(json.dumps({"id": 2, "presence_stats": {"channel": "user:alice"}}))
        assert json.loads(socket.recv(timeout=10))["id"] == 2


def test_a_connection_subscribes_to_nothing_foreign(server, victim, intruder):
    token = intruder.as_user("mallory").post("/realtime/connection-token", json={}).json()["token"]
    url = server.url.replace("http", "ws") + "/connection/websocket"
    with connect(url) as socket:
        socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
        assert "connect" in json.loads(socket.recv(timeout=10))
        errors = []
        for number, channel in enumerate(channels_of(victim), 2):
            socket.send(json.dumps({"id": number, "subscribe": {"channel": channel}}))
            errors.append(json.loads(socket.recv(timeout=10))["error"])
        assert errors[0] == errors[1]


def test_no_token_for_a_foreign_conversation(victim, intruder):
    ask = intruder.as_user("mallory").post
    outcomes = {
        told(ask("/chat/subscribe-token", json={"conversationId": str(number)}), str(number))
        for number in (victim.room, ABSENT_NUMBER)
    }
    assert len(outcomes) == 1 and next(iter(outcomes))[0] == 404


def test_a_foreign_token_opens_nothing(server, victim, intruder):
    """Signed by the intruder's own secret, but for the victim's tenant."""
    mine = intruder.as_user("mallory").post("/realtime/connection-token", json={}).json()["token"]
    theirs = victim.alice.post("/realtime/connection-token", json={}).json()["token"]
    claims = jwt.decode(theirs, options={"verify_signature": False})
    header = jwt.get_unverified_header(theirs)
    forged = jwt.encode(claims, "a secret that somebody has guessed, and wrongly", algorithm="HS256", headers={k: v for k, v in header.items() if k == "kid"})
    mixed = ".".join([*theirs.split(".")[:2], mine.split(".")[2]])
    for token in (forged, mixed):
        with connect(server.url.replace("http", "ws") + "/connection/websocket") as socket:
            socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
            with pytest.raises(Exception) as closed:
                while True:
                    reply = json.loads(socket.recv(timeout=10))
                    assert "connect" not in reply, reply
            assert "3500" in str(closed.value) or "invalid token" in str(closed.value)


def test_a_key_of_nobody_is_refused(server):
    reply = httpx.post(server.url + "/api/info", json={}, headers={"X-API-Key": "sk_nobody"}, trust_env=False)
    assert reply.status_code == 401
