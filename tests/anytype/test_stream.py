"""Server-sent events, as httpx-sse reads them."""

import httpx
import pytest
from anytype_support import Chat, assert_error, encode_cid, wait_until


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--sse-ping-interval-ms", 1000)


def test_the_head_and_the_first_event(chat):
    messages = [chat.send("alice", str(number)) for number in range(3)]
    with chat.stream("bob") as events:
        headers = events.response.headers
        assert headers["content-type"] == "text/event-stream"
        assert headers["cache-control"] == "no-cache" and headers["connection"] == "keep-alive"
        assert headers["x-accel-buffering"] == "no"
        assert headers["anytype-version"] == "2025-11-08"
        first = events.next()
    assert first.name == "initial"
    assert first.id
    assert first.data == {
        "type": "initial",
        "messages": [message | {"read": False} for message in messages],
        "state": chat.state("bob"),
    }


def test_the_first_event_holds_as_many_messages_as_asked(chat):
    for number in range(60):
        chat.send("alice", str(number))
    with chat.stream("bob") as events:
        assert len(events.next().data["messages"]) == 50
    with chat.stream("bob", limit=2) as events:
        first = events.next().data["messages"]
    assert [message["content"]["text"] for message in first] == ["58", "59"]


def test_an_empty_chat_begins_without_messages(tenant):
    with Chat.main(tenant).stream("bob") as events:
        first = events.next()
    state = {"messages": {"counter": 0}, "mentions": {"counter": 0}, "order": 1}
    assert first.data == {"type": "initial", "state": state}


def test_every_change_has_its_event(chat):
    with chat.stream("bob") as events:
        events.next("initial")
        message = chat.send("alice", "Hello")
        added = events.next()
        assert (added.name, added.data) == ("add", {"type": "add", "message": message | {"read": False}})
        state = events.next()
        assert (state.name, state.data) == ("state", {"type": "state", "state": chat.state("bob")})

        edited = chat.edit("alice", message, "Goodbye")
        updated = events.next()
        assert (updated.name, updated.data) == ("update", {"type": "update", "message": edited | {"read": False}})

        chat.react("bob", message, "🦉")
        reacted = events.next()
        assert reacted.name == "reactions"
        assert reacted.data["type"] == "reactions"
        assert reacted.data["message"] == edited | {"read": False, "reactions": {"🦉": ["bob"]}}
        chat.react("bob", message, "🦉")
        assert events.next("reactions").data["message"]["reactions"] == {}

        chat.delete("alice", message)
        deleted = events.next()
        assert (deleted.name, deleted.data) == ("delete", {"type": "delete", "deleted": message["id"]})
        state = events.next("state")
        assert state.data["state"]["messages"] == {"counter": 0}
    ids = [added.id, updated.id, reacted.id, deleted.id]
    assert ids == sorted(set(ids))


def test_pings_have_an_empty_data_line(chat):
    with httpx.stream("GET", chat.tenant.server.url + chat.url + "/subscribe", timeout=10,
                      headers=chat.tenant.headers("bob")) as reply:
        text = ""
        for piece in reply.iter_text():
            text += piece
            if text.count("event: ping") >= 2 and text.endswith("\n\n"):
                break
    pings = [block for block in text.split("\n\n") if "ping" in block]
    assert pings[0] == "event: ping\ndata:"


def test_reading_on_another_device_moves_the_state(chat):
    messages = [chat.send("alice", str(number)) for number in range(3)]
    with chat.stream("bob") as bobs, chat.stream("carol") as carols:
        assert bobs.next("initial").data["state"]["messages"]["counter"] == 3
        carols.next("initial")
        chat.read("bob", before_order_id=messages[1]["order_id"])
        state = bobs.next("state").data["state"]
        assert state["messages"] == {"counter": 1, "oldest_order_id": messages[2]["order_id"]}
        edited = chat.edit("alice", messages[0], "0!")
        assert bobs.next("update").data["message"] == edited | {"read": True}
        update = carols.next(timeout=10)
        while update.name == "ping":
            update = carols.next()
        assert (update.name, update.data["message"]) == ("update", edited | {"read": False})


