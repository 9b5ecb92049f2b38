"""Notifications: at once, on connecting, retried, dead, redriven; and webhooks for whoever is offline."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from chatapi_support import Socket, assert_error, create_room, send, wait_until
from harness.tenant import Tenant
from standardwebhooks import Webhook


@pytest.fixture(scope="module")
def server(start_server):
    return start_server(
        PARLANCE_RETRY_BASE_MS=50, PARLANCE_RETRY_MAX_ATTEMPTS=3, PARLANCE_WEBHOOK_ALLOW_PRIVATE="true"
    )


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


def notify(client, topic="order.shipped", payload=None, **targets):
    body = {"topic": topic, "payload": {"order_id": "12345"} if payload is None else payload, "targets": targets}
    reply = client.post("/notify", json=body)
    assert reply.status_code == 202, reply.text
    return reply.json()


def dead_letters(tenant, kind):
    reply = tenant.as_backend().get("/admin/dead-letters", params={"tenant_id": tenant.tenant_id})
    assert reply.status_code == 200, reply.text
    return reply.json()[kind]


def test_at_once_to_who_is_online(server, tenant, alice):
    with Socket(server, tenant, "bob") as bob:
        started = time.monotonic()
        sent = notify(alice, user_ids=["bob"])
        frame = bob.expect("notification")
        assert time.monotonic() - started < 2
        assert frame.pop("created_at") == sent["created_at"]
        assert frame == {
            "type": "notification",
            "notification_id": sent["notification_id"],
            "topic": "order.shipped",
            "payload": {"order_id": "12345"},
        }


def test_the_targets_are_a_union(server, tenant, alice):
    room = create_room(alice, "group", ["bob"])
    tenant.as_user("carol").post("/subscriptions", json={"topic": "order.shipped"})
    sockets = {user: Socket(server, tenant, user) for user in ("alice", "bob", "carol", "dave", "eve")}
    notify(alice, user_ids=["dave", "bob"], room_id=room, topic_subscribers=True)
    for user, socket in sockets.items():
        heard = [frame for frame in socket.settle(1) if frame["type"] == "notification"]
        assert len(heard) == (0 if user == "eve" else 1), user
        socket.close()


def test_without_targets_everybody_who_is_online(server, tenant, other_tenant, alice):
    with Socket(server, tenant, "bob") as bob, Socket(server, tenant, "carol") as carol:
        with Socket(server, other_tenant, "bob") as stranger:
            reply = alice.post("/notify", json={"topic": "news", "payload": {}})
            assert reply.status_code == 202
            assert bob.expect("notification")["topic"] == carol.expect("notification")["topic"] == "news"
            assert stranger.settle() == []


def test_the_payload_is_an_object_as_written(server, tenant, alice):
    with Socket(server, tenant, "bob") as bob:
        body = '{"topic":"t","payload":{"price": 1.0, "n":12345678901234567890123},"targets":{"user_ids":["bob"]}}'
        assert alice.post("/notify", content=body, headers={"Content-Type": "application/json"}).status_code == 202
        text = bob.raw.recv(timeout=5)
        assert '"payload":{"price": 1.0, "n":12345678901234567890123}' in text


def test_offline_then_connected(start_server):
    server = start_server()  # The first retry is 30 s away: what comes comes because of the connection.
    tenant = Tenant.create(server)
    sent = notify(tenant.as_user("alice"), user_ids=["bob"])
    time.sleep(0.5)
    with Socket(server, tenant, "bob") as bob:
        assert bob.expect("notification")["notification_id"] == sent["notification_id"]
        assert not [frame for frame in bob.settle() if frame["type"] == "notification"]
    assert dead_letters(tenant, "failed_notifications") == []
    tenant.close()


def test_dead_after_the_last_attempt_and_redriven(server, tenant, alice):
    sent = notify(alice, user_ids=["bob"])
    failed = wait_until(lambda: dead_letters(tenant, "failed_notifications"))
    assert len(failed) == 1
    assert failed[0]["notification_id"] == sent["notification_id"]
    assert failed[0]["attempts"] == 3 and failed[0]["error"] == "user offline" and failed[0]["user_id"] == "bob"
    with Socket(server, tenant, "bob") as bob:
        reply = tenant.as_backend().post(f"/admin/dead-letters/{failed[0]['id']}/redrive")
        assert reply.status_code == 202, reply.text
        assert bob.expect("notification")["notification_id"] == sent["notification_id"]
    wait_until(lambda: not dead_letters(tenant, "failed_notifications"))


def test_messages_that_nobody_was_there_for(server, tenant, alice):
    room = create_room(alice, "group", ["bob"])
    sent = [send(alice, room, str(number)) for number in range(2)]
    failed = wait_until(lambda: len(found := dead_letters(tenant, "failed_messages")) == 2 and found)
    assert {entry["message_id"] for entry in failed} == {message["message_id"] for message in sent}
    assert {(entry["user_id"], entry["room_id"], entry["attempts"]) for entry in failed} == {("bob", room, 3)}
    reply = tenant.as_backend().post(f"/admin/dead-letters/{failed[0]['id']}/redrive")
    assert reply.status_code == 202, reply.text
    with Socket(server, tenant, "bob") as bob:
        assert [bob.expect("message")["seq"] for _ in range(2)] == [1, 2]


def test_limit_of_dead_letters(tenant, alice):
    for _ in range(3):
        notify(alice, user_ids=["bob"])
    wait_until(lambda: len(dead_letters(tenant, "failed_notifications")) == 3)
    query = {"tenant_id": tenant.tenant_id, "limit": 2}
    assert len(alice.get("/admin/dead-letters", params=query).json()["failed_notifications"]) == 2


def test_a_redrive_of_nothing(tenant):
    for name in ("notif_zzzzzz", "delivery_zzzzzz", "job_zzzzzz", "nonsense"):
        assert tenant.as_backend().post(f"/admin/dead-letters/{name}/redrive").status_code == 404


def test_dead_letters_are_no_business_of_a_user(server, tenant):
    import httpx

    token = tenant.as_backend().post("/admin/tokens", json={"user_id": "bob"}).json()["token"]
    reply = httpx.get(
        server.url + "/admin/dead-letters",
        params={"tenant_id": tenant.tenant_id},
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    assert_error(reply, reply.status_code, reply.json()["error"]["code"])
    assert reply.status_code in (401, 403)


class Receiver:
    """A webhook's target on this machine; answers with what `statuses` says, then 200."""

    def __init__(self):
        self.received = []
        self.statuses = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((dict(self.headers), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.http.shutdown()
    receiver.http.server_close()


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def set_webhook(tenant, receiver):
    body = {"url": receiver.url, "secret": SECRET, "events": ["message.new"]}
    reply = tenant.as_backend().put("/admin/webhooks", json=body)
    assert reply.status_code == 200, reply.text


def test_a_webhook_for_whoever_is_offline(server, tenant, alice, receiver):
    set_webhook(tenant, receiver)
    room = create_room(alice, "group", ["bob", "carol"], metadata={"order": 7})
    with Socket(server, tenant, "carol"):
        sent = send(alice, room, "are you there?")
        # alice has no connection either, but it is her own message.
        headers, body = wait_until(lambda: receiver.received and receiver.received[0])
        time.sleep(0.5)
    assert len(receiver.received) == 1
    assert json.loads(body) == {
        "event": "message.new",
        "tenant_id": tenant.tenant_id,
        "room_id": room,
        "recipient_id": "bob",
        "room_metadata": {"order": 7},
        "message": {
            "message_id": sent["message_id"],
            "sender_id": "alice",
            "content": "are you there?",
            "seq": 1,
            "created_at": sent["created_at"],
        },
    }
    Webhook(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-ChatAPI-Signature"] == signature


def test_a_webhook_is_tried_again_and_dies(server, tenant, alice, receiver):
    set_webhook(tenant, receiver)
    receiver.statuses = [500, 500, 500]
    room = create_room(alice, "group", ["bob"])
    sent = send(alice, room, "x")
    failed = wait_until(
        lambda: [entry for entry in dead_letters(tenant, "failed_messages") if entry["id"].startswith("job_")]
    )
    assert failed[0]["message_id"] == sent["message_id"] and failed[0]["user_id"] == "bob" and failed[0]["room_id"] == room
    assert failed[0]["attempts"] == 3 and failed[0]["error"] == "HTTP 500"
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
    assert tenant.as_backend().post(f"/admin/dead-letters/{failed[0]['id']}/redrive").status_code == 202
    wait_until(lambda: len(receiver.received) == 4)


def test_a_webhook_into_our_own_network_is_refused(start_server, receiver):
    server = start_server(PARLANCE_RETRY_BASE_MS=20, PARLANCE_RETRY_MAX_ATTEMPTS=1)
    tenant = Tenant.create(server)
    reply = tenant.as_backend().put("/admin/webhooks", json={"url": receiver.url, "secret": SECRET, "events": []})
    if reply.status_code == 200:
        send(tenant.as_user("alice"), create_room(tenant.as_user("alice"), "group", ["bob"]), "x")
        wait_until(
            lambda: [entry for entry in dead_letters(tenant, "failed_messages") if entry["id"].startswith("job_")]
        )
    assert receiver.received == []
    tenant.close()


def test_targets_that_are_named_and_empty_are_nobody(server, tenant, alice):
    with Socket(server, tenant, "bob") as bob:
        for targets in ({"user_ids": []}, {"topic_subscribers": False}, {"user_ids": [], "topic_subscribers": False}):
            body = {"topic": "news", "payload": {}, "targets": targets}
            assert alice.post("/notify", json=body).status_code == 202, targets
        assert bob.settle() == []
        assert alice.post("/notify", json={"topic": "all", "payload": {}, "targets": {}}).status_code == 202
        assert bob.expect("notification")["topic"] == "all"
