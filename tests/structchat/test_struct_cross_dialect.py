"""One log: what is sent through any dialect is in Struct's feeds at once, and the other way round."""

import pytest
from harness.spelling import CID_CONVERSATION, cid, prefixed, read_cid, read_prefixed
from structchat_support import Socket, assert_error, number_of, ok
from websockets.sync.client import connect

thread_id = lambda number: f"2{chr(ord('O') - len(f'{number:x}'))}{number:x}"  # noqa: E731


def by_chatapi(org, by, room, text):
    return org.tenant.as_user(by).post(f"/rooms/{room}/messages", json={"content": text})


@pytest.fixture
def room(org):
    """A ChatAPI group of Mike and Mary; its number."""
    made = org.tenant.as_user("mike").post("/rooms", json={"type": "group", "members": ["mike", "mary"], "name": "Team"})
    return made.json()["room_id"]


def test_a_room_is_a_thread(org, room):
    sent = by_chatapi(org, "mary", room, "over from ChatAPI").json()
    thread = thread_id(read_prefixed(room))
    (shown,) = org.feed(by="mike")
    assert (shown["id"], shown["subject"], shown["xsr_ids"]) == (thread, "Team", None)
    assert shown["user_ids"] == [org.ids["mike"], org.ids["mary"]]
    (chat,) = org.chats(thread, "mike")
    assert (chat["text"], chat["author_id"]) == ("over from ChatAPI", org.ids["mary"])
    assert number_of(chat["id"]) == read_prefixed(sent["message_id"])
    assert org.in_feed(by="olga") == []
    assert_error(org["olga"].get(f"/v1/threads/{thread}"), 403)


def test_a_rooms_message_moves_its_thread(org, room):
    thread = thread_id(read_prefixed(room))
    with Socket(org, "mike") as mike, Socket(org, "olga") as olga:
        mike.feed("6N1"), olga.feed("6N1", [thread])
        by_chatapi(org, "mary", room, "one")
        assert mike.expect("server/feed")["data"]["chats"][0]["text"] == "one"
        by_chatapi(org, "mary", room, "two")
        assert mike.moves() == [thread]
        assert olga.settle() == []


def test_a_chat_is_a_rooms_message(org, room):
    thread = thread_id(read_prefixed(room))
    url = f"{org.server.ws_url}/ws"
    with connect(url, additional_headers=org.tenant.headers("mary"), proxy=None) as mary:
        chat = org.chat(thread, "over from Struct", by="mike")
        while '"message"' not in (frame := mary.recv(timeout=5)):
            pass
        assert "over from Struct" in frame and prefixed("msg_")(number_of(chat)) in frame
    ok(org["mary"].post("/v1/reactions", json={"chat_id": chat, "name": "👍", "set": True}))
    (message,) = org.tenant.as_user("mike").get(f"/rooms/{room}/messages").json()
    assert (message["content"], message["sender_id"], message["seq"]) == ("over from Struct", "mike", 1)


def test_a_thread_of_a_channel_is_a_room_of_who_sees_it(org):
    thread, chat = org.thread(org.channel(), "begun in Struct", by="mike")
    room = prefixed("room_")(number_of(thread))
    mary = org.tenant.as_user("mary")
    (message,) = mary.get(f"/rooms/{room}/messages").json()
    assert (message["content"], message["message_id"]) == ("begun in Struct", prefixed("msg_")(number_of(chat)))
    assert by_chatapi(org, "mary", room, "answered in ChatAPI").status_code == 201
    assert [each["text"] for each in org.chats(thread)] == ["answered in ChatAPI", "begun in Struct"]
    assert org.feed()[0]["user_ids"] == [org.ids["mike"], org.ids["mary"]]
    assert thread in org.in_feed("6N2", "mary")


def test_hidden_threads_are_hidden_from_other_dialects_too(org):
    thread, _ = org.thread(org.channel("chan_hidden"), "secret", by="olga")
    room = prefixed("room_")(number_of(thread))
    assert org.tenant.as_user("mike").get(f"/rooms/{room}/messages").status_code in (403, 404)
    assert by_chatapi(org, "mike", room, "let me in").status_code in (403, 404)


