"""Every frame of /ws, both framings, replay, devices, presence, limits, ends."""

import json
import socket as sockets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from chatapi_support import Socket, create_room, query, run_sql, send, wait_until
from harness.tenant import Tenant
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def room(alice):
    return create_room(alice, "group", ["bob"])


def test_a_message_sent_by_rest_arrives(server, tenant, alice, room):
    with Socket(server, tenant, "bob") as bob:
        sent = send(alice, room, "hi", meta={"n": 1})
        frame = bob.expect("message")
        assert frame == {
            "type": "message",
            "room_id": room,
            "message_id": sent["message_id"],
            "seq": 1,
            "sender_id": "alice",
            "content": "hi",
            "meta": {"n": 1},
            "created_at": sent["created_at"],
        }


FRAMINGS = {
    "flat": lambda kind, **fields: {"type": kind, **fields},
    "wrapped": lambda kind, **fields: {"type": kind, "data": fields},
}


@pytest.fixture(params=FRAMINGS)
def framed(request):
    return FRAMINGS[request.param]


def test_send_message(server, tenant, room, framed):
    with Socket(server, tenant, "alice") as alice, Socket(server, tenant, "bob") as bob:
        alice.send(framed("send_message", room_id=room, content="héllo", meta=[1, {"a": None}]))
        frame = bob.expect("message")
        assert (frame["seq"], frame["content"], frame["meta"], frame["sender_id"]) == (1, "héllo", [1, {"a": None}], "alice")
        assert alice.expect("message") == frame


def test_a_named_message_is_confirmed_and_sent_once(server, tenant, room, framed):
    with Socket(server, tenant, "alice") as alice:
        for _ in range(2):
            alice.send(framed("send_message", room_id=room, content="once", client_id="c1"))
        frames = alice.settle()
        confirmed = [frame for frame in frames if frame["type"] == "message.sent"]
        assert len(confirmed) == 2 and confirmed[0] == confirmed[1]
        assert confirmed[0]["client_id"] == "c1" and confirmed[0]["seq"] == 1
        assert [frame["seq"] for frame in frames if frame["type"] == "message"] == [1]
        alice.send(framed("send_message", room_id=room, content="another", client_id="c1"))
        assert alice.expect("error")["code"] == "IDEMPOTENCY_MISMATCH"


def test_acknowledgements_are_told_to_others(server, tenant, alice, room, framed):
    send(alice, room, "hi")
    with Socket(server, tenant, "alice") as a, Socket(server, tenant, "bob") as b:
        b.expect("message")
        b.send(framed("ack", room_id=room, seq=1))
        assert a.expect("ack.received") == {"type": "ack.received", "room_id": room, "seq": 1, "user_id": "bob"}
        assert not [frame for frame in b.settle() if frame["type"] == "ack.received"]


def test_typing_is_told_to_others_only(server, tenant, room, framed):
    with Socket(server, tenant, "alice") as a, Socket(server, tenant, "bob") as b:
        b.settle()
        a.send(framed("typing.start", room_id=room))
        assert b.expect("typing") == {"type": "typing", "room_id": room, "user_id": "alice", "action": "start"}
        a.send(framed("typing.stop", room_id=room))
        assert b.expect("typing")["action"] == "stop"
        assert not [frame for frame in a.settle() if frame["type"] == "typing"]


def test_typing_has_a_limit(server, tenant, room):
    with Socket(server, tenant, "alice") as a, Socket(server, tenant, "bob") as b:
        b.settle()
        for _ in range(200):
            a.send({"type": "typing.start", "room_id": room})
        heard = [frame for frame in b.settle(1) if frame["type"] == "typing"]
        assert 1 <= len(heard) <= 60


def test_edits_and_deletions(server, tenant, alice, room):
    sent = send(alice, room, "before")
    with Socket(server, tenant, "bob") as bob:
        bob.expect("message")
        alice.put(f"/rooms/{room}/messages/{sent['message_id']}", json={"content": "after"})
        frame = bob.expect("message.updated")
        assert frame["content"] == "after" and frame["seq"] == 1 and frame["edited_at"]
        alice.delete(f"/rooms/{room}/messages/{sent['message_id']}")
        assert bob.expect("message.deleted") == {
            "type": "message.deleted",
            "room_id": room,
            "message_id": sent["message_id"],
            "seq": 1,
        }


