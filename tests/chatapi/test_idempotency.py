"""Idempotency-Key: the first answer again, one message, also when racing and after a restart."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from chatapi_support import assert_error, create_room, messages


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


def key(value):
    return {"Idempotency-Key": value}


def test_the_first_answer_again(alice):
    room = create_room(alice, "group", ["bob"])
    path = f"/rooms/{room}/messages"
    first = alice.post(path, json={"content": "once"}, headers=key("k1"))
    again = alice.post(path, json={"content": "once"}, headers=key("k1"))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(messages(alice, room)) == 1


def test_another_body_under_the_same_key(alice):
    path = f"/rooms/{create_room(alice, 'group', ['bob'])}/messages"
    alice.post(path, json={"content": "once"}, headers=key("k2"))
    reply = alice.post(path, json={"content": "twice"}, headers=key("k2"))
    assert_error(reply, 422, "IDEMPOTENCY_MISMATCH", reply.json()["error"].get("field"))


def test_a_key_belongs_to_its_user(tenant, alice):
    bob = tenant.as_user("bob")
    room = create_room(alice, "group", ["bob"])
    path = f"/rooms/{room}/messages"
    assert alice.post(path, json={"content": "mine"}, headers=key("same")).json()["seq"] == 1
    assert bob.post(path, json={"content": "mine"}, headers=key("same")).json()["seq"] == 2


def test_an_error_is_not_kept(tenant, alice):
    bob = tenant.as_user("bob")
    room = create_room(bob, "group", [])
    path = f"/rooms/{room}/messages"
    assert alice.post(path, json={"content": "hi"}, headers=key("k3")).status_code == 403
    bob.post(f"/rooms/{room}/members", json={"user_id": "alice"})
    assert alice.post(path, json={"content": "hi"}, headers=key("k3")).status_code == 201


def test_twenty_racing_senders(tenant, alice):
    room = create_room(alice, "group", ["bob"])
    clients = [tenant.as_user("alice") for _ in range(20)]

    def post(client):
        return client.post(f"/rooms/{room}/messages", json={"content": "once"}, headers=key("race"))

    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(post, clients))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.text for reply in replies}) == 1
    assert len(messages(alice, room)) == 1


def test_after_a_restart(server, tenant):
    alice = tenant.as_user("alice")
    room = create_room(alice, "group", ["bob"])
    path = f"/rooms/{room}/messages"
    first = alice.post(path, json={"content": "once"}, headers=key("kept"))
    server.kill()
    server.restart()
    alice = tenant.as_user("alice")
    again = alice.post(path, json={"content": "once"}, headers=key("kept"))
    assert again.json() == first.json()
    assert len(messages(alice, room)) == 1


@pytest.mark.parametrize(
    "path, body",
    [
        ("/rooms", {"type": "group", "members": ["bob"]}),
        ("/rooms", {"type": "dm", "members": ["alice", "bob"]}),
        ("/rooms/{room}/members", {"user_id": "carol"}),
        ("/acks", {"room_id": "{room}", "seq": 0}),
        ("/notify", {"topic": "t", "payload": {}, "targets": {"user_ids": ["alice"]}}),
        ("/subscriptions", {"topic": "t"}),
    ],
)
def test_every_post(alice, path, body):
    room = create_room(alice, "group", ["bob"])
    body = {name: value.format(room=room) if isinstance(value, str) else value for name, value in body.items()}
    replies = [alice.post(path.format(room=room), json=body, headers=key("any")) for _ in range(2)]
    assert replies[0].status_code < 300
    assert replies[0].status_code == replies[1].status_code
    assert replies[0].text == replies[1].text
    assert replies[1].headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("value", ["", "k" * 256])
def test_a_key_that_is_none(alice, value):
    reply = alice.post("/subscriptions", json={"topic": "t"}, headers=key(value))
    assert reply.status_code == 400, reply.text