def test_mentions_in_the_stream(chat):
    marks = [{"type": "mention", "from": 0, "to": 4, "param": "bob"}]
    with chat.stream("bob") as events, chat.stream("carol") as carols:
        events.next("initial")
        mention = chat.send("alice", "@bob", marks=marks)
        added = events.next("add").data["message"]
        assert (added["read"], added["has_mention"], added["mention_read"]) == (False, True, False)
        assert events.next("state").data["state"]["mentions"] == {"counter": 1, "oldest_order_id": mention["order_id"]}
        assert carols.next("add").data["message"]["has_mention"] is False

        chat.read("bob", type="mentions", before_order_id="~")
        state = events.next("state").data["state"]
        assert (state["mentions"]["counter"], state["messages"]["counter"]) == (0, 1)
        chat.edit("alice", mention, "@bob!", marks=marks)
        updated = events.next("update").data["message"]
        assert (updated["has_mention"], updated["mention_read"]) == (True, True)

        other = chat.send("alice", "nothing")
        assert events.next("state").data["state"]["messages"]["counter"] == 2
        chat.edit("alice", other, "@bob", marks=marks)
        updated = events.next("update").data["message"]
        assert (updated["has_mention"], updated["mention_read"]) == (True, False)
        assert events.next("state").data["state"]["mentions"]["counter"] == 1
        chat.delete("alice", other)
        state = events.next("state").data["state"]
        assert (state["mentions"]["counter"], state["messages"]["counter"]) == (0, 1)


def test_own_messages_arrive_read(chat):
    with chat.stream("alice") as events:
        events.next("initial")
        message = chat.send("alice", "mine")
        assert events.next("add").data["message"] == message
        state = events.next("state").data["state"]
        assert (state["messages"]["counter"], state["last_state_id"]) == (0, message["state_id"])


def test_refusals_are_plain_answers(chat):
    unknown = f"/v1/spaces/{chat.space}/chats/{encode_cid(2, 99_999_999)}/subscribe"
    reply = chat.tenant.as_user("bob").get(unknown)
    assert_error(reply, 404, "object_not_found", "chat not found")
    reply = httpx.get(chat.tenant.server.url + chat.url + "/subscribe")
    assert_error(reply, 401, "unauthorized", "missing authorization header")


def test_the_stream_of_one_who_leaves_the_space_ends(tenant):
    space = tenant.as_user("alice").post("/v1/spaces", json={"name": "Home"}).json()["space"]
    chat = Chat(tenant, space["id"], space["chat_id"])
    backend = tenant.as_backend()
    members = f"/admin/spaces/{space['id']}/members"
    for role in ("viewer", "editor"):
        assert backend.put(f"{members}/bob", json={"role": role}).status_code == 200
    with chat.stream("bob") as events, chat.stream("alice") as alices:
        events.next("initial")
        chat.send("alice", "still here")
        assert events.next("add").text == "still here"
        assert backend.put(f"{members}/bob", json={"role": "viewer"}).status_code == 200
        chat.send("alice", "looking on")
        assert events.next("add").text == "looking on"
        assert backend.delete(f"{members}/bob").status_code in (200, 204)
        chat.send("alice", "gone")
        rest = []
        while (event := events.next()) is not None:
            rest.append(event.name)
        assert "add" not in rest
        assert [alices.next("add").text for _ in range(3)] == ["still here", "looking on", "gone"]


def test_a_stream_ends_with_its_credential(tenant):
    token = tenant.as_backend().post("/admin/tokens", json={"user_id": "bob", "expires_in": 2}).json()["token"]
    chat = Chat.main(tenant)
    client = httpx.Client(base_url=tenant.server.url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    with client.stream("GET", chat.url + "/subscribe") as reply:
        assert reply.status_code == 200
        assert "event: initial" in "".join(reply.iter_text())
    assert client.get(chat.url + "/messages").status_code == 401


def test_streams_say_goodbye_when_the_server_stops(start_server):
    from harness.tenant import Tenant

    server = start_server()
    tenant = Tenant.create(server)
    with Chat.main(tenant).stream("bob") as events:
        events.next("initial")
        server.stop()
        events.wait_for_end()
    tenant.close()


def test_open_streams_are_counted(chat, server):
    def streams():
        lines = httpx.get(server.url + "/metrics").text.splitlines()
        return [line for line in lines if "sse" in line and not line.startswith("#")]

    with chat.stream("bob") as events:
        events.next("initial")
        open_ones = wait_until(streams)
    assert open_ones