def test_missed_messages_come_in_order_on_connecting(server, tenant, alice, bob, room):
    other = create_room(alice, "group", ["bob"])
    for number in range(130):
        send(alice, room, f"r{number}")
        if number % 2:
            send(alice, other, f"o{number}")
    bob.post("/acks", json={"room_id": room, "seq": 10})
    with Socket(server, tenant, "bob") as b:
        frames = b.settle(1)
    seqs = {key: [f["seq"] for f in frames if f["type"] == "message" and f["room_id"] == key] for key in (room, other)}
    assert seqs[room] == list(range(11, 131))
    assert seqs[other] == list(range(1, 66))


def test_what_was_acknowledged_is_not_sent_again(server, tenant, alice, room):
    send(alice, room, "one")
    with Socket(server, tenant, "bob") as b:
        b.expect("message")
        b.send({"type": "ack", "room_id": room, "seq": 1})
        send(alice, room, "two")
        assert b.expect("message")["seq"] == 2
    with Socket(server, tenant, "bob") as b:
        assert [frame["seq"] for frame in b.settle() if frame["type"] == "message"] == [2]


def test_deleted_messages_are_not_replayed(server, tenant, alice, room):
    ids = [send(alice, room, str(number))["message_id"] for number in range(4)]
    alice.delete(f"/rooms/{room}/messages/{ids[1]}")
    alice.delete(f"/rooms/{room}/messages/{ids[3]}")
    with Socket(server, tenant, "bob") as b:
        assert [frame["seq"] for frame in b.settle() if frame["type"] == "message"] == [1, 3]
        send(alice, room, "live")
        assert b.expect("message")["seq"] == 5


def test_no_gap_and_no_repetition_between_replay_and_live(server, tenant, alice, room):
    """Connects again and again while eight senders are at work."""
    import threading

    stop = threading.Event()
    clients = [tenant.as_user("alice") for _ in range(8)]

    def work(client):
        while not stop.is_set():
            send(client, room, "x")

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(work, client) for client in clients]
        try:
            for _ in range(5):
                with Socket(server, tenant, "bob") as b:
                    deadline = time.monotonic() + 1.5
                    while time.monotonic() < deadline:
                        b.next()
                    seqs = [frame["seq"] for frame in b.seen if frame["type"] == "message"]
                    assert seqs == list(range(1, len(seqs) + 1))
        finally:
            stop.set()
        for future in futures:
            future.result()
    last = alice.get(f"/rooms/{room}").json()["last_seq"]
    with Socket(server, tenant, "bob") as b:
        seqs = [frame["seq"] for frame in b.settle(1) if frame["type"] == "message"]
    assert seqs == list(range(1, last + 1))


def test_two_devices(server, tenant, room):
    with Socket(server, tenant, "bob") as phone, Socket(server, tenant, "bob") as laptop, Socket(server, tenant, "alice") as a:
        a.send({"type": "send_message", "room_id": room, "content": "to both"})
        assert phone.expect("message") == laptop.expect("message")
        phone.send({"type": "send_message", "room_id": room, "content": "from one"})
        assert laptop.expect("message")["content"] == "from one"


def test_rooms_joined_while_connected(server, tenant, alice):
    with Socket(server, tenant, "carol") as carol:
        room = create_room(alice, "group", ["carol"])
        send(alice, room, "welcome")
        assert carol.expect("message")["content"] == "welcome"
        second = create_room(alice, "group", ["bob"])
        send(alice, second, "before carol")
        alice.post(f"/rooms/{second}/members", json={"user_id": "carol"})
        send(alice, second, "after")
        assert carol.expect("message")["content"] == "after"


