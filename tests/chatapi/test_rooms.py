"""Rooms, members and messages beyond the samples."""

import json

import pytest
from chatapi_support import all_messages, create_room, messages, send


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


def test_the_creator_is_added_as_admin(alice):
    for kind in ("group", "channel"):
        room = create_room(alice, kind, ["bob"])
        members = {member["user_id"]: member["role"] for member in alice.get(f"/rooms/{room}/members").json()}
        assert members == {"alice": "admin", "bob": "member"}


def test_only_dms_have_a_unique_key(alice):
    group = alice.post("/rooms", json={"type": "group", "members": ["bob"]}).json()
    assert "unique_key" not in group and group["name"] is None
    dm = alice.post("/rooms", json={"type": "dm", "members": ["bob", "alice"]}).json()
    assert dm["unique_key"] == "dm:alice:bob"
    assert alice.get(f"/rooms/{dm['room_id']}").json() == dm


def test_two_groups_of_the_same_members_are_two(alice):
    assert create_room(alice, "group", ["bob"]) != create_room(alice, "group", ["bob"])


def test_my_rooms(tenant, alice, bob):
    first = create_room(alice, "group", ["bob"], name="first")
    second = create_room(alice, "group", ["bob"], name="second")
    create_room(tenant.as_user("carol"), "group", ["alice"])
    rooms = lambda **query: [room["room_id"] for room in bob.get("/rooms", params=query).json()["rooms"]]
    assert rooms() == [second, first]
    send(alice, first, "wakes it")
    assert rooms() == [first, second]
    assert rooms(limit=1, offset=1) == [second]


def test_changing_a_room(alice, bob):
    room = create_room(alice, "group", ["bob"], name="before", metadata={"colour": "red"})
    path = f"/rooms/{room}"
    assert bob.get(path).json()["metadata"] == {"colour": "red"}
    changed = alice.patch(path, json={"name": "after"})
    assert changed.status_code == 200
    assert changed.json()["name"] == "after" and changed.json()["metadata"] == {"colour": "red"}
    assert alice.patch(path, json={"metadata": "plain"}).json()["metadata"] == "plain"
    cleared = alice.patch(path, json={"name": None, "metadata": None}).json()
    assert cleared["name"] is None and "metadata" not in cleared
    assert bob.get(path).json() == cleared


def test_adding_a_member(tenant, alice):
    room = create_room(alice, "group", ["bob"])
    reply = alice.post(f"/rooms/{room}/members", json={"user_id": "carol"})
    assert reply.status_code == 201
    assert reply.json()["user_id"] == "carol" and reply.json()["role"] == "member"
    send(tenant.as_user("carol"), room, "hello")
    assert alice.post(f"/rooms/{room}/members", json={"user_id": "carol", "role": "admin"}).json()["role"] == "admin"
    assert alice.post(f"/rooms/{room}/members", json={"user_id": "carol"}).json()["role"] == "admin"
    listed = [member["user_id"] for member in alice.get(f"/rooms/{room}/members").json()]
    assert listed == ["alice", "bob", "carol"]


METAS = [
    '{"type": "text", "mentions": ["user2"]}',
    "[1, 2, 3]",
    '"a string"',
    "1.0",
    "12345678901234567890123",
    "1e400",
    "true",
    "null",
    '{"b":1,"a":{"é":"\\u00e9"},  "big":1.000000000000000000001}',
]


@pytest.mark.parametrize("meta", METAS)
def test_meta_is_echoed_as_it_was_written(alice, meta):
    room = create_room(alice, "group", ["bob"])
    body = '{"content":"x","meta":%s}' % meta
    reply = alice.post(f"/rooms/{room}/messages", content=body.encode(), headers={"Content-Type": "application/json"})
    assert reply.status_code == 201, reply.text
    assert f'"meta":{meta}' in alice.get(f"/rooms/{room}/messages").text


def test_a_message_without_meta_has_none(alice):
    room = create_room(alice, "group", ["bob"])
    send(alice, room, "plain")
    assert "meta" not in messages(alice, room)[0]


def test_any_text_comes_back(alice):
    room = create_room(alice, "group", ["bob"])
    texts = ["héllo wörld 👋🏽", "\"quotes\" \\ and \n lines", "\u202eright to left", " spaces ", "\u0001 control", "x" * 65_536]
    for text in texts:
        send(alice, room, text)
    assert [message["content"] for message in messages(alice, room)] == texts


def test_editing_and_deleting(alice, bob):
    room = create_room(alice, "group", ["bob"])
    first, second = send(alice, room, "first"), send(alice, room, "second", meta={"kept": True})
    edited = alice.put(f"/rooms/{room}/messages/{second['message_id']}", json={"content": "changed"})
    assert edited.status_code == 200
    body = edited.json()
    assert body["content"] == "changed" and body["seq"] == 2 and body["meta"] == {"kept": True} and body["edited_at"]
    assert messages(bob, room)[1] == body
    reply = alice.delete(f"/rooms/{room}/messages/{first['message_id']}")
    assert reply.status_code == 204 and reply.content == b""
    assert [message["seq"] for message in messages(bob, room)] == [2]
    assert send(bob, room, "third")["seq"] == 3


def test_sequence_numbers_are_each_room_s_own(alice):
    rooms = [create_room(alice, "group", ["bob"]) for _ in range(2)]
    for number in range(1, 6):
        for room in rooms:
            assert send(alice, room, "x")["seq"] == number
    assert [message["seq"] for message in all_messages(alice, rooms[0])] == [1, 2, 3, 4, 5]


def test_racing_creators_of_one_dm(tenant):
    from concurrent.futures import ThreadPoolExecutor

    clients = [tenant.as_user(("alice", "bob")[number % 2]) for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda client: client.post("/rooms", json={"type": "dm", "members": ["alice", "bob"]}), clients))
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 9
    rooms = {(reply.json().get("room") or reply.json())["room_id"] for reply in replies}
    assert len(rooms) == 1


def test_acknowledgements_only_move_forward(alice, bob):
    room = create_room(alice, "group", ["bob"])
    for number in range(3):
        send(alice, room, str(number))
    for seq in (2, 1, 2, 0, 3):
        reply = bob.post("/acks", json={"room_id": room, "seq": seq})
        assert reply.status_code == 200 and reply.json() == {"success": True}


def test_subscriptions(alice, bob):
    first = alice.post("/subscriptions", json={"topic": "order.shipped"})
    assert first.status_code == 201
    body = first.json()
    assert list(body) == ["id", "subscriber_id", "topic", "created_at"]
    assert isinstance(body["id"], int) and body["subscriber_id"] == "alice" and body["topic"] == "order.shipped"
    assert alice.post("/subscriptions", json={"topic": "order.shipped"}).json() == body
    assert alice.get("/subscriptions").json() == {"subscriptions": [body]}
    assert bob.get("/subscriptions").json() == {"subscriptions": []}
    assert bob.delete(f"/subscriptions/{body['id']}").status_code == 404
    assert alice.delete(f"/subscriptions/{body['id']}").status_code == 204
    assert alice.get("/subscriptions").json() == {"subscriptions": []}


def test_replies_are_utf_8_json(alice):
    room = create_room(alice, "group", ["bob"], name="Büro 🏢")
    reply = alice.get(f"/rooms/{room}")
    assert json.loads(reply.content.decode("utf-8"))["name"] == "Büro 🏢"
