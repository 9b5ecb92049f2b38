"""Threads, participants, access, filters and drafts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from snapbooks_support import account, assert_error, create_thread, ids, messages, post, read, user_id


def test_a_thread_shows_messages_and_participants(tenant):
    alice = tenant.as_user("alice")
    made = create_thread(alice, subject="Books", message="first", messages=[{"message": "second"}])
    assert [message["message"] for message in made["messages"]] == ["first", "second"]
    assert len(made["participants"]) == 1
    assert read(alice, made["id"]) == made
    assert made["subject"] == "Books" and made["is_completed"] is False and made["is_archived"] is False
    assert made["last_message_created_at"] == made["messages"][-1]["created_at"]
    assert create_thread(alice)["last_message_created_at"] is None


@pytest.mark.parametrize("prefix", ["", "/api/v2", "/snapbooks/api/v2"])
def test_every_prefix_leads_to_the_same(tenant, prefix):
    alice = tenant.as_user("alice")
    thread = alice.post(f"{prefix}/chat/threads", json={"subject": "x"}).json()["id"]
    assert alice.post(f"{prefix}/chat/threads/{thread}/messages", json={"message": "hi"}).status_code == 201
    assert alice.get(f"{prefix}/chat/threads/{thread}").json() == read(alice, thread)
    assert alice.get(f"{prefix}/chat/threads/{thread}/participants").status_code == 200


def test_access_follows_the_accounts(tenant, other_tenant):
    alice, eve = tenant.as_user("alice"), tenant.as_user("eve")
    space = account(tenant, "Acme", "alice")
    thread = create_thread(alice, client_account_id=space)["id"]
    for call in (
        lambda client: client.get(f"/chat/threads/{thread}"),
        lambda client: client.get(f"/chat/threads/{thread}/participants"),
        lambda client: client.post(f"/chat/threads/{thread}/messages", json={"message": "x"}),
        lambda client: client.post(f"/chat/threads/{thread}/participants", json={"user_id": 1}),
    ):
        assert_error(call(eve), 403, "forbidden")
        assert_error(call(other_tenant.as_user("alice")), 404, "not_found")
    assert ids(eve) == [] and ids(alice) == [thread]
    for absent in ("999999", "abc", "0", "-1"):
        assert_error(alice.get(f"/chat/threads/{absent}"), 404, "not_found")
    assert tenant.server.url and alice.get("/chat/threads", headers={"X-API-Key": "no"}).status_code == 401
    tenant.as_backend().delete(f"/admin/spaces/{space}/members/alice")
    bob_space = tenant.as_backend().put(f"/admin/spaces/{space}/members/bob", json={"role": "owner"})
    assert bob_space.status_code == 200
    tenant.as_backend().delete(f"/admin/spaces/{space}/members/alice")
    assert_error(alice.get(f"/chat/threads/{thread}"), 403, "forbidden")


def test_either_account_is_enough_to_create_and_to_see(tenant):
    alice, carol, eve = tenant.as_user("alice"), tenant.as_user("carol"), tenant.as_user("eve")
    client, provider = account(tenant, "Client", "alice"), account(tenant, "Provider", "carol")
    both = {"client_account_id": client, "provider_client_account_id": provider}
    thread = create_thread(alice, **both)["id"]
    assert read(carol, thread)["id"] == thread
    create_thread(carol, **both)
    assert_error(eve.post("/chat/threads", json=both), 403, "forbidden")
    assert_error(alice.post("/chat/threads", json={"client_account_id": 999999}), 404, "not_found")
    viewer = account(tenant, "Read only", "eve", role="viewer")
    assert_error(eve.post("/chat/threads", json={"client_account_id": viewer}), 403, "forbidden")


@pytest.mark.parametrize(
    "body, field",
    [
        ({"client_account_id": "1"}, "client_account_id"),
        ({"client_account_id": 1.5}, "client_account_id"),
        ({"provider_client_account_id": True}, "provider_client_account_id"),
        ({"relation_type": 7}, "relation_type"),
        ({"relation_type": "x" * 10_000}, "relation_type"),
        ({"relation_id": "7"}, "relation_id"),
        ({"relation_id": 2**70}, "relation_id"),
        ({"subject": "two\nlines"}, "subject"),
        ({"subject": "x" * 100_000}, "subject"),
        ({"message": ""}, "message"),
        ({"message": "x" * 100_000}, "message"),
        ({"messages": "x"}, "messages"),
        ({"messages": [{}]}, "messages[0].message"),
        ({"messages": [{"message": "x", "is_draft": "yes"}]}, "messages[0].is_draft"),
        ({"messages": [{"message": "x"}] * 101}, "messages"),
        ([], None),
    ],
)
def test_a_bad_thread_is_refused_by_its_field(tenant, body, field):
    alice = tenant.as_user("alice")
    assert_error(alice.post("/chat/threads", json=body), 400, "invalid_argument", field)
    assert ids(alice) == []


def test_filters_order_and_pages(tenant):
    alice = tenant.as_user("alice")
    space = account(tenant, "Acme", "alice")
    a = create_thread(alice, subject="b", client_account_id=space, relation_type="document", relation_id=1)["id"]
    b = create_thread(alice, subject="A", client_account_id=space, relation_type="document", relation_id=2)["id"]
    c = create_thread(alice, subject="c", provider_client_account_id=space)["id"]
    post(alice, b, "x")
    post(alice, a, "y")
    assert ids(alice)[:2] == [a, b]
    assert ids(alice, order_by="id") == [a, b, c] and ids(alice, order_by="-id") == [c, b, a]
    assert ids(alice, order_by="subject") == [b, a, c] and ids(alice, order_by="-created_at") == [c, b, a]
    assert ids(alice, relation_type="document", relation_id=2) == [b]
    assert ids(alice, provider_client_account_id=space) == [c]
    assert ids(alice, order_by="id", page=2, per_page=2) == [c]
    page = alice.get("/chat/threads", params={"per_page": 2}).json()["pagination"]
    assert page == {
        "page": 1, "per_page": 2, "total": 3, "total_pages": 2, "hasMore": True, "nextCursor": None, "prevCursor": None
    }
    assert alice.get("/chat/threads", params={"per_page": 1000}).json()["pagination"]["per_page"] == 100


@pytest.mark.parametrize(
    "name, value",
    [("client_account_id", "x"), ("provider_client_account_id", "1.5"), ("relation_id", "no"), ("order_by", "text"),
     ("order_by", "--id"), ("order_by", "id; DROP TABLE users"), ("page", "0"), ("page", "-1"), ("per_page", "0"),
     ("per_page", "x"), ("order_by", "\0")],
)
def test_a_bad_filter_is_named(tenant, name, value):
    assert_error(tenant.as_user("alice").get("/chat/threads", params={name: value}), 400, field=name)


def test_free_text_is_taken_literally_and_in_any_case(tenant):
    alice = tenant.as_user("alice")
    norwegian = create_thread(alice, subject="Årsoppgjør 100%_!")["id"]
    russian = create_thread(alice)["id"]
    post(alice, russian, "Мой СЧЁТ")
    for text in ("ÅRSOPPGJØR", "årsopp", "GJØR", "100%", "%_!", "soppgj"):
        assert ids(alice, free_text=text) == [norwegian], text
    assert ids(alice, free_text="счёт") == [russian]
    assert ids(alice, free_text="%%") == [] and ids(alice, free_text="årsxppgjør") == []
    assert len(ids(alice, free_text="")) == 2
    message = messages(alice, russian)[0]["id"]
    alice.patch(f"/chat/threads/{russian}/messages/{message}", json={"message": "other"})
    assert ids(alice, free_text="счёт") == []


def test_free_text_is_one_stretch_of_one_text(tenant):
    alice = tenant.as_user("alice")
    one = create_thread(alice, subject="Yearly report", message="the reinvoiced amount, unpaid")["id"]
    other = create_thread(alice, message="amount")["id"]
    post(alice, other, "the reinvoiced and -- !? --")
    assert ids(alice, free_text="voiced am") == [one] and ids(alice, free_text="amount, unp") == [one]
    assert set(ids(alice, free_text="amount")) == set(ids(alice, free_text="NVOICED")) == {one, other}
    assert ids(alice, free_text="report the") == [] and ids(alice, free_text="the  reinvoiced") == []
    assert ids(alice, free_text="!?") == [other]
    assert set(ids(alice, free_text="n", order_by="id")) == {one, other}
    page = alice.get("/chat/threads", params={"free_text": "amount", "per_page": 1, "page": 2, "order_by": "id"}).json()
    assert [thread["id"] for thread in page["data"]] == [other]
    assert (page["pagination"]["total"], page["pagination"]["hasMore"]) == (2, False)


def test_free_text_finds_nothing_that_the_caller_may_not_see(tenant):
    alice, eve = tenant.as_user("alice"), tenant.as_user("eve")
    space = account(tenant, "Acme", "alice")
    create_thread(alice, client_account_id=space, subject="apricot", message="apricot")
    room = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
    alice.post(f"/rooms/{room}/messages", json={"content": "apricot"})
    assert len(ids(alice, free_text="pricot")) == 2
    assert ids(eve, free_text="pricot") == [] and len(ids(tenant.as_user("bob"), free_text="pricot")) == 1


def test_participants(tenant):
    alice = tenant.as_user("alice")
    bob, eve = user_id(tenant, "bob"), user_id(tenant, "eve")
    space = account(tenant, "Acme", "alice", "bob")
    thread = create_thread(alice, client_account_id=space)["id"]
    path = f"/chat/threads/{thread}/participants"
    added = alice.post(path, json={"user_id": bob})
    assert added.status_code == 201 and added.json()["user_id"] == bob and added.json()["thread_id"] == thread
    again = alice.post(path, json={"user_id": "bob"})
    assert again.status_code == 200 and again.json() == added.json()
    for stranger in (eve, 999999, "nobody", "\0", True, None):
        assert_error(alice.post(path, json={"user_id": stranger}), 400, field="user_id")
    assert [found["user_id"] for found in alice.get(path).json()["data"]][1:] == [bob]


def test_only_its_author_edits_a_message(tenant):
    alice, bob = tenant.as_user("alice"), tenant.as_user("bob")
    thread = create_thread(alice)["id"]
    message = post(alice, thread, "one")["id"]
    path = f"/chat/threads/{thread}/messages/{message}"
    assert alice.patch(path, json={"message": "two"}).json()["message"] == "two"
    assert_error(bob.patch(path, json={"message": "three"}), 403, "forbidden")
    assert_error(alice.patch(path, json={"message": ""}), 400, field="message")
    assert_error(alice.patch(path, json={"is_draft": True}), 400, field="is_draft")
    other = create_thread(alice)["id"]
    assert_error(alice.patch(f"/chat/threads/{other}/messages/{message}", json={"message": "x"}), 404, "not_found")
    assert_error(alice.patch(f"/chat/threads/{thread}/messages/999999", json={"message": "x"}), 404, "not_found")


def test_a_draft_is_its_authors_alone_until_it_is_sent(tenant):
    alice, bob = tenant.as_user("alice"), tenant.as_user("bob")
    thread = create_thread(alice)["id"]
    draft = post(alice, thread, "unfinished", is_draft=True)
    assert draft["is_draft"] is True
    path = f"/chat/threads/{thread}/messages/{draft['id']}"
    assert messages(alice, thread) == [draft] and messages(bob, thread) == []
    assert_error(bob.patch(path, json={"message": "x"}), 404, "not_found")
    assert ids(bob, free_text="unfinished") == []
    assert alice.patch(path, json={"message": "finished"}).json()["message"] == "finished"
    post(bob, thread, "meanwhile")
    sent = alice.patch(path, json={"is_draft": False}).json()
    assert (sent["id"], sent["is_draft"], sent["message"]) == (draft["id"], False, "finished")
    assert [message["message"] for message in messages(bob, thread)] == ["meanwhile", "finished"]
    assert post(bob, thread, "next")["id"] not in (draft["id"], None)


def test_the_list_of_messages_shows_what_the_thread_does(tenant):
    alice, bob = tenant.as_user("alice"), tenant.as_user("bob")
    thread = create_thread(alice, client_account_id=account(tenant, "Acme", "alice", "bob"), message="one")["id"]
    for text in ("draft a", "draft b"):
        post(alice, thread, text, is_draft=True)
    post(bob, thread, "two")
    post(bob, thread, "bob's draft", is_draft=True)

    def page(client, **query):
        reply = client.get(f"/chat/threads/{thread}/messages", params=query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    shown = messages(alice, thread)
    assert [message["message"] for message in shown] == ["one", "two", "draft a", "draft b"]
    listed = page(alice)
    assert listed["data"] == shown and listed["pagination"]["total"] == 4
    for size in (1, 2, 3, 4, 100):
        pages = [page(alice, page=number, per_page=size) for number in range(1, 6)]
        assert [message for each in pages for message in each["data"]] == shown, size
        assert [each["pagination"]["hasMore"] for each in pages] == [number * size < 4 for number in range(1, 6)]
    assert [message["message"] for message in page(bob)["data"]] == ["one", "two", "bob's draft"]


def test_drafts_of_many_threads_at_the_same_time(tenant):
    alice = tenant.as_user("alice")
    threads = [create_thread(alice)["id"] for _ in range(6)]

    def save(thread):
        return [post(alice, thread, f"draft {number}", is_draft=True)["id"] for number in range(20)]

    with ThreadPoolExecutor(len(threads)) as pool:
        saved = list(pool.map(save, threads))
    assert len({draft for drafts in saved for draft in drafts}) == 6 * 20
    for thread, drafts in zip(threads, saved):
        assert [message["id"] for message in messages(alice, thread)] == drafts


def test_a_thread_is_completed_and_archived(tenant):
    alice = tenant.as_user("alice")
    thread = create_thread(alice)["id"]
    path = f"/chat/threads/{thread}"
    assert alice.patch(path, json={"is_completed": True, "subject": "Done"}).json()["is_completed"] is True
    assert alice.patch(path, json={"is_archived": True}).json()["is_archived"] is True
    assert_error(alice.post(f"{path}/messages", json={"message": "x"}), 409, "conflict")
    assert alice.patch(path, json={"is_archived": False}).json()["is_archived"] is False
    assert post(alice, thread, "back")["message"] == "back"
    assert read(alice, thread)["subject"] == "Done"