def test_a_space_chat_of_anytype(org):
    mike = org.tenant.as_user("mike")
    space = mike.get("/v1/spaces").json()["data"][0]
    chat_url = f"/v1/spaces/{space['id']}/chats/{space['chat_id']}"
    thread = thread_id(read_cid(space["chat_id"]))
    with Socket(org, "mary") as mary:
        mary.feed("6N1")
        sent = mike.post(f"{chat_url}/messages", json={"text": "over from Anytype"}).json()["message"]
        data = mary.expect("server/feed")["data"]
        assert (data["id"], data["chats"][0]["text"]) == (thread, "over from Anytype")
        assert number_of(data["chats"][0]["id"]) == read_cid(sent["id"])
    assert cid(CID_CONVERSATION)(number_of(thread)) == space["chat_id"]
    answer = org.chat(thread, "over from Struct", by="mary")
    texts = [each["content"]["text"] for each in mike.get(f"{chat_url}/messages").json()["messages"]]
    assert texts == ["over from Anytype", "over from Struct"]
    ok(org["mary"].put("/v1/read", json={"thread_id": thread, "chat_id": answer}))
    assert org.opened(thread, "mary")["thread"]["read"] == {
        "id": "0", "user_id": org.ids["mary"], "thread_id": thread, "chat_id": answer, "num_unread": 0, "muted_until": 0,
    }  # fmt: skip


def test_a_conversation_of_conversations(org):
    mike, mary = org.tenant.as_user("mike"), org.tenant.as_user("mary")
    body = {"visibility": "group", "name": "Plans", "memberIds": ["mary"]}
    number = int(mike.post("/chat/conversations/create", json=body).json()["id"])
    thread = thread_id(number)
    with Socket(org, "mary") as socket:
        socket.feed("6N2")
        mike.post("/chat/messages/send", json={"conversationId": str(number), "content": "over from Conversations"})
        assert socket.expect("server/feed")["data"]["subject"] == "Plans"
    chat = org.chat(thread, "over from Struct", by="mary")
    listed = mike.post("/chat/messages/list", json={"conversationId": str(number)}).json()["data"]
    assert {each["content"] for each in listed} >= {"over from Conversations", "over from Struct"}
    ok(org["mary"].put("/v1/chats", json={"id": chat, "text": "edited in Struct"}))
    edited = mary.post("/chat/messages/list", json={"conversationId": str(number)}).json()["data"]
    assert "edited in Struct" in {each["content"] for each in edited}


def test_reading_in_one_is_reading_in_all(org, room):
    for number in range(3):
        by_chatapi(org, "mary", room, str(number))
    thread = thread_id(read_prefixed(room))
    newest = org.chats(thread, "mike")[0]["id"]
    assert org.feed(by="mike")[0]["read"]["num_unread"] == 3
    ok(org["mike"].put("/v1/read", json={"thread_id": thread, "chat_id": newest}))
    (listed,) = org.tenant.as_user("mike").post("/chat/conversations/list", json={}).json()["data"]
    assert listed["unreadCount"] == 0


def everywhere(org, by, number):
    """How each other dialect answers who asks for that conversation."""
    client = org.tenant.as_user(by)
    room = prefixed("room_")(number)
    home = client.get("/v1/spaces").json()["data"][0]["id"]
    return {
        "chatapi": client.get(f"/rooms/{room}/messages").status_code,
        "chatapi's room": client.get(f"/rooms/{room}").status_code,
        "anytype": client.get(f"/v1/spaces/{home}/chats/{cid(CID_CONVERSATION)(number)}/messages").status_code,
        "conversations": client.post("/chat/messages/list", json={"conversationId": str(number)}).status_code,
        "conversations' own": client.post(f"/chat/conversations/{number}/get", json={}).status_code,
        "snapbooks": client.get(f"/chat/threads/{number}").status_code,
    }


def chats_listed(org, by):
    client = org.tenant.as_user(by)
    home = client.get("/v1/spaces").json()["data"][0]["id"]
    return {read_cid(each["id"]) for each in client.get(f"/v1/spaces/{home}/chats?limit=1000").json()["data"]}


def test_a_deleted_thread_is_gone_from_every_dialect(org):
    channel = org.channel()
    thread, _ = org.thread(channel, "secret", by="mike")
    number = number_of(thread)
    for by in ("mike", "mary"):
        assert set(everywhere(org, by, number).values()) == {200}
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"deleted": True}}))
    for by in ("mike", "mary", "olga"):
        assert set(everywhere(org, by, number).values()) == {404}
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"deleted": False}}))
    assert set(everywhere(org, "mary", number).values()) == {200}


def test_a_hidden_thread_is_in_no_dialects_list(org):
    channel = org.channel()
    thread, _ = org.thread(channel, "whispered", by="mike")
    assert number_of(thread) in chats_listed(org, "mary")
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"hidden": True}}))
    assert number_of(thread) not in chats_listed(org, "mary") | chats_listed(org, "mike")
    assert everywhere(org, "mary", number_of(thread))["anytype"] == 200
