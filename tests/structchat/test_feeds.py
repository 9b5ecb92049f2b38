"""Feeds: the three that everybody has, one's own, and what they let through."""

import time

import pytest
from structchat_support import assert_error, ok


def make_feed(org, by="mike", **fields):
    return ok(org[by].post("/v1/feed", json={"name": "mine"} | fields))["data"]


def direct(org, by, other, text="psst"):
    """A direct message by another dialect: Struct's clients see it as a thread."""
    room = org.tenant.as_user(by).post("/rooms", json={"type": "dm", "members": [by, other]}).json()["room_id"]
    org.tenant.as_user(by).post(f"/rooms/{room}/messages", json={"content": text})
    return next(thread["id"] for thread in org.feed("6N3", by) if thread["chats"][-1]["text"] == text)


def test_the_newest_activity_is_first(org):
    channel = org.channel()
    first, second, third = (org.thread(channel, str(number))[0] for number in range(3))
    assert org.in_feed() == [third, second, first]
    org.chat(first, "again")
    assert org.in_feed() == [first, third, second]
    ok(org["adam"].put("/v1/threads", json={"id": second, "bits": {"resolved": True}}))
    assert org.in_feed() == [second, first, third]


def test_pages(org):
    channel = org.channel()
    threads = [org.thread(channel, str(number))[0] for number in range(7)][::-1]
    assert org.in_feed(per_page=3) == threads[:3]
    assert org.in_feed(page=2, per_page=3) == threads[3:6]
    assert org.in_feed(page=3, per_page=3) == threads[6:]
    assert org.in_feed(page=4, per_page=3) == org.in_feed(page=999_999_999, per_page=100) == []
    for query in ("page=0", "page=-1", "page=x", "per_page=0", "per_page=101"):
        assert_error(org["mike"].get(f"/v1/feed/6N1?{query}"), 400, query.split("=")[0])


def test_what_a_feed_shows_of_a_thread(org):
    channel = org.channel()
    thread, first = org.thread(channel, "one", by="mike")
    chats = [first] + [org.chat(thread, str(number), by="mary") for number in range(6)]
    (shown,) = org.feed(by="mike")
    assert [chat["id"] for chat in shown["chats"]] == chats[-5:]
    assert shown["num_chats"] == 7
    assert shown["user_ids"] == [org.ids["mike"], org.ids["mary"]]
    assert (shown["author_id"], shown["org_id"], shown["xsr_ids"]) == (org.ids["mike"], org.id, [channel])
    assert shown["read"]["num_unread"] == 6 and shown["read"]["user_id"] == org.ids["mike"]


def test_yours_truly_is_what_one_takes_part_in_or_is_mentioned_in(org):
    channel = org.channel()
    begun, _ = org.thread(channel, "mine", by="mike")
    answered, _ = org.thread(channel, "yours", by="mary")
    org.chat(answered, "me too", by="mike")
    mentioned, _ = org.thread(channel, f"what does <@{org.ids['mike']}> say?", by="mary")
    org.thread(channel, "nothing to do with it", by="mary")
    told = direct(org, "mary", "mike")
    assert set(org.in_feed("6N2", "mike")) == {begun, answered, mentioned, told}


def test_direct_messages_are_seen_by_the_two(org):
    org.thread(org.channel())
    told = direct(org, "mary", "mike")
    for name in ("mary", "mike"):
        assert org.in_feed("6N3", name) == [told]
    assert org.in_feed("6N3", "olga") == []
    assert told not in org.in_feed("6N1", "olga")
    assert_error(org["olga"].get(f"/v1/threads/{told}"), 403)
    assert set(org.feed("6N3", "mike")[0]["user_ids"]) == {org.ids["mike"], org.ids["mary"]}


def test_or_within_and_between(org):
    a, b, c = (org.channel(name=name) for name in "abc")
    threads = {
        f"{channel_name}-{by}": org.thread(channel, "x", by)[0]
        for channel_name, channel in (("a", a), ("b", b), ("c", c))
        for by in ("mike", "mary", "olga")
    }

    def shown(**filters):
        found = org.in_feed(make_feed(org, **filters)["id"], "mike", per_page=100)
        return sorted(name for name, thread in threads.items() if thread in found)

    mike, mary = org.ids["mike"], org.ids["mary"]
    assert shown(channel_ids=[a]) == ["a-mary", "a-mike", "a-olga"]
    assert shown(channel_ids=[a, b], user_ids=[mike]) == ["a-mike", "b-mike"]
    assert shown(user_ids=[mike, mary]) == ["a-mary", "a-mike", "b-mary", "b-mike", "c-mary", "c-mike"]
    assert shown(channel_ids=[a], user_ids=[mike, mary]) == ["a-mary", "a-mike"]
    assert len(shown()) == 9


