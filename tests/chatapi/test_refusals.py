"""What bad input gets, endpoint by endpoint: the contract's envelope, the right status, the field at fault."""

import httpx
import pytest
from chatapi_support import assert_error, create_room, send

LONG = "x" * 65_537


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def room(alice):
    return create_room(alice, "group", ["bob"])


def refuse(reply, field):
    assert_error(reply, 400, "VALIDATION_ERROR", field)


ROOM_BODIES = [
    ({"type": "lobby", "members": ["bob"]}, "type"),
    ({"type": 7, "members": ["bob"]}, "type"),
    ({"members": ["bob"]}, "type"),
    ({"type": "group"}, "members"),
    ({"type": "group", "members": "bob"}, "members"),
    ({"type": "group", "members": ["bob", 7]}, "members[1]"),
    ({"type": "group", "members": ["bob"], "name": 7}, "name"),
    ({"type": "group", "members": ["bob"], "name": "n" * 256}, "name"),
    ({"type": "group", "members": ["bob"], "metadata": "m" * 20_000}, "metadata"),
    ({"type": "dm", "members": ["alice"]}, "members"),
    ({"type": "dm", "members": ["alice", "alice"]}, "members"),
    ({"type": "dm", "members": ["alice", "bob", "carol"]}, "members"),
    ({"type": "dm", "members": []}, "members"),
]


@pytest.mark.parametrize("body, field", ROOM_BODIES)
def test_create_room(alice, body, field):
    refuse(alice.post("/rooms", json=body), field)


@pytest.mark.parametrize("member", ["", "u" * 256, "line\nbreak"])
def test_create_room_with_an_impossible_member(alice, member):
    reply = alice.post("/rooms", json={"type": "group", "members": ["bob", member]})
    assert reply.status_code == 400
    assert reply.json()["error"]["field"].startswith("members")


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "content"),
        ({"content": ""}, "content"),
        ({"content": None}, "content"),
        ({"content": 7}, "content"),
        ({"content": LONG}, "content"),
        ({"content": "hi", "meta": {"long": LONG}}, "meta"),
        ({"content": "a\u0000b"}, "content"),
    ],
)
def test_send_message(alice, room, body, field):
    refuse(alice.post(f"/rooms/{room}/messages", json=body), field)


@pytest.mark.parametrize("body, field", [({}, "content"), ({"content": ""}, "content"), ({"content": LONG}, "content")])
def test_edit_message(alice, room, body, field):
    message = send(alice, room, "hi")["message_id"]
    refuse(alice.put(f"/rooms/{room}/messages/{message}", json=body), field)


@pytest.mark.parametrize(
    "fields, field",
    [
        ({"seq": "1"}, "seq"),
        ({"seq": -1}, "seq"),
        ({"seq": 1.5}, "seq"),
        ({"seq": 2**63}, "seq"),
        ({"seq": 99}, "seq"),
        ({}, "seq"),
        ({"room_id": 7, "seq": 1}, "room_id"),
        ({"room_id": None, "seq": 1}, "room_id"),
    ],
)
def test_acknowledge(alice, room, fields, field):
    refuse(alice.post("/acks", json={"room_id": room} | fields), field)


@pytest.mark.parametrize(
    "body, field",
    [
        ({"payload": {}}, "topic"),
        ({"topic": "", "payload": {}}, "topic"),
        ({"topic": "t" * 256, "payload": {}}, "topic"),
        ({"topic": "t"}, "payload"),
        ({"topic": "t", "payload": "text"}, "payload"),
        ({"topic": "t", "payload": [1]}, "payload"),
        ({"topic": "t", "payload": {"long": LONG}}, "payload"),
        ({"topic": "t", "payload": {}, "targets": []}, "targets"),
        ({"topic": "t", "payload": {}, "targets": {"user_ids": "bob"}}, "targets.user_ids"),
        ({"topic": "t", "payload": {}, "targets": {"user_ids": [1]}}, "targets.user_ids[0]"),
        ({"topic": "t", "payload": {}, "targets": {"topic_subscribers": "yes"}}, "targets.topic_subscribers"),
    ],
)
def test_notify(alice, body, field):
    refuse(alice.post("/notify", json=body), field)


@pytest.mark.parametrize("body, field", [({}, "topic"), ({"topic": ""}, "topic"), ({"topic": 1}, "topic")])
def test_subscribe(alice, body, field):
    refuse(alice.post("/subscriptions", json=body), field)


@pytest.mark.parametrize(
    "body, field",
    [({}, "user_id"), ({"user_id": ""}, "user_id"), ({"user_id": "bob", "role": "king"}, "role"), ({"user_id": 1}, "user_id")],
)
def test_add_member(alice, room, body, field):
    refuse(alice.post(f"/rooms/{room}/members", json=body), field)


