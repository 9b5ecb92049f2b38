"""POST /v1/search and /v1/feed/search: the shapes of their replies, and who may find what."""

import pytest
from search_world import SAAS, THREADS, World
from structchat_support import Org, assert_error, ok, settled, wait_until

MARKED = "are planning to use <mark>Typesense</mark> for our multi-tenant SaaS"
SUBJECT = "Discussions on <mark>Typesense</mark>, Collections, and Dynamic Fields"


@pytest.fixture(scope="module")
def world(server):
    org = Org(server)
    yield World(org)
    org.close()


def search(org, by="mike", **parameters):
    client = org.stranger() if by == "nobody" else org[by]
    return ok(client.post("/v1/search", json=parameters))


def found(org, q, by="mike", **parameters):
    """The ids that are found, best first."""
    return [hit["document"]["id"] for hit in search(org, by, q=q, **parameters)["hits"]]


def without_summary(hit):
    """The summary is made by a job; its words are not this test's."""
    hit["document"]["summary"] = "SUMMARY"
    hit["highlight"].pop("summary", None)
    hit["highlights"] = [found for found in hit["highlights"] if found["field"] != "summary"]
    return hit


# The shapes


def test_the_reply_has_the_shape_of_typesense(world):
    body = search(world.org, q="typesense", facet_by="tags", sort_by="_text_match:desc")
    (hit,) = body.pop("hits")
    assert isinstance(body.pop("search_time_ms"), int)
    assert body == {
        "facet_counts": [
            {
                "counts": [{"count": 1, "highlighted": "databases", "value": "databases"}],
                "field_name": "tags",
                "stats": {"total_values": 1},
            }
        ],
        "found": 1,
        "ok": True,
        "out_of": 5,
        "page": 1,
        "request_params": {"collection_name": "threads", "per_page": 10, "q": "typesense"},
    }
    assert hit["text_match"] > 0
    hit = without_summary(hit)
    assert settled(hit["document"]) == {
        "id": "2_ID",
        "xid": "",
        "created_at": "TIME",
        "updated_at": "TIME",
        "bits": {},
        "subject": THREADS["typesense"][1],
        "summary": "SUMMARY",
        "tags": ["databases"],
        "org_id": "5_ID",
        "author_id": "4_ID",
        "xsr_ids": ["3_ID"],
        "user_ids": ["4_ID", "4_ID", "4_ID"],
        "num_chats": 3,
        "reactions": None,
        "url_path": f"discussions-on-typesense-collections-and-dynamic-fields/{world.threads['typesense']}",
        "read": {
            "id": "0",
            "user_id": "4_ID",
            "thread_id": "2_ID",
            "chat_id": "0",
            "num_unread": 2,
            "muted_until": 0,
        },
    }
    assert hit["highlight"] == {
        "chats": {"matched_tokens": ["Typesense"], "snippet": MARKED},
        "subject": {"matched_tokens": ["Typesense"], "snippet": SUBJECT},
    }
    assert hit["highlights"] == [
        {"field": "subject", "matched_tokens": ["Typesense"], "snippet": SUBJECT},
        {"field": "chats", "matched_tokens": ["Typesense"], "snippet": MARKED},
    ]


def test_the_sample_of_the_feed_search(world):
    mike = world.org.ids["mike"]
    asked = {"q": "typesense", "filter_by": f"user_ids := [{mike}]", "sort_by": "created_at:asc"}
    body = ok(world.org["mike"].post("/v1/feed/search", json=asked))
    assert list(body) == ["data", "ok"]
    (thread,) = body["data"]
    (in_feed,) = [shown for shown in world.org.feed(by="mike") if shown["id"] == thread["id"]]
    highlight = thread.pop("highlight")
    assert thread == in_feed and list(thread) == list(in_feed)
    assert [chat["text"] for chat in thread["chats"]] == [text for _, text in THREADS["typesense"][2]]
    assert list(highlight) == sorted(highlight)
    assert highlight["chats"] == {"matched_tokens": ["Typesense"], "snippet": MARKED}
    assert highlight["subject"] == {"matched_tokens": ["Typesense"], "snippet": SUBJECT}


def test_a_feed_without_words_is_not_highlighted(world):
    body = ok(world.org["mike"].post("/v1/feed/search", json={"sort_by": "created_at:asc", "per_page": 2}))
    assert [world.names[thread["id"]] for thread in body["data"]] == ["typesense", "release"]
    assert all("highlight" not in thread for thread in body["data"])