def test_subscribe_needs_sight_of_the_room(server, tenant, room, framed):
    with Socket(server, tenant, "mallory") as mallory:
        mallory.send(framed("subscribe", room_id=room))
        assert mallory.expect("error")["code"] == "AUTHORIZATION_ERROR"
        mallory.send(framed("subscribe"))
        mallory.send(framed("ping"))
        assert mallory.settle() == []


def test_strangers_hear_nothing(server, tenant, other_tenant, alice, room):
    with Socket(server, tenant, "mallory") as mallory, Socket(server, other_tenant, "bob") as foreign:
        with Socket(server, tenant, "bob") as bob:
            send(alice, room, "secret")
            bob.expect("message")
            bob.send({"type": "typing.start", "room_id": room})
        assert mallory.settle(1) == [] and foreign.settle() == []


BAD_FRAMES = [
    ("{", "VALIDATION_ERROR", None),
    ("[]", "VALIDATION_ERROR", None),
    ('"text"', "VALIDATION_ERROR", None),
    ("", "VALIDATION_ERROR", None),
    ({}, "VALIDATION_ERROR", "type"),
    ({"type": 7}, "VALIDATION_ERROR", "type"),
    ({"type": "dance"}, "VALIDATION_ERROR", "type"),
    ({"type": "ack", "data": "x"}, "VALIDATION_ERROR", "data"),
    ({"type": "ack"}, "VALIDATION_ERROR", "room_id"),
    ({"type": "ack", "room_id": 1, "seq": 1}, "VALIDATION_ERROR", "room_id"),
    ({"type": "ack", "room_id": "ROOM", "seq": "1"}, "VALIDATION_ERROR", "seq"),
    ({"type": "ack", "room_id": "ROOM", "seq": 10}, "VALIDATION_ERROR", "seq"),
    ({"type": "send_message", "room_id": "ROOM"}, "VALIDATION_ERROR", "content"),
    ({"type": "send_message", "room_id": "ROOM", "content": ""}, "VALIDATION_ERROR", "content"),
    ({"type": "send_message", "room_id": "room_zzzzzz", "content": "x"}, "NOT_FOUND", None),
    ({"type": "send_message", "room_id": "nonsense", "content": "x"}, "NOT_FOUND", None),
    ({"type": "send_message", "room_id": "ROOM", "content": "x", "meta": "m" * 20_000}, "VALIDATION_ERROR", "meta"),
    ({"type": "typing.start"}, "VALIDATION_ERROR", "room_id"),
    ({"type": "typing.start", "room_id": "room_zzzzzz"}, "NOT_FOUND", None),
]


def test_bad_frames_are_answered_and_the_connection_stays(server, tenant, room):
    with Socket(server, tenant, "alice") as alice:
        for frame, code, field in BAD_FRAMES:
            text = frame if isinstance(frame, str) else json.dumps(frame)
            alice.send(text.replace("ROOM", room))
            error = alice.expect("error")
            assert (error["code"], error.get("field")) == (code, field), (frame, error)
            assert error["message"] and error["request_id"]
        alice.send({"type": "ack", "request_id": "mine", "room_id": "room_zzzzzz", "seq": 1})
        assert alice.expect("error")["request_id"] == "mine"
        alice.send({"type": "send_message", "room_id": room, "content": "still here"})
        assert alice.expect("message")["content"] == "still here"


def test_binary_frames_end_the_connection(server, tenant):
    with Socket(server, tenant, "alice") as alice:
        alice.send(b"\x00\x01")
        assert alice.closing()[0] == 1003


def test_messages_over_64_kib_end_the_connection(server, tenant, room):
    with Socket(server, tenant, "alice") as alice:
        alice.send({"type": "send_message", "room_id": room, "content": "x" * 65_536})
        assert alice.closing()[0] == 1009


def test_invalid_utf_8_ends_the_connection(server, tenant):
    with Socket(server, tenant, "alice") as alice:
        alice.raw.send(b'{"type":"ping","x":"\xff"}', text=True)
        assert alice.closing()[0] == 1007


