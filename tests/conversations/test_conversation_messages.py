"""Sending, editing, deleting, reacting, pinning, typing: each operation, its refusals and its exact JSON."""

import re
import threading

import pytest
from conversations_support import call, contents, create, messages, refuse, send

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z$")


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def group(alice):
    return create(alice, "group", ["bob"], name="Team")["id"]


def test_a_message_has_exactly_the_fields_of_the_contract(alice, bob, group):
    sent = send(alice, group, "Hello", clientMsgId="c-1")
    assert sent["id"].isdigit() and TIME.match(sent["createdAt"])
    assert sent == {
        "id": sent["id"],
        "conversationId": group,
        "seq": 1,
        "senderId": "alice",
        "content": "Hello",
        "clientMsgId": "c-1",
        "mentions": [],
        "attachments": [],
        "linkPreviews": [],
        "reactions": [],
        "pinned": False,
        "createdAt": sent["createdAt"],
        "editedAt": None,
        "deletedAt": None,
    }
    reply = send(bob, group, "Hi", replyToId=sent["id"])
    assert reply["replyToId"] == sent["id"] and reply["mentions"] == ["alice"] and "clientMsgId" not in reply
    assert messages(bob, group)["data"] == [sent, reply]


def test_the_same_client_id_gives_the_first_message_again(alice, bob, group):
    first = send(alice, group, "once", clientMsgId="c-1")
    assert send(alice, group, "once", clientMsgId="c-1") == first
    assert send(bob, group, "once", clientMsgId="c-1")["id"] != first["id"]
    other = create(alice, "group", ["bob"])["id"]
    assert send(alice, other, "once", clientMsgId="c-1")["id"] != first["id"]
    body = {"conversationId": group, "content": "another", "clientMsgId": "c-1"}
    refuse(alice, "/chat/messages/send", body, 422, "idempotency_mismatch")
    assert len(messages(alice, group)["data"]) == 2


