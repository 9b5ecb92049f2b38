"""Every sample of the source text, with the exact reply (ids and times apart)."""

import re

import httpx
from chatapi_support import Socket, assert_error, create_room, messages, send, wait_until
from harness.tenant import Tenant

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def settled(value):
    """Ids and times replaced by their shape; everything else as it is, in its order."""
    if isinstance(value, dict):
        return {key: settled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [settled(item) for item in value]
    if isinstance(value, str):
        if TIME.fullmatch(value):
            return "TIME"
        return re.sub(r"^(room|msg|notif)_[0-9a-z]+$", r"\1_ID", value)
    return value


def exact(reply, status):
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    return settled(reply.json())


def test_create_room(tenant):
    reply = tenant.as_user("user1").post("/rooms", json={"type": "dm", "members": ["user1", "user2"]})
    assert exact(reply, 201) == {
        "room_id": "room_ID",
        "type": "dm",
        "unique_key": "dm:user1:user2",
        "name": None,
        "last_seq": 0,
        "created_at": "TIME",
    }
    assert list(reply.json()) == ["room_id", "type", "unique_key", "name", "last_seq", "created_at"]


def test_create_room_that_exists(tenant):
    user1, user2 = tenant.as_user("user1"), tenant.as_user("user2")
    first = user1.post("/rooms", json={"type": "dm", "members": ["user1", "user2"]}).json()
    reply = user2.post("/rooms", json={"type": "dm", "members": ["user2", "user1"]})
    assert_error(reply, 409, "CONFLICT")
    assert reply.json()["room"] == first


def test_get_room(tenant):
    user1 = tenant.as_user("user1")
    room = create_room(user1, "group", ["user1", "user2"], name="Team Chat")
    for number in range(3):
        send(user1, room, f"message {number}")
    assert exact(user1.get(f"/rooms/{room}"), 200) == {
        "room_id": "room_ID",
        "type": "group",
        "name": "Team Chat",
        "last_seq": 3,
        "created_at": "TIME",
    }


def test_list_room_members(tenant):
    user1 = tenant.as_user("user1")
    room = create_room(user1, "group", ["user1", "user2"])
    assert exact(user1.get(f"/rooms/{room}/members"), 200) == [
        {"user_id": "user1", "role": "admin", "joined_at": "TIME"},
        {"user_id": "user2", "role": "member", "joined_at": "TIME"},
    ]


META = {"type": "text", "mentions": ["user2"]}


def test_send_message(tenant):
    user1 = tenant.as_user("user1")
    room = create_room(user1, "group", ["user2"])
    reply = user1.post(f"/rooms/{room}/messages", json={"content": "Hello, world!", "meta": META})
    assert exact(reply, 201) == {"message_id": "msg_ID", "seq": 1, "created_at": "TIME"}


def test_get_messages(tenant):
    user1 = tenant.as_user("user1")
    room = create_room(user1, "group", ["user2"])
    for number in range(40):
        send(user1, room, f"earlier {number}")
    send(user1, room, "Hello, world!", meta=META)
    reply = user1.get(f"/rooms/{room}/messages?after_seq=40&limit=50")
    assert exact(reply, 200) == [
        {
            "message_id": "msg_ID",
            "sender_id": "user1",
            "seq": 41,
            "content": "Hello, world!",
            "meta": META,
            "created_at": "TIME",
        }
    ]
    assert list(reply.json()[0]) == ["message_id", "sender_id", "seq", "content", "meta", "created_at"]


def test_acknowledge_messages(tenant):
    user1 = tenant.as_user("user1")
    room = create_room(user1, "group", ["user2"])
    send(user1, room, "Hello, world!")
    assert exact(user1.post("/acks", json={"room_id": room, "seq": 1}), 200) == {"success": True}


NOTIFICATION = {
    "topic": "order.shipped",
    "payload": {"order_id": "12345", "tracking_number": "1Z999AA1234567890"},
}


def test_send_notification(tenant):
    user1 = tenant.as_user("user1")
    room = create_room(user1, "group", ["user1", "user2"])
    targets = {"user_ids": ["user1", "user2"], "room_id": room, "topic_subscribers": True}
    reply = user1.post("/notify", json={**NOTIFICATION, "targets": targets})
    assert exact(reply, 202) == {"notification_id": "notif_ID", "created_at": "TIME"}


def test_health_check(server):
    reply = httpx.get(server.url + "/health", trust_env=False)
    body = reply.json()
    assert reply.status_code == 200
    assert re.fullmatch(r"(\d+h)?(\d+m)?\d+s", body.pop("uptime"))
    assert body == {"status": "ok", "service": "parlance", "db_writable": True}


def test_dead_letters(start_server):
    server = start_server(PARLANCE_RETRY_BASE_MS=20, PARLANCE_RETRY_MAX_ATTEMPTS=2)
    tenant = Tenant.create(server)
    user2 = tenant.as_user("user2")
    room = create_room(user2, "group", ["user1"])
    sent = send(user2, room, "is anybody there?")
    notified = user2.post("/notify", json={**NOTIFICATION, "targets": {"user_ids": ["user1"]}}).json()

    def both():
        reply = user2.get("/admin/dead-letters", params={"tenant_id": tenant.tenant_id, "limit": 100})
        assert reply.status_code == 200, reply.text
        body = reply.json()
        return body if body["failed_messages"] and body["failed_notifications"] else None

    body = wait_until(both, 30)
    assert list(body) == ["failed_messages", "failed_notifications"]
    message, notification = body["failed_messages"][0], body["failed_notifications"][0]
    assert message.pop("id") and message.pop("error") and TIME.fullmatch(message.pop("last_attempt_at"))
    assert message == {"message_id": sent["message_id"], "user_id": "user1", "room_id": room, "attempts": 2}
    assert TIME.fullmatch(notification.pop("last_attempt_at"))
    assert notification.pop("id") == notified["notification_id"]
    assert notification.pop("user_id") == "user1"
    assert notification == {
        "notification_id": notified["notification_id"],
        "topic": "order.shipped",
        "attempts": 2,
        "error": "user offline",
    }


def test_validation_error(tenant):
    reply = tenant.as_user("user1").post("/rooms", json={"type": "lobby", "members": ["user1"]})
    assert reply.status_code == 400
    assert reply.json() == {
        "success": False,
        "error": {
            "code": "VALIDATION_ERROR",
            "message": "Invalid room type. Must be one of: dm, group, channel",
            "field": "type",
        },
    }


def test_authentication_error(server):
    headers = {"X-API-Key": "your-tenant-api-key", "X-User-Id": "user-identifier"}
    reply = httpx.get(server.url + "/rooms", headers=headers, trust_env=False)
    assert reply.status_code == 401
    assert reply.json() == {
        "success": False,
        "error": {"code": "AUTHENTICATION_ERROR", "message": "Invalid API key"},
    }


def test_rate_limit_exceeded(server):
    client = Tenant.create(server, rate_limit=2).as_user("user1")
    replies = [client.get("/rooms") for _ in range(6)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert refused and refused[0].json() == {
        "success": False,
        "error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Rate limit exceeded. Try again in 1 second"},
    }
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].headers["x-ratelimit-limit"] == "2"