def test_presence_with_grace(server, tenant, room):
    with Socket(server, tenant, "alice") as alice, Socket(server, tenant, "mallory") as mallory:
        alice.settle()
        bob = Socket(server, tenant, "bob")
        online = alice.expect("presence.update")
        assert online["user_id"] == "bob" and online["status"] == "online"
        bob.close()
        time.sleep(1)
        bob = Socket(server, tenant, "bob")
        assert not [frame for frame in alice.settle(1) if frame["type"] == "presence.update"]
        started = time.monotonic()
        bob.close()
        assert alice.expect("presence.update", timeout=15)["status"] == "offline"
        assert 4 <= time.monotonic() - started <= 9
        assert not [frame for frame in mallory.settle() if frame["type"] == "presence.update"]


def test_five_connections_and_no_more(server, tenant):
    open_ones = [Socket(server, tenant, "alice") for _ in range(5)]
    with Socket(server, tenant, "alice") as sixth:
        assert sixth.closing() == (1008, "connection limit reached")
    with Socket(server, tenant, "bob") as other:
        other.send({"type": "ping"})
        assert other.settle() == []
    open_ones.pop().close()

    def is_taken():
        again = Socket(server, tenant, "alice")
        try:
            again.settle(0.3)
            open_ones.append(again)
            return True
        except ConnectionClosed:
            return False

    wait_until(is_taken)
    for one in open_ones:
        one.close()


def status_of(server, path, **headers):
    with pytest.raises(InvalidStatus) as refused:
        connect(server.ws_url + path, additional_headers=headers, proxy=None, legacy=True)
    response = refused.value.response
    return response.status_code, json.loads(response.body)["error"]["code"]


def test_credentials_are_checked_before_the_upgrade(server, tenant):
    wrong = (401, "AUTHENTICATION_ERROR")
    assert status_of(server, "/ws") == wrong
    assert status_of(server, "/ws", **{"X-API-Key": "nonsense", "X-User-Id": "alice"}) == wrong
    assert status_of(server, "/ws", **{"X-API-Key": tenant.api_key}) == wrong
    assert status_of(server, "/ws?token=nonsense") == wrong
    assert status_of(server, "/ws?" + query(api_key="nonsense", user_id="alice")) == wrong
    assert status_of(server, "/ws?" + query(api_key=tenant.api_key)) == wrong


def test_old_clients_put_the_key_into_the_query(server, tenant, alice, room):
    with Socket(server, path="/ws?" + query(api_key=tenant.api_key, user_id="bob")) as bob:
        send(alice, room, "hi")
        assert bob.expect("message")["content"] == "hi"
    assert tenant.api_key not in server.log


def test_a_token_opens_one_connection(server, tenant, alice, bob, room):
    reply = bob.post("/ws/token")
    assert reply.status_code == 200
    assert list(reply.json()) == ["token", "expires_in"] and reply.json()["expires_in"] == 60
    path = "/ws?" + query(token=reply.json()["token"])
    with Socket(server, path=path) as b:
        send(alice, room, "hi")
        assert b.expect("message")["content"] == "hi"
        assert status_of(server, path) == (401, "AUTHENTICATION_ERROR")
    assert reply.json()["token"] not in server.log


def test_a_token_ends_after_a_minute(server, bob):
    token = bob.post("/ws/token").json()["token"]
    run_sql(server, "UPDATE tokens SET expires_at = 1 WHERE single_use = 1")
    assert status_of(server, "/ws?" + query(token=token)) == (401, "AUTHENTICATION_ERROR")


def test_racing_for_one_token(server, bob):
    path = "/ws?" + query(token=bob.post("/ws/token").json()["token"])

    def attempt(_):
        try:
            return Socket(server, path=path)
        except InvalidStatus as refused:
            assert refused.response.status_code == 401
            return None

    with ThreadPoolExecutor(8) as pool:
        opened = [one for one in pool.map(attempt, range(8)) if one]
    assert len(opened) == 1
    opened[0].close()


def test_a_single_use_token_is_for_nothing_else(server, tenant, bob):
    import httpx

    token = bob.post("/ws/token").json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(server.url + "/rooms", headers=headers, trust_env=False).status_code == 401