def test_feed_dm_counts_where_no_channel_is_named(org):
    channel = org.channel()
    thread, _ = org.thread(channel, "open", "mary")
    told = direct(org, "mary", "mike")
    direct(org, "olga", "mike", "hush")
    mary = org.ids["mary"]
    both = make_feed(org, channel_ids=[channel], bits={"feed_dm": True}, user_ids=[mary])
    assert (both["channel_ids"], both["bits"]) == ([channel], {"feed_dm": True})
    assert org.in_feed(both["id"], "mike") == [thread]
    assert org.in_feed(make_feed(org, bits={"feed_dm": True}, user_ids=[mary])["id"], "mike") == [told]
    assert len(org.in_feed(make_feed(org, bits={"feed_dm": True})["id"], "mike")) == 2


def test_replacing_a_feed_forgets_what_is_not_sent(org):
    channel = org.channel()
    feed = make_feed(org, channel_ids=[channel], user_ids=[org.ids["mary"]], bits={"feed_dm": True})
    replaced = ok(org["mike"].put("/v1/feed", json={"id": feed["id"], "name": "renamed"}))["data"]
    assert replaced == feed | {"name": "renamed", "channel_ids": None, "user_ids": None, "bits": {}}
    replaced = ok(org["mike"].put("/v1/feed", json={"id": feed["id"], "channel_ids": [channel]}))["data"]
    assert (replaced["name"], replaced["channel_ids"]) == ("renamed", [channel])
    assert ok(org["mike"].get("/v1/feeds"))["data"][3:] == [replaced]


def test_a_feed_is_its_owners_only(org):
    feed = make_feed(org)
    for name in ("mary", "olga"):
        assert_error(org[name].get(f"/v1/feed/{feed['id']}"), 404)
        assert_error(org[name].put("/v1/feed", json={"id": feed["id"], "name": "stolen"}), 404)
        assert_error(org[name].put("/v1/feed", json={"id": feed["id"], "bits": {"deleted": True}}), 404)
        assert len(ok(org[name].get("/v1/feeds"))["data"]) == 3


@pytest.mark.parametrize("feed", ["6N1", "6N2", "6N3"])
def test_everybodys_feeds_stay_as_they_are(org, feed):
    for change in ({"name": "mine"}, {"bits": {"deleted": True}}):
        assert_error(org["olga"].put("/v1/feed", json={"id": feed} | change), 403)


def test_a_deleted_feed_is_gone(org):
    feed = make_feed(org)
    assert ok(org["mike"].put("/v1/feed", json={"id": feed["id"], "bits": {"deleted": True}}))["data"] == feed
    assert_error(org["mike"].get(f"/v1/feed/{feed['id']}"), 404)
    assert_error(org["mike"].put("/v1/feed", json={"id": feed["id"], "bits": {"deleted": True}}), 404)


def test_bad_feeds_are_refused(org, other_org):
    post, foreign = org["mike"].post, other_org.channel()
    assert_error(post("/v1/feed", json={}), 400, "name")
    assert_error(post("/v1/feed", json={"name": ""}), 400, "name")
    assert_error(post("/v1/feed", json={"name": "x", "channel_ids": [foreign]}), 404)
    assert_error(post("/v1/feed", json={"name": "x", "channel_ids": ["2N1"]}), 404)
    assert_error(post("/v1/feed", json={"name": "x", "channel_ids": "3N1"}), 400, "channel_ids")
    assert_error(post("/v1/feed", json={"name": "x", "user_ids": [other_org.ids["mike"]]}), 404)
    assert_error(post("/v1/feed", json={"name": "x", "user_ids": [5]}), 400, "user_ids")
    assert_error(post("/v1/feed", json={"name": "x", "bits": {"feed_all": True}}), 400, "feed_all")
    for text in ("6N4", "6Nf", "6Mffff", "6M10", "0", "feed", "2N1"):
        assert_error(org["mike"].get(f"/v1/feed/{text}"), 404)
        assert_error(org["mike"].put("/v1/feed", json={"id": text, "name": "x"}), 404)


def test_a_feed_loses_a_channel_that_its_owner_cannot_see_any_more(org):
    channel = org.channel("chan_member")
    ok(org["mike"].post("/v1/channels/join", json={"id": channel}))
    thread, _ = org.thread(channel)
    feed = make_feed(org, channel_ids=[channel])["id"]
    assert org.in_feed(feed, "mike") == [thread]
    ok(org["mike"].post("/v1/channels/leave", json={"id": channel}))
    assert org.in_feed(feed, "mike") == []


def test_times_are_whole_seconds(org):
    thread, _ = org.thread(org.channel())
    (shown,) = org.feed()
    assert abs(shown["created_at"] - time.time()) < 5 and shown["updated_at"] >= shown["created_at"]


def test_a_channels_own_log_has_nobody_who_takes_part(org):
    channel = org.channel()
    org.chat(channel, "straight into the channel", by="mike")
    assert org.in_feed("6N2", "mike") == org.in_feed(make_feed(org, user_ids=[org.ids["mike"]])["id"], "mike") == []
    org.chat(channel, f"what does <@{org.ids['mike']}> say?", by="mary")
    (shown,) = org.feed("6N2", "mike")
    assert shown["xsr_ids"] == [channel]