def test_rate_limit_headers(server):
    reply = Tenant.create(server, rate_limit=None).as_user("user1").get("/rooms")
    assert reply.headers["x-ratelimit-limit"] == "100"
    assert 0 <= int(reply.headers["x-ratelimit-remaining"]) < 100
    assert int(reply.headers["x-ratelimit-reset"]) > 1_700_000_000


def test_pagination(tenant):
    user1 = tenant.as_user("user1")
    room = create_room(user1, "group", ["user2"])
    for number in range(120):
        send(user1, room, f"message {number}")

    def seqs(**query):
        return [message["seq"] for message in messages(user1, room, **query)]

    assert seqs() == list(range(1, 51))
    assert seqs(limit=1000) == list(range(1, 101))
    assert seqs(limit=3, offset=2) == [3, 4, 5]
    assert seqs(after_seq=10, limit=3, offset=2) == [13, 14, 15]
    assert seqs(after_seq=119) == [120]
    assert seqs(after_seq=120) == []


def test_sdk_examples(tenant):
    """fetch, requests and net/http all send this, as written in the source text."""
    user = tenant.as_user("user123")
    room = create_room(user, "group", ["user2"])
    reply = user.post(
        f"/rooms/{room}/messages",
        content='{"content":"hi"}',
        headers={"Content-Type": "application/json", "X-API-Key": tenant.api_key, "X-User-Id": "user123"},
    )
    assert exact(reply, 201) == {"message_id": "msg_ID", "seq": 1, "created_at": "TIME"}


def test_websocket_message_frame(server, tenant):
    alice = tenant.as_user("alice")
    room = create_room(alice, "group", ["bob"])
    with Socket(server, tenant, "bob") as bob:
        send(alice, room, "Hello, world!", meta=META)
        assert settled(bob.expect("message")) == {
            "type": "message",
            "room_id": "room_ID",
            "message_id": "msg_ID",
            "seq": 1,
            "sender_id": "alice",
            "content": "Hello, world!",
            "meta": META,
            "created_at": "TIME",
        }
