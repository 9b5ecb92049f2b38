"""Threads: opening, making, changing; what is read of them; which are alike."""

from structchat_support import assert_error, ok, wait_until


def test_a_new_thread_may_lie_in_several_channels_and_have_a_subject(org):
    general, random = org.channel(name="general"), org.channel(name="random")
    made = ok(
        org["mike"].post("/v1/threads", json={"text": "Hi", "xsr_ids": [general, random, general], "subject": "Greetings, all!"})
    )
    thread = org.opened(made["thread_id"])["thread"]
    assert thread["xsr_ids"] == [general, random]
    assert (thread["subject"], thread["url_path"]) == ("Greetings, all!", f"greetings-all/{thread['id']}")
    assert (thread["author_id"], thread["user_ids"]) == (org.ids["mike"], [org.ids["mike"]])


def test_a_thread_needs_a_text_and_a_channel(org):
    general = org.channel()
    post = org["mike"].post
    assert_error(post("/v1/threads", json={"text": "Hi"}), 400, "xsr_ids")
    assert_error(post("/v1/threads", json={"text": "Hi", "xsr_ids": []}), 400, "xsr_ids")
    assert_error(post("/v1/threads", json={"xsr_ids": [general]}), 400, "text")
    assert_error(post("/v1/threads", json={"text": "", "xsr_ids": [general]}), 400, "text")
    assert_error(post("/v1/threads", json={"text": "Hi", "xsr_ids": general}), 400, "xsr_ids")
    assert_error(post("/v1/threads", json={"text": "Hi", "xsr_ids": ["3N0"]}), 404)
    assert_error(post("/v1/threads", json={"text": "Hi", "xsr_ids": ["2Kffff"]}), 404)
    assert_error(post("/v1/threads", content="{"), 400)
    assert_error(post("/v1/threads", content='["Hi"]'), 400)
    assert org.in_feed() == []


def test_nobody_writes_where_only_members_do(org):
    closed = org.channel("chan_member")
    assert_error(org["mike"].post("/v1/threads", json={"text": "Hi", "xsr_ids": [closed]}), 403)
    assert_error(org.stranger().post("/v1/threads", json={"text": "Hi", "xsr_ids": [closed]}), 401)
    ok(org["mike"].post("/v1/channels/join", json={"id": closed}))
    org.thread(closed, by="mike")


def test_an_opened_thread_has_the_newest_hundred_chats_in_their_order(org):
    thread, first = org.thread(org.channel())
    sent = [first] + [org.chat(thread, f"chat {number}") for number in range(104)]
    assert [chat["id"] for chat in org.opened(thread)["chats"]] == sent[-100:]
    assert org.opened(thread)["thread"]["num_chats"] == 105
    assert [chat["id"] for chat in org.chats(thread, before=sent[5])] == sent[4::-1]


def test_a_thread_is_shown_at_its_own_address(org):
    thread, _ = org.thread(org.channel(), subject="What's new in 2023?")
    shown = org.opened(thread)["thread"]
    assert shown["url_path"] == f"whats-new-in-2023/{thread}"
    assert shown["joinChatUrl"] == f"{org.server.url}/{shown['url_path']}"
    wordless, _ = org.thread(org.channel(name="b"), subject="これは", text="日本語")
    shown = org.opened(wordless)["thread"]
    assert (shown["url_path"], shown["joinChatUrl"]) == ("", f"{org.server.url}/{wordless}")


def test_only_an_admin_changes_threads(org):
    thread, _ = org.thread(org.channel(), by="mike")
    for name in ("mike", "mona", "gina"):
        assert_error(org[name].put("/v1/threads", json={"id": thread, "bits": {"hidden": True}}), 403)
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"hidden": True}}))


def test_a_hidden_thread_is_in_no_list_and_can_be_read(org):
    channel = org.channel()
    thread, _ = org.thread(channel)
    ok(org["adam"].put("/v1/threads", json={"ids": [thread], "bits": {"hidden": True}}))
    assert org.in_feed() == []
    assert org.opened(thread, "mike")["thread"]["bits"] == {"hidden": True}
    ok(org["adam"].put("/v1/threads", json={"ids": [thread], "bits": {"hidden": False}}))
    assert org.in_feed(by="mike") == [thread]


def test_a_deleted_thread_is_gone_until_it_is_not(org):
    thread, chat = org.thread(org.channel())
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"deleted": True}}))
    assert org.in_feed() == []
    assert_error(org["olga"].get(f"/v1/threads/{thread}"), 404)
    assert_error(org["olga"].get(f"/v1/chats/{thread}"), 404)
    assert_error(org["olga"].get(f"/v1/chats/{chat}"), 404)
    assert_error(org["olga"].post("/v1/chats", json={"thread_id": thread, "text": "Hi"}), 404)
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"deleted": False}}))
    assert org.in_feed() == [thread]
    org.chat(thread, "Hi")