def test_a_user_token_opens_connections_by_header(server, tenant):
    token = tenant.as_backend().post("/admin/tokens", json={"user_id": "alice"}).json()["token"]
    for _ in range(2):
        with connect(server.ws_url + "/ws", additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as raw:
            raw.send('{"type":"dance"}')
            assert json.loads(raw.recv(timeout=5))["code"] == "VALIDATION_ERROR"


def test_connections_count_against_the_rate(server):
    tenant = Tenant.create(server, rate_limit=3)
    outcomes = []
    for _ in range(6):
        try:
            Socket(server, tenant, "alice").close()
            outcomes.append(101)
        except InvalidStatus as refused:
            outcomes.append(refused.response.status_code)
            assert int(refused.response.headers["Retry-After"]) >= 1
    assert 101 in outcomes and 429 in outcomes


def test_frames_count_against_the_rate(server):
    tenant = Tenant.create(server, rate_limit=20)
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    with Socket(server, tenant, "alice") as alice:
        for number in range(80):
            alice.send({"type": "send_message", "room_id": room, "content": str(number)})
        frames = alice.settle(1)
        errors = [frame for frame in frames if frame["type"] == "error"]
        assert errors and {frame["code"] for frame in errors} == {"RATE_LIMIT_EXCEEDED"}
        seqs = [frame["seq"] for frame in frames if frame["type"] == "message"]
        assert seqs == list(range(1, len(seqs) + 1)) and len(seqs) + len(errors) == 80


def test_a_slow_reader_is_disconnected_and_resumes(server, tenant, alice, room):
    host, port = server.url.removeprefix("http://").split(":")
    raw = sockets.create_connection((host, int(port)))
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 262144)
    slow = connect(server.ws_url + "/ws", additional_headers=tenant.headers("bob"), sock=raw, max_queue=1, proxy=None, legacy=True)
    last = 0
    for _ in range(150):
        last = send(alice, room, "x" * 60_000)["seq"]
    seen = []
    try:
        while True:
            frame = json.loads(slow.recv(timeout=20))
            if frame["type"] == "message":
                seen.append(frame["seq"])
    except ConnectionClosed as closed:
        assert (closed.rcvd.code, closed.rcvd.reason) == (1008, "slow reader")
    assert seen == list(range(1, len(seen) + 1)) and len(seen) < last
    tenant.as_user("bob").post("/acks", json={"room_id": room, "seq": len(seen)})
    with Socket(server, tenant, "bob") as bob:
        resumed = [frame["seq"] for frame in bob.settle(3) if frame["type"] == "message"]
    assert resumed == list(range(len(seen) + 1, last + 1))


def test_a_large_backlog_streams_to_whoever_reads(server, tenant, alice, room):
    """20 MB against a queue of 1 MiB: the replay waits for the reader."""
    count = 330
    for _ in range(count):
        send(alice, room, "x" * 60_000)
    with Socket(server, tenant, "bob") as bob:
        seqs = [bob.expect("message")["seq"] for _ in range(count)]
    assert seqs == list(range(1, count + 1))


def test_shutdown(start_server):
    server = start_server()
    tenant = Tenant.create(server)
    with Socket(server, tenant, "alice") as alice:
        alice.settle(0.3)
        with ThreadPoolExecutor(1) as pool:
            stopping = pool.submit(server.stop)
            assert alice.expect("server.shutdown") == {"type": "server.shutdown", "reconnect_after_ms": 5000}
            assert alice.closing()[0] == 1001
            assert stopping.result() == 0
    tenant.close()


def test_a_token_of_a_stopped_user_session_expires(start_server):
    """Tokens of POST /admin/tokens with expires_in end the connection that they opened."""
    server = start_server()
    tenant = Tenant.create(server)
    token = tenant.as_backend().post("/admin/tokens", json={"user_id": "alice", "expires_in": 2}).json()["token"]
    with connect(server.ws_url + "/ws", additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as raw:
        with pytest.raises(ConnectionClosed) as closed:
            raw.recv(timeout=10)
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "credential expired")
    tenant.close()