def test_racing_client_ids_make_one_message(tenant, alice, group):
    found, failed, barrier = [], [], threading.Barrier(20)
    clients = [tenant.as_user("alice") for _ in range(20)]

    def race(client):
        barrier.wait()
        reply = client.post(
            "/chat/messages/send", json={"conversationId": group, "content": "race", "clientMsgId": "same"}
        )
        (found if reply.status_code == 200 else failed).append(reply)

    threads = [threading.Thread(target=race, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[0].text
    assert len({reply.json()["id"] for reply in found}) == 1
    assert contents(messages(alice, group)) == ["race"]


def test_an_idempotency_key_works_for_every_operation(alice):
    body = {"visibility": "group", "name": "kept"}
    first = alice.post("/chat/conversations/create", json=body, headers={"Idempotency-Key": "k"})
    again = alice.post("/chat/conversations/create", json=body, headers={"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_mentions_are_named_in_the_text_or_beside_it(tenant, alice, bob, group):
    tenant.as_user("carol").post("/chat/conversations/list", json={})
    sent = send(alice, group, "<@bob> and <@nobody> and <@alice>", mentions=["carol"])
    assert sorted(sent["mentions"]) == ["bob", "carol"]
    mine = call(bob, f"/chat/conversations/{group}/get")
    assert (mine["unreadCount"], mine["mentionCount"]) == (1, 1)
    edited = call(alice, f"/chat/messages/{sent['id']}/update", {"content": "nobody any more"})
    assert edited["mentions"] == []
    assert call(bob, f"/chat/conversations/{group}/get")["mentionCount"] == 0
    body = {"conversationId": group, "content": "x", "mentions": ["nobody"]}
    refuse(alice, "/chat/messages/send", body, 400, "invalid_argument", "mentions[0]")


def test_editing_is_the_authors(alice, bob, group):
    sent = send(alice, group, "A typo")
    edited = call(alice, f"/chat/messages/{sent['id']}/update", {"content": "A type"})
    assert TIME.match(edited["editedAt"])
    assert edited == {**sent, "content": "A type", "editedAt": edited["editedAt"]}
    refuse(bob, f"/chat/messages/{sent['id']}/update", {"content": "mine"}, 403, "forbidden")
    refuse(alice, f"/chat/messages/{sent['id']}/update", {}, 400, "invalid_argument", "content")
    refuse(alice, f"/chat/messages/{sent['id']}/update", {"content": ""}, 400, "invalid_argument", "content")


def test_a_deleted_message_keeps_its_place(alice, bob, group):
    first, second, third = (send(bob, group, text) for text in ("one", "two", "three"))
    call(alice, f"/chat/messages/{second['id']}/pin")
    gone = call(bob, f"/chat/messages/{second['id']}/delete")
    assert gone == {**second, "content": None, "deletedAt": gone["deletedAt"]} and TIME.match(gone["deletedAt"])
    assert messages(alice, group)["data"] == [first, gone, third]
    assert call(alice, f"/chat/conversations/{group}/pins/list")["data"] == []
    refuse(bob, f"/chat/messages/{second['id']}/delete", {}, 404, "not_found")
    refuse(bob, f"/chat/messages/{second['id']}/update", {"content": "back"}, 404, "not_found")
    own = send(alice, group, "mine")
    refuse(bob, f"/chat/messages/{own['id']}/delete", {}, 403, "forbidden")
    assert call(alice, f"/chat/messages/{first['id']}/delete")["content"] is None, "an admin moderates"


def test_reactions_are_grouped(alice, bob, group):
    path = f"/chat/messages/{send(alice, group, 'nice')['id']}/reactions"
    call(alice, f"{path}/add", {"emoji": "👍"})
    call(bob, f"{path}/add", {"emoji": "👍"})
    call(bob, f"{path}/add", {"emoji": "🎉"})
    again = call(bob, f"{path}/add", {"emoji": "🎉"})
    assert again["reactions"] == [
        {"emoji": "👍", "userIds": ["alice", "bob"], "count": 2},
        {"emoji": "🎉", "userIds": ["bob"], "count": 1},
    ]
    call(bob, f"{path}/remove", {"emoji": "👍"})
    assert call(bob, f"{path}/remove", {"emoji": "👍"})["reactions"][0]["userIds"] == ["alice"]
    for emoji in ("", "x" * 65, "a\nb"):
        refuse(bob, f"{path}/add", {"emoji": emoji}, 400, "invalid_argument", "emoji")
    refuse(bob, f"{path}/add", {}, 400, "invalid_argument", "emoji")


def test_pins_are_listed_latest_first_and_walk_both_ways(alice, bob, group):
    sent = [send(alice, group, f"m{number}") for number in range(5)]
    for message in (sent[2], sent[0], sent[4], sent[1], sent[3]):
        assert call(bob, f"/chat/messages/{message['id']}/pin")["pinned"] is True
    path = f"/chat/conversations/{group}/pins/list"
    first = call(alice, path, {"limit": 2})
    assert contents(first) == ["m3", "m1"] and first["page"]["prevCursor"] is None and first["page"]["hasMore"]
    second = call(alice, path, {"limit": 2, "cursor": first["page"]["nextCursor"]})
    assert contents(second) == ["m4", "m0"]
    third = call(alice, path, {"limit": 2, "cursor": second["page"]["nextCursor"]})
    assert contents(third) == ["m2"]
    assert third["page"]["nextCursor"] is None and third["page"]["hasMore"] is False
    back = call(alice, path, {"limit": 2, "cursor": third["page"]["prevCursor"]})
    assert contents(back) == ["m4", "m0"]
    assert contents(call(alice, path, {"limit": 2, "cursor": back["page"]["prevCursor"]})) == ["m3", "m1"]
    assert call(alice, f"/chat/messages/{sent[3]['id']}/unpin")["pinned"] is False
    assert contents(call(alice, path)) == ["m1", "m4", "m0", "m2"]
    refuse(alice, path, {"cursor": "bogus"}, 400, "invalid_argument", "cursor")
    refuse(alice, path, {"cursor": messages(alice, group, limit=1)["page"]["nextCursor"]}, 400, "invalid_argument", "cursor")


def test_typing_is_limited(alice, group):
    replies = [alice.post("/chat/typing/send", json={"conversationId": group}) for _ in range(12)]
    assert replies[0].status_code == 200 and replies[0].json() == {}
    refused = [reply for reply in replies if reply.status_code == 429]
    assert refused and refused[0].json()["error"]["code"] == "rate_limited"
    assert refused[0].json()["error"]["details"]["retryAfterSeconds"] >= 1 and "retry-after" in refused[0].headers
    assert messages(alice, group)["data"] == []


BAD_SENDS = [
    ({"content": "x"}, "conversationId"),
    ({"conversationId": 7, "content": "x"}, "conversationId"),
    ({"conversationId": "x", "content": "x"}, "conversationId"),
    ({"conversationId": "007", "content": "x"}, "conversationId"),
    ({"conversationId": "-1", "content": "x"}, "conversationId"),
    ({"conversationId": "G"}, "content"),
    ({"conversationId": "G", "content": ""}, "content"),
    ({"conversationId": "G", "content": 5}, "content"),
    ({"conversationId": "G", "content": "x" * 65_537}, "content"),
    ({"conversationId": "G", "content": "nul \0"}, "content"),
    ({"conversationId": "G", "content": "x", "clientMsgId": ""}, "clientMsgId"),
    ({"conversationId": "G", "content": "x", "clientMsgId": 12}, "clientMsgId"),
    ({"conversationId": "G", "content": "x", "clientMsgId": "x" * 256}, "clientMsgId"),
    ({"conversationId": "G", "content": "x", "replyToId": 3}, "replyToId"),
    ({"conversationId": "G", "content": "x", "replyToId": "999999"}, "replyToId"),
    ({"conversationId": "G", "content": "x", "attachmentIds": "1"}, "attachmentIds"),
    ({"conversationId": "G", "content": "x", "attachmentIds": [1]}, "attachmentIds[0]"),
    ({"conversationId": "G", "content": "x", "attachmentIds": ["999999"]}, "attachmentIds[0]"),
    ({"conversationId": "G", "content": "x", "mentions": [1]}, "mentions[0]"),
]


@pytest.mark.parametrize("body, field", BAD_SENDS, ids=lambda value: str(value)[:40])
def test_a_bad_send_names_its_field(alice, group, body, field):
    body = {name: group if value == "G" else value for name, value in body.items()}
    refuse(alice, "/chat/messages/send", body, 400, "invalid_argument", field)


def test_a_body_that_is_no_json_object_is_refused(alice):
    for text in ("{", "[]", '"x"', "12", "null"):
        reply = alice.post("/chat/messages/send", content=text, headers={"Content-Type": "application/json"})
        assert reply.status_code == 400 and reply.json()["error"]["details"]["field"] == "body", reply.text


def test_a_number_for_an_id_in_the_path_must_be_one(alice):
    for bad in ("abc", "0", "01", "-5", "99999999999999999999"):
        refuse(alice, f"/chat/messages/{bad}/pin", {}, 400, "invalid_argument", "id")
        refuse(alice, f"/chat/conversations/{bad}/get", {}, 400, "invalid_argument", "id")


def test_the_alias_serves_the_same(alice, group):
    sent = call(alice, "/api/v1/chat/messages/send", {"conversationId": group, "content": "by the old path"})
    assert call(alice, "/api/v1/chat/messages/list", {"conversationId": group})["data"] == [sent]
    assert set(call(alice, "/api/v1/realtime/connection-token")) == {"token", "expiresAt"}
