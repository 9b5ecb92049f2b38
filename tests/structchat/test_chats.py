"""Chats and their reactions."""

import time

from structchat_support import assert_error, number_of, ok


def test_a_chat_mentions_and_is_edited_by_its_author_only(org):
    thread, _ = org.thread(org.channel())
    chat = org.chat(thread, f"<@{org.ids['mary']}> look & see <here>", by="mike")
    shown = ok(org["mary"].get(f"/v1/chats/{chat}"))["chat"]
    assert shown["text"] == f"<@{org.ids['mary']}> look & see <here>"
    assert shown["author_id"] == org.ids["mike"]
    assert [each["id"] for each in org.feed("6N2", "mary")] == [thread]
    time.sleep(1.1)  # Times are whole seconds.
    ok(org["mike"].put("/v1/chats", json={"id": chat, "text": "better"}))
    edited = ok(org["mary"].get(f"/v1/chats/{chat}"))["chat"]
    assert edited["text"] == "better" and edited["updated_at"] > edited["created_at"] == shown["created_at"]
    assert_error(org["mary"].put("/v1/chats", json={"id": chat, "text": "mine"}), 403)
    assert_error(org["mike"].put("/v1/chats", json={"id": chat, "text": ""}), 400)
    assert_error(org["mike"].put("/v1/chats", json={"id": chat}), 400, "text")
    assert_error(org["mike"].put("/v1/chats", json={"id": chat, "thread_id": "2Kffff", "text": "x"}), 404)


def test_a_chat_is_deleted_by_its_bit(org):
    thread, _ = org.thread(org.channel())
    own, others = org.chat(thread, "oops", by="mike"), org.chat(thread, "rude", by="mike")
    ok(org["mike"].put("/v1/chats", json={"id": own, "bits": {"deleted": True}}))
    assert_error(org["mary"].put("/v1/chats", json={"id": others, "bits": {"deleted": True}}), 403)
    ok(org["adam"].put("/v1/chats", json={"id": others, "bits": {"deleted": True}}))
    assert_error(org["mike"].get(f"/v1/chats/{own}"), 404)
    assert [chat["text"] for chat in org.chats(thread)] == ["Hello there"]
    assert org.feed()[0]["num_chats"] == 1


def test_pages_descend_and_end_empty(org):
    thread, first = org.thread(org.channel())
    sent = [first] + [org.chat(thread, str(number)) for number in range(9)]
    page = org.chats(thread, num=4)
    assert [chat["id"] for chat in page] == sent[:-5:-1]
    page = org.chats(thread, num=4, before=page[-1]["id"])
    assert [chat["id"] for chat in page] == sent[5:1:-1]
    page = org.chats(thread, num=4, before=page[-1]["id"])
    assert [chat["id"] for chat in page] == sent[1::-1]
    assert org.chats(thread, num=4, before=page[-1]["id"]) == []
    # An id that is another thread's still says which are older.
    _, later = org.thread(org.channel(name="b"))
    assert number_of(later) > number_of(sent[-1])
    assert len(org.chats(thread, before=later)) == 10


def test_bad_pages_are_refused(org):
    thread, _ = org.thread(org.channel())
    get = org["mike"].get
    for query in ("num=0", "num=-1", "num=many", "num=1001", "before=0", "before=2K1", "before=last"):
        assert_error(get(f"/v1/chats/{thread}?{query}"), 400, query.split("=")[0])
    assert len(org.chats(thread, num=1000)) == 1


def test_what_a_chat_must_have(org):
    thread, _ = org.thread(org.channel())
    post = org["mike"].post
    assert_error(post("/v1/chats", json={"thread_id": thread}), 400, "text")
    assert_error(post("/v1/chats", json={"text": "Hi"}), 400, "thread_id")
    assert_error(post("/v1/chats", json={"thread_id": thread, "text": ""}), 400, "text")
    assert_error(post("/v1/chats", json={"thread_id": thread, "text": 5}), 400, "text")
    assert_error(post("/v1/chats", json={"thread_id": "2Kffff", "text": "Hi"}), 404)
    assert_error(post("/v1/chats", json={"thread_id": thread, "text": "Hi", "images": ["img-1"]}), 404, "images")
    assert_error(post("/v1/chats", json={"thread_id": thread, "text": "x" * 2_000_000}), 413)


def test_what_is_no_chat_is_not_found(org, other_org):
    _, foreign = other_org.thread(other_org.channel())
    for text in (foreign, "1Jfffff", "1K00ff", "0", "chat", org.ids["mike"], "6N1"):
        assert_error(org["olga"].get(f"/v1/chats/{text}"), 404)
        assert_error(org["olga"].put("/v1/chats", json={"id": text, "text": "mine"}), 404)
        assert_error(org["olga"].post("/v1/reactions", json={"chat_id": text, "name": "+1", "set": True}), 404)


def test_the_same_key_sends_once(org):
    thread, _ = org.thread(org.channel())
    key = {"Idempotency-Key": "once"}
    replies = [org["mike"].post("/v1/chats", json={"thread_id": thread, "text": "Hi"}, headers=key) for _ in range(2)]
    assert ok(replies[0]) == ok(replies[1])
    assert len(org.chats(thread)) == 2


def test_reactions_are_counted_by_name(org):
    thread, chat = org.thread(org.channel())

    def react(by, name, **how):
        return ok(org[by].post("/v1/reactions", json={"chat_id": chat, "name": name, **how}))

    for by, name in (("mike", "+1"), ("mary", "raised_hands"), ("mary", "+1"), ("mike", "+1")):
        assert react(by, name, set=True) == {"ok": True}
    mike, mary = org.ids["mike"], org.ids["mary"]
    assert ok(org["olga"].get(f"/v1/chats/{chat}"))["chat"]["reactions"] == [
        {"count": 2, "name": "+1", "user_ids": [mike, mary]},
        {"count": 1, "name": "raised_hands", "user_ids": [mary]},
    ]
    counted = [{"count": 2, "name": "+1"}, {"count": 1, "name": "raised_hands"}]
    assert org.chats(thread)[0]["reactions"] == counted
    assert org.feed()[0]["reactions"] == counted
    assert react("mike", "+1", delete=True) == react("mike", "+1", delete=True) == {"ok": True}
    assert {"count": 1, "name": "+1"} in org.chats(thread)[0]["reactions"]


def test_exactly_one_of_set_and_delete(org):
    _, chat = org.thread(org.channel())
    for how in ({}, {"set": True, "delete": True}, {"set": False}, {"set": False, "delete": False}, {"set": None}):
        reply = org["mike"].post("/v1/reactions", json={"chat_id": chat, "name": "+1", **how})
        assert_error(reply, 400, "exactly one of set and delete")
    ok(org["mike"].post("/v1/reactions", json={"chat_id": chat, "name": "+1", "set": True, "delete": False}))
    for body in ({"set": "yes", "name": "+1"}, {"set": True}, {"set": True, "name": ""}, {"set": True, "name": "x" * 999}):
        assert_error(org["mike"].post("/v1/reactions", json={"chat_id": chat, **body}), 400)