def test_groups_stand_in_the_place_of_hits(world):
    body = search(world.org, group_by="author_id", group_limit=1, sort_by="created_at:asc", per_page=1)
    assert "hits" not in body and body["found"] == 4
    (group,) = body["grouped_hits"]
    assert (group["found"], group["group_key"]) == (2, [world.org.ids["mike"]])
    assert [hit["document"]["id"] for hit in group["hits"]] == [world.threads["typesense"]]
    assert set(group["hits"][0]) == {"document", "highlight", "highlights", "text_match"}


def test_tags_are_highlighted_one_by_one(world):
    (hit,) = search(world.org, q="animals", query_by="tags", highlight_full_fields="tags")["hits"]
    marked = "<mark>animals</mark>"
    assert hit["highlight"] == {
        "tags": [
            {"matched_tokens": ["animals"], "snippet": marked, "value": marked},
            {"matched_tokens": [], "snippet": "food", "value": "food"},
        ]
    }
    assert hit["highlights"] == [
        {
            "field": "tags",
            "indices": [0],
            "matched_tokens": [["animals"]],
            "snippets": [marked],
            "values": [marked],
        }
    ]


def test_the_whole_field_is_there_where_it_is_wanted(world):
    (hit,) = search(world.org, q="typesense", query_by="chats,subject", highlight_full_fields="chats")["hits"]
    assert hit["highlight"]["chats"]["snippet"] == MARKED
    assert hit["highlight"]["chats"]["value"] == SAAS.replace("Typesense", "<mark>Typesense</mark>")
    assert "value" not in hit["highlight"]["subject"]
    assert hit["highlights"][0]["value"] == hit["highlight"]["chats"]["value"]


def test_parameters_come_in_many_ways(world):
    mike, threads = world.org["mike"], world.threads
    expected = [threads["release"], threads["lunch"]]
    for body in (
        {"sort_by": "created_at:asc", "per_page": 2, "offset": 1},
        {"sort_by": ["created_at:asc"], "per_page": "2", "offset": "1", "prefix": False, "q": None},
    ):
        reply = ok(mike.post("/v1/search", json=body))
        assert [hit["document"]["id"] for hit in reply["hits"]] == expected
    reply = ok(mike.post("/v1/search?sort_by=created_at:asc&per_page=2&offset=1&q=*"))
    assert [hit["document"]["id"] for hit in reply["hits"]] == expected
    reply = ok(mike.post("/v1/search?per_page=7&page=3", json={"per_page": 2, "page": 1}))
    assert (reply["request_params"]["per_page"], reply["page"]) == (2, 1)
    reply = ok(mike.post("/v1/search", content=b'{"q": "typesense"}', headers={"Content-Type": "text/plain"}))
    assert reply["found"] == 1
    unknown = {"q": "typesense", "exhaustive_search": True, "preset": "x", "query_by": ["subject", "chats"]}
    assert ok(mike.post("/v1/search", json=unknown))["found"] == 1


def test_what_is_no_search_is_refused(world):
    mike = world.org["mike"]
    for body in (b"{", b"[]", b'"typesense"', b'{"q": "\xff"}'):
        assert_error(mike.post("/v1/search", content=body, headers={"Content-Type": "application/json"}), 400)
    assert_error(mike.post("/v1/search", json={"page": 1.5}), 400, "page")
    assert_error(mike.post("/v1/search", json={"q": [["a"]]}), 400, "q")
    assert_error(mike.post("/v1/search", json={"q": "x" * 9000}), 400, "q")
    assert_error(mike.post("/v1/feed/search", json={"filter_by": "colour:red"}), 400, "filter_by", "colour")
    assert ok(mike.post("/v1/search?q=%ff"))["found"] == 0


NASTY = [
    '"', "'", "`", "-", "--", "*", "**", "-*", '-"', '""', "\\", "%", "_", "\u0000", "\u200b", "a\u0000b", "(", ")",
    '"a" "b', "a:b", "NEAR(a b)", "a OR b", "a*", "^a", "body : a", "'; DROP TABLE messages; --", "a" * 3000,
    "🙂", "é" * 1000, "x " * 500, "-a " * 500, '"' * 500, "日本" * 500, "\ufeff", "<mark>", "{}", "$1", "&& || ()",
]  # fmt: skip


@pytest.mark.parametrize("field", ["q", "filter_by", "sort_by", "facet_by", "group_by", "query_by", "include_fields",
                                   "highlight_fields", "highlight_start_tag", "page", "num_typos"])  # fmt: skip
def test_nothing_that_is_written_is_the_servers_fault(world, field):
    for text in NASTY:
        reply = world.org["mike"].post("/v1/search", json={"q": "quick", field: text})
        assert reply.status_code in (200, 400), (field, text, reply.text)
        assert reply.json()["ok"] is (reply.status_code == 200)


