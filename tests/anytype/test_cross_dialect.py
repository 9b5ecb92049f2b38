"""One log: what one dialect does is live in the other."""

import contextlib
import json

from anytype_support import CHAT, SPACE, Chat, decode_cid, encode_cid
from websockets.sync.client import connect


class Frames:
    """ChatAPI's WebSocket."""

    def __init__(self, socket):
        self._socket = socket

    def next(self, kind):
        while True:
            frame = json.loads(self._socket.recv(timeout=10))
            if frame["type"] == kind:
                return frame


@contextlib.contextmanager
def chatapi_socket(tenant, user):
    with connect(tenant.server.ws_url + "/ws", additional_headers=tenant.headers(user), proxy=None) as socket:
        yield Frames(socket)


def room_of(number):
    """ChatAPI's spelling of a conversation."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return "room_" + text


def chat_of(tenant, room):
    """A ChatAPI room as a chat of the default space."""
    main = Chat.main(tenant)
    return Chat(tenant, main.space, encode_cid(CHAT, int(room.removeprefix("room_"), 36)))


def test_a_room_is_a_chat(tenant):
    alice = tenant.as_user("alice")
    body = {"type": "group", "members": ["alice", "bob"], "name": "Lobby"}
    room = alice.post("/rooms", json=body).json()["room_id"]
    chat = chat_of(tenant, room)
    listed = alice.get(f"/v1/spaces/{chat.space}/chats").json()["data"]
    assert {each["id"]: each["name"] for each in listed}[chat.id] == "Lobby"
    carols = tenant.as_user("carol").get(f"/v1/spaces/{chat.space}/chats").json()["data"]
    assert chat.id not in [each["id"] for each in carols]
    assert chat("carol", "GET", "/messages").status_code == 404
    assert chat("carol", "GET", "/subscribe").status_code == 404


def test_what_chatapi_does_is_in_the_stream(tenant):
    alice = tenant.as_user("alice")
    room = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
    chat = chat_of(tenant, room)
    with chat.stream("bob") as events:
        events.next("initial")
        sent = alice.post(f"/rooms/{room}/messages", json={"content": "over there"}).json()
        added = events.next("add").data["message"]
        assert (added["creator"], added["content"]) == ("alice", {"text": "over there", "style": "paragraph"})
        assert decode_cid(added["id"])[1] == int(sent["message_id"].removeprefix("msg_"), 36)
        url = f"/rooms/{room}/messages/{sent['message_id']}"
        assert alice.put(url, json={"content": "over here"}).status_code == 200
        assert events.next("update").text == "over here"
        chat.react("bob", added, "👍")
        assert events.next("reactions").data["message"]["reactions"] == {"👍": ["bob"]}
        assert alice.delete(url).status_code == 204
        assert events.next("delete").data["deleted"] == added["id"]
    assert chat.texts("bob") == []


def test_what_anytype_does_is_in_the_websocket(tenant):
    alice = tenant.as_user("alice")
    room = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
    chat = chat_of(tenant, room)
    with chatapi_socket(tenant, "bob") as socket:
        message = chat.send("alice", "from the chat")
        frame = socket.next("message")
        assert (frame["room_id"], frame["sender_id"], frame["content"]) == (room, "alice", "from the chat")
        assert int(frame["message_id"].removeprefix("msg_"), 36) == decode_cid(message["id"])[1]
        chat.edit("alice", message, "edited")
        assert socket.next("message.updated")["content"] == "edited"
        chat.delete("alice", message)
        assert socket.next("message.deleted")["message_id"] == frame["message_id"]
    assert tenant.as_user("bob").get(f"/rooms/{room}/messages").json() == []


def test_a_member_who_is_removed_is_sent_nothing_more(tenant):
    """Removed through the Conversations dialect."""
    alice = tenant.as_user("alice")
    room = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
    chat = chat_of(tenant, room)
    with chat.stream("bob") as events, chat.stream("alice") as alices:
        events.next("initial")
        chat.send("alice", "with bob")
        assert events.next("add").text == "with bob"
        last_id = events.last_id
        url = f"/chat/conversations/{decode_cid(chat.id)[1]}/members/remove"
        reply = alice.post(url, json={"userId": "bob"})
        assert reply.status_code == 200, reply.text
        chat.send("alice", "without bob")
        names = []
        while (event := events.next()) is not None:
            names.append(event.name)
        assert "add" not in names
        assert [alices.next("add").text for _ in range(2)] == ["with bob", "without bob"]
    assert chat("bob", "GET", "/messages").status_code == 404
    assert chat("bob", "GET", "/subscribe", headers={"Last-Event-ID": last_id}).status_code == 404


def test_chats_of_a_space_of_its_own_are_rooms(tenant):
    alice = tenant.as_user("alice")
    space = alice.post("/v1/spaces", json={"name": "Home"}).json()["space"]
    assert decode_cid(space["id"])[0] == SPACE
    chat = Chat(tenant, space["id"], space["chat_id"])
    chat.send("alice", "hello")
    room = room_of(decode_cid(chat.id)[1])
    assert [each["content"] for each in alice.get(f"/rooms/{room}/messages").json()] == ["hello"]
    assert tenant.as_user("mallory").get(f"/rooms/{room}/messages").status_code == 403


def test_marks_do_not_outlive_the_text_they_point_into(tenant):
    alice = tenant.as_user("alice")
    room = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
    chat = chat_of(tenant, room)
    body = {"text": "from anytype", "marks": [{"type": "bold", "from": 5, "to": 12}]}
    sent = chat("alice", "POST", "/messages", json=body).json()["message"]
    assert sent["content"]["marks"] == [{"type": "bold", "from": 5, "to": 12}]
    message = room_of(decode_cid(sent["id"])[1]).replace("room_", "msg_")
    assert alice.put(f"/rooms/{room}/messages/{message}", json={"content": "x"}).status_code == 200
    (shown,) = chat("alice", "GET", "/messages").json()["messages"]
    assert shown["content"]["text"] == "x" and not shown["content"].get("marks")
