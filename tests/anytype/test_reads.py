"""Read marks, counters and mentions."""

import pytest
from anytype_support import MESSAGE, assert_error, encode_cid


def send_many(chat, count, user="alice"):
    return [chat.send(user, str(number)) for number in range(count)]


def counters(chat, user="bob"):
    state = chat.state(user)
    return state["messages"]["counter"], state["mentions"]["counter"]


def flags(chat, user="bob"):
    return "".join("r" if message["read"] else "-" for message in chat.page(user)["messages"])


def test_state_counts_what_is_unread(chat):
    messages = send_many(chat, 3)
    state = chat.state("bob")
    assert state == {
        "messages": {"counter": 3, "oldest_order_id": messages[0]["order_id"]},
        "mentions": {"counter": 0},
        "last_state_id": messages[2]["state_id"],
        "order": state["order"],
    }
    own = chat.state("alice")
    assert own["messages"] == {"counter": 0}
    chat.send("alice", "more")
    assert chat.state("bob")["order"] > state["order"]


def test_a_range_is_inclusive_at_both_ends(chat):
    messages = send_many(chat, 6)
    chat.read("bob", type="messages", after_order_id=messages[1]["order_id"], before_order_id=messages[3]["order_id"])
    assert flags(chat) == "-rrr--"
    state = chat.state("bob")
    assert state["messages"] == {"counter": 3, "oldest_order_id": messages[0]["order_id"]}
    chat.read("bob", type="messages", before_order_id=messages[0]["order_id"])
    assert chat.state("bob")["messages"] == {"counter": 2, "oldest_order_id": messages[4]["order_id"]}
    chat.read("bob", before_order_id=messages[5]["order_id"])
    assert chat.state("bob")["messages"] == {"counter": 0}
    assert flags(chat) == "rrrrrr"
    assert flags(chat, "carol") == "------"


def test_what_came_after_the_last_look_stays_unread(chat):
    messages = send_many(chat, 4)
    known = messages[1]["state_id"]
    chat.read("bob", before_order_id=messages[3]["order_id"], last_state_id=known)
    assert flags(chat) == "rr--"
    chat.read("bob", before_order_id=messages[3]["order_id"], last_state_id="000000000000000000000000")
    assert flags(chat) == "rr--"
    chat.edit("alice", messages[2], "edited")
    last = chat.state("bob")["last_state_id"]
    assert last == messages[3]["state_id"]
    chat.read("bob", before_order_id=messages[3]["order_id"], last_state_id=last)
    assert flags(chat) == "rrrr"


def test_a_guard_is_optional(chat):
    messages = send_many(chat, 2)
    chat.read("bob", before_order_id=messages[1]["order_id"], last_state_id="")
    assert counters(chat) == (0, 0)


def test_explicit_ids(chat):
    messages = send_many(chat, 5)
    chat.read("bob", message_ids=[messages[3]["id"], messages[1]["id"]])
    assert flags(chat) == "-r-r-"
    chat.read("bob", message_ids=[])
    chat.read("bob", message_ids=[messages[4]["id"]], last_state_id=messages[3]["state_id"])
    assert flags(chat) == "-r-r-"
    assert chat.state("bob")["messages"] == {"counter": 3, "oldest_order_id": messages[0]["order_id"]}


def test_read_all(chat):
    send_many(chat, 3)
    chat.send("alice", "@bob", marks=[{"type": "mention", "from": 0, "to": 4, "param": "bob"}])
    assert counters(chat) == (4, 1)
    reply = chat("bob", "POST", "/read_all", 204)
    assert reply.content == b""
    assert counters(chat) == (0, 0)
    chat.send("alice", "new")
    assert counters(chat) == (1, 0)


def test_own_messages_are_born_read(chat):
    chat.send("bob", "mine")
    assert flags(chat) == "r"
    assert counters(chat) == (0, 0)
    assert counters(chat, "alice") == (1, 0)