@pytest.mark.parametrize("field", ["tags", "subject", "summary", "chats", "id", "author_id", "user_ids", "xsr_ids"])
def test_no_value_of_a_filter_is_more_than_a_value(world, field):
    for text in NASTY:
        for comparator in (":", ":=", ":!="):
            literal = text.replace("`", "")
            filter_by = f"{field}{comparator}`{literal}`"
            reply = world.org["mike"].post("/v1/search", json={"filter_by": filter_by})
            assert reply.status_code in (200, 400), (filter_by, reply.text)
            if reply.status_code == 200 and comparator == ":=":
                assert reply.json()["found"] == 0, filter_by


# What is found, and by whom


def test_what_was_acknowledged_is_found(org):
    thread, _ = org.thread(org.channel(), "first words")
    for number in range(20):
        org.chat(thread, f"word{number}x", by="mike")
        assert found(org, f"word{number}x", num_typos=0, prefix=False) == [thread]


def test_deleted_and_edited_text_is_gone(org):
    thread, _ = org.thread(org.channel(), "harmless", subject="Talk")
    chat = org.chat(thread, "a zebra is here", by="mike")
    assert found(org, "zebra") == [thread]
    ok(org["mike"].put("/v1/chats", json={"id": chat, "text": "a horse is here"}))
    wait_until(lambda: not found(org, "zebra", num_typos=0))
    (hit,) = search(org, q="horse", query_by="chats")["hits"]
    assert hit["highlight"]["chats"]["snippet"] == "a <mark>horse</mark> is here"
    ok(org["mike"].put("/v1/chats", json={"id": chat, "bits": {"deleted": True}}))
    assert found(org, "horse", query_by="subject,summary,chats,tags", num_typos=0) == []
    assert found(org, "harmless") == [thread]


def test_what_was_made_of_a_deleted_chat_goes_with_it(org):
    thread, first = org.thread(org.channel(), "A zebra is in the garden. #stripes", by="mike")
    org.chat(thread, "and a horse")
    wait_until(lambda: found(org, "zebra", query_by="summary") and found(org, "stripes", query_by="tags"))
    ok(org["mike"].put("/v1/chats", json={"id": first, "bits": {"deleted": True}}))
    assert found(org, "zebra", query_by="subject,summary,chats,tags", num_typos=0) == []
    (hit,) = search(org, q="horse")["hits"]
    assert "zebra" not in str(hit) and "stripes" not in str(hit)


def test_a_highlight_shows_a_chat_that_is_still_there(org):
    thread, _ = org.thread(org.channel(), "a zebra in the zoo", subject="Zebra")
    best = org.chat(thread, "zebra zebra", by="mike")
    (hit,) = search(org, q="zebra", query_by="subject,chats")["hits"]
    assert hit["highlight"]["chats"]["snippet"] == "<mark>zebra</mark> <mark>zebra</mark>"
    ok(org["mike"].put("/v1/chats", json={"id": best, "bits": {"deleted": True}}))
    (hit,) = search(org, q="zebra", query_by="subject,chats")["hits"]
    assert hit["highlight"]["chats"]["snippet"] == "a <mark>zebra</mark> in the zoo"


def test_hidden_code_is_found_by_nobody(org):
    thread, _ = org.thread(org.channel(), "run this:\n```codeaction\nlocal zeppelin = 1\n```", by="mike")
    assert found(org, "run") == [thread]
    for by in ("mike", "olga"):
        assert found(org, "zeppelin", by, query_by="subject,summary,chats,tags", num_typos=0) == []
    (hit,) = search(org, q="run", query_by="chats")["hits"]
    assert "zeppelin" not in str(hit) and "[code hidden]" in hit["highlight"]["chats"]["snippet"]


def test_a_thread_is_gone_for_who_may_not_read_it_any_more(org):
    channel = org.channel("chan_member", name="staff")
    ok(org["mike"].post("/v1/channels/join", json={"id": channel}))
    thread, _ = org.thread(channel, "zebra")
    assert found(org, "zebra") == found(org, "zebra", "olga") == [thread]
    assert found(org, "zebra", "mary") == found(org, "zebra", "nobody") == []
    ok(org["mike"].post("/v1/channels/leave", json={"id": channel}))
    assert found(org, "zebra") == []
    ok(org["olga"].put("/v1/channel-bits", json={"id": channel, "bits": {"chan_anyone": True}}))
    assert found(org, "zebra") == found(org, "zebra", "nobody") == [thread]
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"hidden": True}}))
    assert found(org, "zebra") == found(org, "zebra", "olga") == []
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"hidden": False}}))
    assert found(org, "zebra") == [thread]
    ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"deleted": True}}))
    assert found(org, "zebra") == []