def test_a_thread_moves_to_other_channels(org):
    general, other = org.channel(name="general"), org.channel("chan_member", name="other")
    thread, _ = org.thread(general)
    ok(org["adam"].put("/v1/threads", json={"id": thread, "xsr_ids": [other]}))
    assert org.opened(thread)["thread"]["xsr_ids"] == [other]
    assert_error(org["mike"].get(f"/v1/threads/{thread}"), 403)
    assert_error(org["adam"].put("/v1/threads", json={"id": thread, "xsr_ids": []}), 400)
    assert_error(org["adam"].put("/v1/threads", json={"id": thread, "xsr_ids": ["3Kffff"]}), 404)


def test_changing_several_threads_is_all_or_nothing(org):
    channel = org.channel()
    first, second = org.thread(channel)[0], org.thread(channel)[0]
    refused = org["adam"].put("/v1/threads", json={"ids": [first, "2Kffff", second], "bits": {"resolved": True}})
    assert_error(refused, 404)
    assert org.opened(first)["thread"]["bits"] == {}
    ok(org["adam"].put("/v1/threads", json={"ids": [first, second], "bits": {"resolved": True}}))
    assert [thread["bits"] for thread in org.feed()] == [{"resolved": True}] * 2


def test_what_a_change_of_threads_must_say(org):
    thread, _ = org.thread(org.channel())
    put = org["adam"].put
    assert_error(put("/v1/threads", json={"bits": {"resolved": True}}), 400, "ids")
    assert_error(put("/v1/threads", json={"id": thread}), 400, "bits")
    assert_error(put("/v1/threads", json={"id": thread, "bits": {"paid": True}}), 400, "paid", "resolved")
    assert_error(put("/v1/threads", json={"id": thread, "bits": {"resolved": 1}}), 400, "resolved")
    assert_error(put("/v1/threads", json={"id": thread, "bits": ["resolved"]}), 400, "bits")
    assert_error(put("/v1/threads", json={"ids": [thread] * 101, "bits": {"resolved": True}}), 400, "100")


def test_what_is_no_thread_is_not_found(org, other_org):
    _, chat = org.thread(org.channel())
    foreign, _ = other_org.thread(other_org.channel())
    for text in (chat, foreign, "2Kffff", "2K00ff", "0", "2", "nothing", "2O", org.ids["mike"], "9N1"):
        assert_error(org["olga"].get(f"/v1/threads/{text}"), 404)
        assert_error(org["adam"].put("/v1/threads", json={"id": text, "bits": {"hidden": True}}), 404)


def test_a_channels_own_log_can_be_read_as_a_thread(org):
    channel = org.channel()
    org.chat(channel, "straight into the channel")
    opened = org.opened(channel)
    assert opened["thread"]["id"][1:] == channel[1:] and opened["thread"]["id"][0] == "2"
    assert opened["thread"]["xsr_ids"] == [channel]
    assert org.in_feed() == [opened["thread"]["id"]]
    assert org.chats(opened["thread"]["id"])[0]["text"] == "straight into the channel"


def test_reading_moves_forward_only(org):
    thread, first = org.thread(org.channel())
    second, third = org.chat(thread, "two"), org.chat(thread, "three")

    def read():
        mark = org.opened(thread, "mike")["thread"]["read"]
        return mark["chat_id"], mark["num_unread"]

    def mark(chat):
        ok(org["mike"].put("/v1/read", json={"thread_id": thread, "chat_id": chat}))
        return read()

    assert read() == ("0", 3)
    assert mark(second) == (second, 1)
    assert mark(first) == (second, 1)
    assert mark(third) == (third, 0)
    org.chat(thread, "four")
    assert read() == (third, 1)
    org.chat(thread, "mine", by="mike")
    assert read()[1] == 1


def test_a_chat_is_read_in_its_own_thread(org):
    channel = org.channel()
    thread, chat = org.thread(channel)
    _, other = org.thread(channel)
    put = org["mike"].put
    assert_error(put("/v1/read", json={"thread_id": thread, "chat_id": other}), 404)
    assert_error(put("/v1/read", json={"thread_id": thread, "chat_id": "1Jfffff"}), 404)
    assert_error(put("/v1/read", json={"thread_id": "2Jfffff", "chat_id": chat}), 404)
    assert_error(put("/v1/read", json={"thread_id": thread}), 400, "chat_id")
    assert_error(org.stranger().put("/v1/read", json={"thread_id": thread, "chat_id": chat}), 401)


def test_similar_threads_share_words_and_are_readable(org):
    general, closed = org.channel(), org.channel("chan_hidden", name="closed")
    thread, _ = org.thread(general, "How do I tune the sharding of typesense collections?")
    alike, _ = org.thread(general, "Sharding typesense collections needs more memory")
    org.thread(general, "Lunch is at noon")
    secret, _ = org.thread(closed, "Secret plans for sharding typesense collections")

    def similar(by):
        return [each["id"] for each in org.opened(thread, by)["similar"]]

    assert wait_until(lambda: similar("mike")) == [alike]
    assert sorted(similar("olga")) == sorted([alike, secret])
    first = org.opened(thread)["similar"][0]
    assert "chats" not in first and "similar" not in first and first["subject"] is not None
