"""list-messages at both ends and around, since_join, the sidebar and its pages, search."""

import pytest
from conversations_support import call, contents, create, messages, refuse, send, send_many, wait_until, walk


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def group(alice):
    return create(alice, "group", ["bob"])["id"]


def numbers(listing):
    return [message["seq"] for message in listing["data"]]


def flags(listing):
    return listing["page"]["hasMoreBefore"], listing["page"]["hasMoreAfter"]


def test_a_page_of_messages_ascends_wherever_it_lies(alice, group):
    sent = send_many(alice, group, 10)
    ids = [message["id"] for message in sent]
    newest = messages(alice, group, limit=3)
    assert numbers(newest) == [8, 9, 10] and flags(newest) == (True, False)
    assert set(newest["page"]) == {"nextCursor", "prevCursor", "hasMore", "hasMoreBefore", "hasMoreAfter"}
    before = messages(alice, group, before=ids[7], limit=3)
    assert numbers(before) == [5, 6, 7] and flags(before) == (True, True)
    oldest = messages(alice, group, before=ids[3], limit=5)
    assert numbers(oldest) == [1, 2, 3] and flags(oldest) == (False, True)
    after = messages(alice, group, after=ids[0], limit=3)
    assert numbers(after) == [2, 3, 4] and flags(after) == (True, True)
    end = messages(alice, group, after=ids[7], limit=3)
    assert numbers(end) == [9, 10] and flags(end) == (True, False)
    assert numbers(messages(alice, group, after=ids[9])) == []
    assert numbers(messages(alice, group, before=ids[0])) == []


def test_around_holds_the_target_and_fills_up_at_both_ends(alice, group):
    ids = [message["id"] for message in send_many(alice, group, 10)]
    around = lambda seq, limit: messages(alice, group, around=ids[seq - 1], limit=limit)
    assert numbers(around(5, 5)) == [3, 4, 5, 6, 7] and flags(around(5, 5)) == (True, True)
    assert numbers(around(5, 4)) == [4, 5, 6, 7]
    assert numbers(around(1, 4)) == [1, 2, 3, 4] and flags(around(1, 4)) == (False, True)
    assert numbers(around(2, 5)) == [1, 2, 3, 4, 5] and flags(around(2, 5)) == (False, True)
    assert numbers(around(10, 4)) == [7, 8, 9, 10] and flags(around(10, 4)) == (True, False)
    assert numbers(around(9, 5)) == [6, 7, 8, 9, 10] and flags(around(9, 5)) == (True, False)
    assert numbers(around(5, 1)) == [5] and flags(around(5, 1)) == (True, True)
    assert numbers(around(5, 100)) == list(range(1, 11)) and flags(around(5, 100)) == (False, False)
    only = create(alice, "group", ["bob"])["id"]
    one = send(alice, only, "alone")
    assert numbers(messages(alice, only, around=one["id"])) == [1]


def test_around_a_deleted_message_shows_its_tombstone(alice, group):
    sent = send_many(alice, group, 3)
    call(alice, f"/chat/messages/{sent[1]['id']}/delete")
    page = messages(alice, group, around=sent[1]["id"])
    assert contents(page) == ["message 1", None, "message 3"]


def test_cursors_of_messages_lead_through_the_whole_log(alice, group):
    send_many(alice, group, 7)
    path, body = "/chat/messages/list", {"conversationId": group, "limit": 3}
    pages = walk(alice, path, body)
    assert [[message["seq"] for message in page] for page in pages] == [[5, 6, 7], [2, 3, 4], [1]]
    first = messages(alice, group, limit=3)
    older = messages(alice, group, limit=3, cursor=first["page"]["nextCursor"])
    newer = messages(alice, group, limit=3, cursor=older["page"]["prevCursor"])
    assert numbers(newer) == [5, 6, 7]