def test_what_lies_before_joining_is_not_found(org):
    mike, mary = (org.tenant.as_user(name) for name in ("mike", "mary"))
    made = {"visibility": "private", "historyMode": "since_join", "name": "Plans"}
    room = mike.post("/chat/conversations/create", json=made).json()["id"]
    for text in ("an old zebra", "the horse"):
        mike.post("/chat/messages/send", json={"conversationId": room, "content": text})
    mike.post(f"/chat/conversations/{room}/members/add", json={"userId": "mary"})
    mary.post("/chat/messages/send", json={"conversationId": room, "content": "a new donkey"})
    assert len(found(org, "zebra", num_typos=0)) == len(found(org, "donkey", "mary")) == 1
    assert found(org, "zebra", "mary", num_typos=0) == []
    mike.post("/chat/messages/send", json={"conversationId": room, "content": "zebra again"})
    (hit,) = search(org, "mary", q="zebra", query_by="chats")["hits"]
    assert hit["highlight"]["chats"]["snippet"] == "<mark>zebra</mark> again"


def test_direct_messages_of_other_dialects_are_threads(org):
    room = org.tenant.as_user("mike").post("/rooms", json={"type": "dm", "members": ["mike", "mary"]}).json()["room_id"]
    org.tenant.as_user("mike").post(f"/rooms/{room}/messages", json={"content": "a zebra for you"})
    assert len(found(org, "zebra")) == len(found(org, "zebra", "mary")) == 1
    assert found(org, "zebra", "olga") == []
    assert len(found(org, "*", filter_by=f"user_ids:={org.ids['mary']}")) == 1


def test_another_organisation_finds_nothing(org, other_org):
    thread, _ = org.thread(org.channel(), "zebra #stripes", subject="Zebra")
    foreign = other_org.thread(other_org.channel(), "zebra", subject="Zebra")[0]
    assert found(other_org, "zebra") == [foreign] and found(org, "zebra") == [thread]
    for filter_by in (f"id:={thread}", f"user_ids:={org.ids['olga']}", f"org_id:={org.id}", "tags:=stripes"):
        assert all(hit != thread for hit in found(other_org, "*", filter_by=filter_by))
    reply = other_org["mike"].post("/v1/search", json={"q": "zebra"}, headers={"x-struct-orgid": org.id})
    assert_error(reply, 404)


def test_without_a_credential_an_organisation_must_be_named(org):
    org.thread(org.channel(), "zebra")
    assert search(org, "nobody", q="zebra")["hits"][0]["document"]["read"] is None
    assert_error(org.client().post("/v1/search", json={"q": "zebra"}), 401)
    assert_error(org.client().post("/v1/feed/search", json={"q": "zebra"}), 401)


def test_a_backend_finds_everything_of_its_organisation(org):
    thread, _ = org.thread(org.channel("chan_hidden", name="vault"), "zebra")
    reply = ok(org.tenant.as_backend().post("/v1/search", json={"q": "zebra"}))
    assert [hit["document"]["id"] for hit in reply["hits"]] == [thread]


def test_many_pages_make_the_whole(org):
    channel = org.channel()
    threads = [org.thread(channel, f"zebra number{number}")[0] for number in range(23)]
    seen = []
    for page in range(1, 5):
        body = search(org, q="zebra", sort_by="id:asc", per_page=7, page=page)
        assert (body["found"], body["page"]) == (23, page)
        seen += [hit["document"]["id"] for hit in body["hits"]]
    assert seen == threads


def test_channels_that_are_hidden_from_somebody_are_not_told(org):
    general, vault = org.channel(), org.channel("chan_hidden", name="vault")
    made = {"text": "zebra", "xsr_ids": [general, vault]}
    thread = ok(org["olga"].post("/v1/threads", json=made))["thread_id"]
    asked = {"q": "zebra", "facet_by": "xsr_ids"}
    for by, channels in (("olga", [general, vault]), ("mike", [general]), ("nobody", [general])):
        body = search(org, by, **asked)
        assert body["hits"][0]["document"]["xsr_ids"] == channels
        assert {count["value"] for count in body["facet_counts"][0]["counts"]} == set(channels)
        (group,) = search(org, by, q="zebra", group_by="xsr_ids")["grouped_hits"]
        assert group["group_key"] == [channels]
        assert found(org, "zebra", by, filter_by=f"xsr_ids:={vault}") == ([thread] if vault in channels else [])
        assert found(org, "zebra", by, filter_by=f"xsr_ids:!={vault}") == ([] if vault in channels else [thread])