def test_counters_follow_deletions_and_edits(chat):
    messages = send_many(chat, 3)
    mention = chat.send("alice", "@bob", marks=[{"type": "mention", "from": 0, "to": 4, "param": "bob"}])
    assert chat.state("bob")["mentions"] == {"counter": 1, "oldest_order_id": mention["order_id"]}
    chat.delete("alice", messages[0])
    assert chat.state("bob")["messages"] == {"counter": 3, "oldest_order_id": messages[1]["order_id"]}
    chat.edit("alice", mention, "nobody")
    assert chat.state("bob")["mentions"] == {"counter": 0}
    chat.edit("alice", mention, "@bob", marks=[{"type": "mention", "from": 0, "to": 4, "param": "bob"}])
    assert counters(chat) == (3, 1)
    chat.delete("alice", mention)
    assert counters(chat) == (2, 0)


@pytest.mark.parametrize("form", ["identity", "participant"])
def test_a_mention_mark_mentions(chat, form):
    param = "bob" if form == "identity" else f"_participant_{chat.space}_bob"
    message = chat.send("alice", "Hi @bob", marks=[{"type": "mention", "from": 3, "to": 7, "param": param}])
    assert message["content"]["marks"] == [{"type": "mention", "from": 3, "to": 7, "param": param}]
    seen = chat.get("bob", message)
    assert (seen["has_mention"], seen["mention_read"]) == (True, False)
    other = chat.get("carol", message)
    assert (other["has_mention"], other["mention_read"]) == (False, True)
    assert counters(chat) == (1, 1)
    assert counters(chat, "carol") == (1, 0)


def test_a_mention_of_somebody_new_waits_for_them(chat):
    chat.send("alice", "@dora", marks=[{"type": "mention", "from": 0, "to": 5, "param": "dora"}])
    assert counters(chat, "dora") == (1, 1)


def test_a_mark_may_mention_what_is_no_user(chat):
    cid = "bafyreihnwyhjxaxm4jbgb3u7fky46lflk3wmknxzqfusu7cbmx6zcpolbu"
    message = chat.send("alice", "@page", marks=[{"type": "mention", "from": 0, "to": 5, "param": cid}])
    assert message["content"]["marks"][0]["param"] == cid
    identities = [each["identity"] for each in
                  chat.tenant.as_user("alice").get(f"/v1/spaces/{chat.space}/members").json()["data"]]
    assert identities == ["alice", "bob"]


def test_a_reply_mentions_its_author(chat):
    first = chat.send("bob", "First")
    reply = chat.send("alice", "Second", reply_to_message_id=first["id"])
    assert chat.get("bob", reply)["has_mention"] is True
    assert counters(chat) == (1, 1)
    own = chat.send("bob", "Third", reply_to_message_id=first["id"])
    assert chat.get("bob", own)["has_mention"] is False


def test_mentions_and_messages_are_marked_apart(chat):
    mention = chat.send("alice", "@bob", marks=[{"type": "mention", "from": 0, "to": 4, "param": "bob"}])
    chat.send("alice", "other")
    chat.read("bob", type="mentions", before_order_id="~")
    seen = chat.get("bob", mention)
    assert (seen["read"], seen["has_mention"], seen["mention_read"]) == (False, True, True)
    assert counters(chat) == (2, 0)
    chat.send("alice", "@bob", marks=[{"type": "mention", "from": 0, "to": 4, "param": "bob"}])
    chat.read("bob", type="messages", before_order_id="~")
    assert counters(chat) == (0, 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "before_order_id"),
        ({"type": "messages"}, "before_order_id"),
        ({"before_order_id": ""}, "before_order_id"),
        ({"type": "reactions", "before_order_id": "zz"}, "type"),
        ({"type": 7, "before_order_id": "zz"}, "type"),
        ({"message_ids": ["nonsense"]}, "message_ids[0]"),
        ({"message_ids": [encode_cid(MESSAGE, 99_999_999)]}, "message_ids[0]"),
        ({"message_ids": [], "before_order_id": "zz"}, "message_ids"),
        ({"message_ids": "all"}, "message_ids"),
    ],
)
def test_a_bad_mark_is_refused_by_field(chat, body, field):
    assert_error(chat("bob", "POST", "/read", json=body), 400, "bad_request", field=field)


def test_marking_in_an_unknown_chat(chat):
    url = f"/v1/spaces/{chat.space}/chats/{encode_cid(2, 99_999_999)}/read"
    reply = chat.tenant.as_user("bob").post(url, json={"before_order_id": "zz"})
    assert_error(reply, 404, "object_not_found", "chat not found")