@pytest.mark.parametrize("body, field", [({"name": 7}, "name"), ({"name": "n" * 256}, "name")])
def test_update_room(alice, room, body, field):
    refuse(alice.patch(f"/rooms/{room}", json=body), field)


BAD_NUMBERS = ["0", "-1", "ten", "1.5", "", "1e2", "-99999999999999999999"]


@pytest.mark.parametrize("path", ["/rooms", "/rooms/{room}/members", "/rooms/{room}/messages"])
@pytest.mark.parametrize("value", BAD_NUMBERS)
def test_limit(alice, room, path, value):
    refuse(alice.get(path.format(room=room), params={"limit": value}), "limit")


@pytest.mark.parametrize("path", ["/rooms", "/rooms/{room}/members", "/rooms/{room}/messages"])
def test_limit_and_offset_at_their_ends(alice, room, path):
    path = path.format(room=room)
    assert alice.get(path, params={"limit": "99999999999999999999"}).status_code == 200
    assert alice.get(path, params={"offset": "99999999999999999999"}).status_code == 200
    refuse(alice.get(path, params={"offset": "-1"}), "offset")
    refuse(alice.get(path, params={"offset": "some"}), "offset")


@pytest.mark.parametrize("value", ["-1", "x", "1.5"])
def test_after_seq(alice, room, value):
    refuse(alice.get(f"/rooms/{room}/messages", params={"after_seq": value}), "after_seq")


def test_dead_letters(tenant, other_tenant, alice):
    path = "/admin/dead-letters"
    refuse(alice.get(path), "tenant_id")
    refuse(alice.get(path, params={"tenant_id": tenant.tenant_id, "limit": 0}), "limit")
    assert_error(alice.get(path, params={"tenant_id": other_tenant.tenant_id}), 403, "AUTHORIZATION_ERROR")
    assert_error(alice.get(path, params={"tenant_id": "tenant_zzzzzz"}), 403, "AUTHORIZATION_ERROR")
    assert tenant.as_backend().get(path, params={"tenant_id": tenant.tenant_id}).status_code == 200


POSTS = ["/rooms", "/rooms/{room}/messages", "/rooms/{room}/members", "/acks", "/notify", "/subscriptions"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"content": }',
        b"[]",
        b'"text"',
        b"null",
        b"{} trailing",
        b'{"content": "\xff\xfe"}',
        b'{"content": "\\ud800"}',
        b"[" * 200,
        b"\x00",
        '{"content": "latin1 \xe9"}'.encode("latin-1"),
    ],
)
def test_bodies_that_are_no_json_objects(alice, room, path, body):
    reply = alice.post(path.format(room=room), content=body, headers={"Content-Type": "application/json"})
    refuse(reply, "body")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_content_type(alice, room, path, kind):
    reply = alice.post(path.format(room=room), content=b"{}", headers={"Content-Type": kind})
    assert_error(reply, 415, "UNSUPPORTED_MEDIA_TYPE", reply.json()["error"].get("field"))


def test_body_over_the_limit(alice, room):
    reply = alice.post(f"/rooms/{room}/messages", json={"content": "x" * (2 << 20)})
    assert_error(reply, 413, "PAYLOAD_TOO_LARGE", reply.json()["error"].get("field"))


def test_headers_over_the_limit(alice):
    reply = alice.get("/rooms", headers={"X-Filler": "x" * 60_000})
    assert reply.status_code == 431


def test_unknown_path_and_method(alice, room):
    assert alice.get("/no/such/path").status_code == 404
    assert alice.delete(f"/rooms/{room}").status_code == 405


EVERY_ROUTE = [
    ("POST", "/rooms"),
    ("GET", "/rooms"),
    ("GET", "/rooms/room_1"),
    ("PATCH", "/rooms/room_1"),
    ("GET", "/rooms/room_1/members"),
    ("POST", "/rooms/room_1/members"),
    ("POST", "/rooms/room_1/messages"),
    ("GET", "/rooms/room_1/messages"),
    ("PUT", "/rooms/room_1/messages/msg_1"),
    ("DELETE", "/rooms/room_1/messages/msg_1"),
    ("POST", "/acks"),
    ("POST", "/notify"),
    ("GET", "/admin/dead-letters"),
    ("POST", "/ws/token"),
    ("GET", "/subscriptions"),
    ("POST", "/subscriptions"),
    ("DELETE", "/subscriptions/1"),
]