def test_only_one_place_can_be_named(alice, group):
    one, two = (send(alice, group, text)["id"] for text in ("a", "b"))
    body = {"conversationId": group}
    for places in ({"before": one, "after": two}, {"before": one, "around": one}, {"after": one, "around": two}):
        refuse(alice, "/chat/messages/list", {**body, **places}, 400, "invalid_argument")
    for name in ("before", "after", "around"):
        refuse(alice, "/chat/messages/list", {**body, name: 5}, 400, "invalid_argument", name)
        refuse(alice, "/chat/messages/list", {**body, name: "x"}, 400, "invalid_argument", name)
        refuse(alice, "/chat/messages/list", {**body, name: "999999"}, 404, "not_found")
    other = send(alice, create(alice, "group")["id"], "elsewhere")["id"]
    refuse(alice, "/chat/messages/list", {**body, "around": other}, 404, "not_found")
    for limit in (0, -1, 101, "5", 1.5):
        refuse(alice, "/chat/messages/list", {**body, "limit": limit}, 400, "invalid_argument", "limit")


def test_since_join_really_hides_what_came_before(tenant, alice, group):
    carol = tenant.as_user("carol")
    secret = create(alice, "private", ["bob"], historyMode="since_join", name="Plans")
    assert secret["historyMode"] == "since_join"
    old = [send(alice, secret["id"], f"secret plan {number}") for number in range(3)]
    call(alice, f"/chat/messages/{old[0]['id']}/pin")
    call(alice, f"/chat/conversations/{secret['id']}/members/add", {"userId": "carol"})
    assert messages(carol, secret["id"])["data"] == []
    mine = call(carol, f"/chat/conversations/{secret['id']}/get")
    assert (mine["unreadCount"], mine["lastMessage"]) == (0, None)
    new = send(alice, secret["id"], "the new plan")
    page = messages(carol, secret["id"])
    assert page["data"] == [new] and flags(page) == (False, False)
    for name in ("before", "after", "around"):
        body = {"conversationId": secret["id"], name: old[1]["id"]}
        refuse(carol, "/chat/messages/list", body, 404, "not_found")
    refuse(carol, f"/chat/messages/{old[1]['id']}/reactions/add", {"emoji": "👀"}, 404, "not_found")
    refuse(carol, f"/chat/messages/{old[1]['id']}/pin", {}, 404, "not_found")
    body = {"conversationId": secret["id"], "content": "x", "replyToId": old[1]["id"]}
    refuse(carol, "/chat/messages/send", body, 400, "invalid_argument", "replyToId")
    assert call(carol, f"/chat/conversations/{secret['id']}/pins/list")["data"] == []
    assert contents(call(carol, "/chat/messages/search", {"query": "plan"})) == ["the new plan"]
    assert contents(messages(tenant.as_user("bob"), secret["id"])) == [*(m["content"] for m in old), "the new plan"]


def test_with_full_history_a_newcomer_reads_everything(tenant, alice):
    open_group = create(alice, "group")["id"]
    send(alice, open_group, "before")
    call(alice, f"/chat/conversations/{open_group}/members/add", {"userId": "carol"})
    assert contents(messages(tenant.as_user("carol"), open_group)) == ["before"]


def test_the_sidebar_has_the_latest_first_with_counts(alice, bob, group):
    second = create(alice, "group", ["bob"], name="second")["id"]
    dm = create(alice, "dm", ["bob"])["id"]
    create(alice, "group", name="bob is not in it")
    listed = lambda client, **query: [item["id"] for item in call(client, "/chat/conversations/list", query)["data"]]
    assert listed(bob) == [dm, second, group]
    first = send(alice, group, "wakes it, <@bob>")
    last = send(alice, group, "and more")
    top = call(bob, "/chat/conversations/list", {"limit": 1})
    assert top["data"][0] == {
        "id": group,
        "visibility": "group",
        "historyMode": "full",
        "name": None,
        "description": None,
        "memberCount": 2,
        "createdAt": top["data"][0]["createdAt"],
        "updatedAt": top["data"][0]["updatedAt"],
        "archivedAt": None,
        "lastMessage": last,
        "unreadCount": 2,
        "mentionCount": 1,
        "me": {"role": "member", "starred": False, "muteUntil": None, "notifyLevel": "all", "lastReadMessageId": None},
    }
    call(bob, f"/chat/conversations/{group}/read", {"messageId": first["id"]})
    mine = call(bob, "/chat/conversations/list", {"limit": 1})["data"][0]
    assert (mine["unreadCount"], mine["mentionCount"], mine["me"]["lastReadMessageId"]) == (1, 0, first["id"])
    assert call(alice, f"/chat/conversations/{group}/get")["unreadCount"] == 0, "own messages are read"
    call(alice, f"/chat/messages/{last['id']}/delete")
    mine = call(bob, f"/chat/conversations/{group}/get")
    assert mine["unreadCount"] == 0 and mine["lastMessage"]["id"] == first["id"]