@pytest.mark.parametrize("method, path", EVERY_ROUTE)
def test_without_a_credential(server, tenant, method, path):
    def ask(**headers):
        return httpx.request(method, server.url + path, headers=headers, trust_env=False)

    assert_error(ask(), 401, "AUTHENTICATION_ERROR")
    assert_error(ask(**{"X-User-Id": "alice"}), 401, "AUTHENTICATION_ERROR")
    assert_error(ask(**{"X-API-Key": "sk_" + "0" * 48, "X-User-Id": "alice"}), 401, "AUTHENTICATION_ERROR")
    assert_error(ask(Authorization="Basic YTpi"), 401, "AUTHENTICATION_ERROR")
    if path != "/admin/dead-letters":
        assert_error(ask(**{"X-API-Key": tenant.api_key}), 401, "AUTHENTICATION_ERROR")


def test_strangers_to_a_room(tenant, alice, room):
    mallory = tenant.as_user("mallory")
    message = send(alice, room, "secret")["message_id"]
    for reply in [
        mallory.get(f"/rooms/{room}"),
        mallory.patch(f"/rooms/{room}", json={"name": "mine"}),
        mallory.get(f"/rooms/{room}/members"),
        mallory.post(f"/rooms/{room}/members", json={"user_id": "mallory"}),
        mallory.get(f"/rooms/{room}/messages"),
        mallory.post(f"/rooms/{room}/messages", json={"content": "hi"}),
        mallory.put(f"/rooms/{room}/messages/{message}", json={"content": "hi"}),
        mallory.delete(f"/rooms/{room}/messages/{message}"),
        mallory.post("/acks", json={"room_id": room, "seq": 1}),
        mallory.post("/notify", json={"topic": "t", "payload": {}, "targets": {"room_id": room}}),
    ]:
        assert_error(reply, 403, "AUTHORIZATION_ERROR")


def test_members_who_are_no_admins(tenant, alice, room):
    bob = tenant.as_user("bob")
    message = send(alice, room, "mine")["message_id"]
    assert_error(bob.patch(f"/rooms/{room}", json={"name": "bob's"}), 403, "AUTHORIZATION_ERROR")
    assert_error(bob.post(f"/rooms/{room}/members", json={"user_id": "eve"}), 403, "AUTHORIZATION_ERROR")
    assert_error(bob.put(f"/rooms/{room}/messages/{message}", json={"content": "x"}), 403, "AUTHORIZATION_ERROR")
    assert_error(bob.delete(f"/rooms/{room}/messages/{message}"), 403, "AUTHORIZATION_ERROR")


@pytest.mark.parametrize("spelling", ["room_zzzzzzzz", "room_", "room_0", "room_01", "ROOM_1", "nonsense", "1", "room_-1"])
def test_rooms_that_are_not_there(alice, spelling):
    assert_error(alice.get(f"/rooms/{spelling}"), 404, "NOT_FOUND")
    assert_error(alice.post("/acks", json={"room_id": spelling, "seq": 1}), 404, "NOT_FOUND")
    reply = alice.post("/notify", json={"topic": "t", "payload": {}, "targets": {"room_id": spelling}})
    assert_error(reply, 404, "NOT_FOUND")


def test_messages_that_are_not_there(alice, room):
    for spelling in ["msg_zzzzzzzz", "nonsense", "msg_"]:
        path = f"/rooms/{room}/messages/{spelling}"
        assert_error(alice.put(path, json={"content": "x"}), 404, "NOT_FOUND")
        assert_error(alice.delete(path), 404, "NOT_FOUND")
    message = send(alice, room, "here")["message_id"]
    elsewhere = create_room(alice, "group", ["bob"])
    assert_error(alice.delete(f"/rooms/{elsewhere}/messages/{message}"), 404, "NOT_FOUND")
    assert alice.delete(f"/rooms/{room}/messages/{message}").status_code == 204
    assert_error(alice.delete(f"/rooms/{room}/messages/{message}"), 404, "NOT_FOUND")
    assert_error(alice.put(f"/rooms/{room}/messages/{message}", json={"content": "x"}), 404, "NOT_FOUND")


def test_a_dm_takes_no_third_member(alice):
    room = create_room(alice, "dm", ["alice", "bob"])
    reply = alice.post(f"/rooms/{room}/members", json={"user_id": "carol"})
    assert reply.status_code in (403, 409)


def test_an_unknown_subscription(alice):
    for spelling in ["999999", "x", "-1", "01"]:
        assert_error(alice.delete(f"/subscriptions/{spelling}"), 404, "NOT_FOUND")


def test_the_websocket_without_an_upgrade(alice):
    assert_error(alice.get("/ws"), 400, "VALIDATION_ERROR", "upgrade")