def test_the_sidebar_walks_both_ways(tenant):
    walker = tenant.as_user("walker")
    ids = [create(walker, "group", name=f"g{number}")["id"] for number in range(7)]
    newest_first = ids[::-1]
    pages = walk(walker, "/chat/conversations/list", {"limit": 3})
    assert [[item["id"] for item in page] for page in pages] == [newest_first[:3], newest_first[3:6], newest_first[6:]]
    first = call(walker, "/chat/conversations/list", {"limit": 3})
    second = call(walker, "/chat/conversations/list", {"limit": 3, "cursor": first["page"]["nextCursor"]})
    back = call(walker, "/chat/conversations/list", {"limit": 3, "cursor": second["page"]["prevCursor"]})
    assert [item["id"] for item in back["data"]] == newest_first[:3]
    assert first["page"]["prevCursor"] is None and back["page"]["prevCursor"] is None


def test_archived_conversations_leave_the_sidebar(alice, bob, group):
    kept = create(alice, "group", ["bob"])["id"]
    gone = call(alice, f"/chat/conversations/{group}/archive")
    assert gone["archivedAt"] is not None
    assert [item["id"] for item in call(bob, "/chat/conversations/list")["data"]] == [kept]
    everything = call(bob, "/chat/conversations/list", {"includeArchived": True})["data"]
    assert {item["id"] for item in everything} == {kept, group}


def test_search_in_one_conversation_and_in_all(tenant, alice, bob, group):
    other = create(alice, "group", ["bob"])["id"]
    hidden = create(alice, "group")["id"]
    send(alice, group, "the quick brown fox")
    send(alice, other, "a quick reply")
    send(alice, hidden, "quick and secret")
    find = lambda client, **query: contents(call(client, "/chat/messages/search", query))
    assert find(bob, query="quick") == ["a quick reply", "the quick brown fox"]
    assert find(bob, query="quick", conversationId=group) == ["the quick brown fox"]
    assert find(bob, query="brown fox") == ["the quick brown fox"]
    assert find(bob, query="nothing like it") == []
    assert find(tenant.as_user("stranger"), query="quick") == []
    refuse(bob, "/chat/messages/search", {"query": "quick", "conversationId": hidden}, 403, "forbidden")
    refuse(bob, "/chat/messages/search", {"query": ""}, 400, "invalid_argument", "query")
    refuse(bob, "/chat/messages/search", {}, 400, "invalid_argument", "query")


def test_search_goes_on_page_by_page(alice, group):
    sent = [send(alice, group, f"needle {number}")["id"] for number in range(7)]
    pages = walk(alice, "/chat/messages/search", {"query": "needle", "limit": 3})
    assert [message["id"] for page in pages for message in page] == sent[::-1]
    assert [len(page) for page in pages] == [3, 3, 1]


def test_an_edited_message_is_found_by_its_new_text_only(alice, group):
    sent = send(alice, group, "marmalade")
    call(alice, f"/chat/messages/{sent['id']}/update", {"content": "chutney"})
    find = lambda word: contents(call(alice, "/chat/messages/search", {"query": word}))
    assert wait_until(lambda: find("chutney")) == ["chutney"] and find("marmalade") == []
    call(alice, f"/chat/messages/{sent['id']}/delete")
    assert find("chutney") == []
