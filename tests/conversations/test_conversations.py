"""Conversations, their members, reading and preferences; who may do what; isolation of tenants."""

import pytest
from conversations_support import assert_error, call, contents, create, messages, refuse, send

OPERATIONS = {
    "get-subscribe-token": "/chat/subscribe-token",
    "send-message": "/chat/messages/send",
    "list-messages": "/chat/messages/list",
    "search-messages": "/chat/messages/search",
    "edit-message": "/chat/messages/{id}/update",
    "delete-message": "/chat/messages/{id}/delete",
    "send-typing": "/chat/typing/send",
    "add-reaction": "/chat/messages/{id}/reactions/add",
    "remove-reaction": "/chat/messages/{id}/reactions/remove",
    "pin-message": "/chat/messages/{id}/pin",
    "unpin-message": "/chat/messages/{id}/unpin",
    "list-conversations": "/chat/conversations/list",
    "create-conversation": "/chat/conversations/create",
    "get-conversation": "/chat/conversations/{id}/get",
    "update-conversation": "/chat/conversations/{id}/update",
    "archive-conversation": "/chat/conversations/{id}/archive",
    "convert-conversation": "/chat/conversations/{id}/convert",
    "add-conversation-member": "/chat/conversations/{id}/members/add",
    "remove-conversation-member": "/chat/conversations/{id}/members/remove",
    "leave-conversation": "/chat/conversations/{id}/leave",
    "mark-conversation-read": "/chat/conversations/{id}/read",
    "update-conversation-preferences": "/chat/conversations/{id}/preferences/update",
    "list-pinned-messages": "/chat/conversations/{id}/pins/list",
    "list-conversation-attachments": "/chat/conversations/{id}/attachments/list",
    "chat-attachment-upload-ticket": "/chat/attachments/upload-ticket",
    "chat-attachment-finalize": "/chat/attachments/finalize",
}


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def group(alice):
    return create(alice, "group", ["bob"], name="Team")["id"]


@pytest.fixture
def moderator(tenant):
    reply = tenant.as_backend().put("/admin/users/mod", json={"role": "moderator"})
    assert reply.status_code in (200, 201), reply.text
    return tenant.as_user("mod")


def test_the_document_names_every_operation_of_the_table(alice):
    paths = alice.get("/openapi.json").json()["paths"]
    named = {path["post"]["operationId"]: name for name, path in paths.items() if "post" in path}
    assert {operation: named.get(operation) for operation in OPERATIONS} == OPERATIONS


def test_a_dm_is_unique_for_its_two(tenant, alice, bob):
    first = create(alice, "dm", ["bob"])
    assert first["visibility"] == "dm" and first["memberCount"] == 2 and first["me"]["role"] == "member"
    assert create(bob, "dm", ["alice"], status=200)["id"] == first["id"]
    assert create(bob, "dm", ["bob", "alice"], status=200)["id"] == first["id"]
    for members in ([], ["alice"], ["bob", "carol"]):
        body = {"visibility": "dm", "memberIds": members}
        refuse(alice, "/chat/conversations/create", body, 400, "invalid_argument", "memberIds")
    for path, body in (("members/add", {"userId": "carol"}), ("update", {"name": "x"}), ("archive", {}), ("convert", {})):
        body = {"visibility": "private"} if path == "convert" else body
        refuse(alice, f"/chat/conversations/{first['id']}/{path}", body, 403, "forbidden")
    refuse(alice, f"/chat/conversations/{first['id']}/leave", {}, 409, "conflict")


def test_creating_each_kind(alice):
    group = create(alice, "group", ["bob", "carol"], name="Team", description="All of us")
    assert group["name"] == "Team" and group["description"] == "All of us" and group["memberCount"] == 3
    assert group["me"] == {
        "role": "admin",
        "starred": False,
        "muteUntil": None,
        "notifyLevel": "all",
        "lastReadMessageId": None,
    }
    private = create(alice, "private", name="Plans", historyMode="since_join")
    assert (private["visibility"], private["historyMode"], private["memberCount"]) == ("private", "since_join", 1)
    refuse(alice, "/chat/conversations/create", {}, 400, "invalid_argument", "visibility")
    for body, field in (
        ({"visibility": "public"}, "visibility"),
        ({"visibility": "group", "historyMode": "none"}, "historyMode"),
        ({"visibility": "group", "memberIds": "bob"}, "memberIds"),
        ({"visibility": "group", "memberIds": [7]}, "memberIds[0]"),
        ({"visibility": "group", "memberIds": [""]}, "memberIds[0]"),
        ({"visibility": "group", "name": "x" * 256}, "name"),
        ({"visibility": "group", "name": "a\nb"}, "name"),
    ):
        refuse(alice, "/chat/conversations/create", body, 400, "invalid_argument", field)


def test_a_global_channel_has_everybody_in_it(tenant, alice, bob, moderator):
    refuse(alice, "/chat/conversations/create", {"visibility": "global", "name": "x"}, 403, "forbidden")
    body = {"visibility": "global", "memberIds": ["bob"]}
    refuse(moderator, "/chat/conversations/create", body, 400, "invalid_argument", "memberIds")
    news = create(moderator, "global", name="News")
    assert news["visibility"] == "global" and news["memberCount"] >= 2
    sent = send(moderator, news["id"], "welcome")
    mine = call(bob, "/chat/conversations/list")["data"]
    assert [item["id"] for item in mine] == [news["id"]]
    assert mine[0]["unreadCount"] == 1 and mine[0]["me"]["role"] == "member"
    assert send(bob, news["id"], "thanks")["senderId"] == "bob"
    assert contents(call(bob, "/chat/messages/search", {"query": "welcome"})) == ["welcome"]
    read = call(bob, f"/chat/conversations/{news['id']}/read", {"messageId": sent["id"]})
    assert (read["lastReadMessageId"], read["unreadCount"]) == (sent["id"], 0)
    refuse(bob, f"/chat/conversations/{news['id']}/update", {"name": "Mine"}, 403, "forbidden")
    refuse(moderator, f"/chat/conversations/{news['id']}/members/add", {"userId": "bob"}, 409, "conflict")


def test_leaving_a_global_channel_hides_and_mutes_it(bob, moderator):
    news = create(moderator, "global", name="News")["id"]
    assert call(bob, f"/chat/conversations/{news}/leave") == {}
    assert call(bob, "/chat/conversations/list")["data"] == []
    hidden = call(bob, f"/chat/conversations/{news}/get")
    assert hidden["me"]["muteUntil"] == "9999-12-31T23:59:59Z"
    assert send(bob, news, "still here")["senderId"] == "bob"
    assert call(bob, "/chat/conversations/list")["data"] == []
    call(bob, f"/chat/conversations/{news}/preferences/update", {"muteUntil": None})
    assert [item["id"] for item in call(bob, "/chat/conversations/list")["data"]] == [news]
    assert [item["id"] for item in call(moderator, "/chat/conversations/list")["data"]] == [news]


def test_updating_is_the_admins(alice, bob, group):
    path = f"/chat/conversations/{group}/update"
    changed = call(alice, path, {"name": "New", "description": "Words"})
    assert (changed["name"], changed["description"]) == ("New", "Words")
    assert call(alice, path, {"description": None})["name"] == "New"
    cleared = call(alice, path, {"name": None})
    assert (cleared["name"], cleared["description"]) == (None, None)
    refuse(bob, path, {"name": "x"}, 403, "forbidden")
    refuse(alice, path, {}, 400, "invalid_argument", "name")
    refuse(alice, path, {"name": 5}, 400, "invalid_argument", "name")
    refuse(alice, path, {"description": "x" * 4097}, 400, "invalid_argument", "description")


def test_an_archived_conversation_takes_nothing(alice, bob, group):
    sent = send(alice, group, "before")
    refuse(bob, f"/chat/conversations/{group}/archive", {}, 403, "forbidden")
    first = call(alice, f"/chat/conversations/{group}/archive")
    assert call(alice, f"/chat/conversations/{group}/archive") == first
    refuse(alice, "/chat/messages/send", {"conversationId": group, "content": "x"}, 409, "conflict")
    refuse(alice, f"/chat/messages/{sent['id']}/update", {"content": "x"}, 409, "conflict")
    assert contents(messages(bob, group)) == ["before"]


def test_only_a_group_becomes_private(alice, bob, group):
    path = f"/chat/conversations/{group}/convert"
    refuse(bob, path, {"visibility": "private"}, 403, "forbidden")
    refuse(alice, path, {"visibility": "global"}, 409, "conflict")
    refuse(alice, path, {}, 400, "invalid_argument", "visibility")
    converted = call(alice, path, {"visibility": "private", "historyMode": "since_join"})
    assert (converted["visibility"], converted["historyMode"], converted["memberCount"]) == ("private", "since_join", 2)
    assert call(bob, f"/chat/conversations/{group}/get")["visibility"] == "private"
    refuse(alice, path, {"visibility": "private"}, 409, "conflict")
    private = create(alice, "private")["id"]
    refuse(alice, f"/chat/conversations/{private}/convert", {"visibility": "private"}, 409, "conflict")
    by_update = create(alice, "group")["id"]
    assert call(alice, f"/chat/conversations/{by_update}/update", {"visibility": "private"})["visibility"] == "private"
    refuse(alice, f"/chat/conversations/{by_update}/update", {"visibility": "group"}, 409, "conflict")


def test_members_come_and_go_by_admins(tenant, alice, bob, group):
    carol = tenant.as_user("carol")
    refuse(bob, f"/chat/conversations/{group}/members/add", {"userId": "carol"}, 403, "forbidden")
    refuse(carol, f"/chat/conversations/{group}/get", {}, 403, "forbidden")
    added = call(alice, f"/chat/conversations/{group}/members/add", {"userId": "carol"})
    assert added == {"userId": "carol", "role": "member", "joinedAt": added["joinedAt"]}
    assert call(carol, f"/chat/conversations/{group}/get")["memberCount"] == 3
    promoted = call(alice, f"/chat/conversations/{group}/members/add", {"userId": "carol", "role": "admin"})
    assert promoted["role"] == "admin"
    assert call(carol, f"/chat/conversations/{group}/members/remove", {"userId": "bob"}) == {}
    refuse(bob, "/chat/messages/list", {"conversationId": group}, 403, "forbidden")
    refuse(carol, f"/chat/conversations/{group}/members/remove", {"userId": "bob"}, 404, "not_found")
    refuse(carol, f"/chat/conversations/{group}/members/remove", {"userId": "nobody"}, 404, "not_found")
    refuse(carol, f"/chat/conversations/{group}/members/add", {"userId": 5}, 400, "invalid_argument", "userId")
    refuse(carol, f"/chat/conversations/{group}/members/add", {"userId": "x", "role": "boss"}, 400, "invalid_argument", "role")


def test_whoever_leaves_is_out(alice, bob, group):
    assert call(bob, f"/chat/conversations/{group}/leave") == {}
    assert call(bob, "/chat/conversations/list")["data"] == []
    refuse(bob, "/chat/messages/send", {"conversationId": group, "content": "x"}, 403, "forbidden")
    assert call(alice, f"/chat/conversations/{group}/get")["memberCount"] == 1


def test_the_read_cursor_never_moves_back(alice, bob, group):
    ids = [send(alice, group, f"m{number} <@bob>")["id"] for number in range(4)]
    path = f"/chat/conversations/{group}/read"
    assert call(bob, path, {"messageId": ids[2]}) == {
        "conversationId": group,
        "lastReadMessageId": ids[2],
        "unreadCount": 1,
        "mentionCount": 1,
    }
    assert call(bob, path, {"messageId": ids[0]})["lastReadMessageId"] == ids[2]
    assert call(bob, path, {"messageId": ids[3]})["unreadCount"] == 0
    elsewhere = send(alice, create(alice, "group")["id"], "x")["id"]
    refuse(bob, path, {"messageId": elsewhere}, 404, "not_found")
    refuse(bob, path, {"messageId": 5}, 400, "invalid_argument", "messageId")
    refuse(bob, path, {}, 400, "invalid_argument", "messageId")


def test_preferences_are_each_members_own(alice, bob, group):
    path = f"/chat/conversations/{group}/preferences/update"
    change = {"starred": True, "muteUntil": "2030-01-01T01:00:00+01:00", "notifyLevel": "mentions"}
    wanted = {"starred": True, "muteUntil": "2030-01-01T00:00:00Z", "notifyLevel": "mentions"}
    assert call(bob, path, change) == wanted
    mine = call(bob, f"/chat/conversations/{group}/get")["me"]
    assert {name: mine[name] for name in wanted} == wanted
    theirs = call(alice, f"/chat/conversations/{group}/get")["me"]
    assert (theirs["starred"], theirs["muteUntil"], theirs["notifyLevel"]) == (False, None, "all")
    assert call(bob, path, {"muteUntil": "9999-12-31T23:59:59Z"})["muteUntil"] == "9999-12-31T23:59:59Z"
    assert call(bob, path, {"muteUntil": None}) == {**wanted, "muteUntil": None}
    assert call(bob, path, {"notifyLevel": "everyone"})["notifyLevel"] == "everyone"
    assert call(bob, path, {})["starred"] is True
    for body, field in (
        ({"muteUntil": "tomorrow"}, "muteUntil"),
        ({"muteUntil": 5}, "muteUntil"),
        ({"starred": "yes"}, "starred"),
        ({"notifyLevel": "loud"}, "notifyLevel"),
    ):
        refuse(bob, path, body, 400, "invalid_argument", field)


def test_a_dm_notifies_of_all_or_nothing(alice):
    path = f"/chat/conversations/{create(alice, 'dm', ['bob'])['id']}/preferences/update"
    assert call(alice, path, {"notifyLevel": "none"})["notifyLevel"] == "none"
    assert call(alice, path, {"notifyLevel": "all"})["notifyLevel"] == "all"
    for level in ("mentions", "everyone"):
        refuse(alice, path, {"notifyLevel": level}, 400, "invalid_argument", "notifyLevel")


def test_tokens_name_their_channel(tenant, alice, group):
    token = call(alice, "/realtime/connection-token")
    assert set(token) == {"token", "expiresAt"} and token["token"].count(".") == 2
    subscription = call(alice, "/chat/subscribe-token", {"conversationId": group})
    assert set(subscription) == {"token", "channel", "expiresAt"} and subscription["channel"] == f"chat:{group}"
    refuse(tenant.as_user("stranger"), "/chat/subscribe-token", {"conversationId": group}, 403, "forbidden")
    refuse(alice, "/chat/subscribe-token", {"conversationId": int(group)}, 400, "invalid_argument", "conversationId")


def every_call(group, message):
    """Each operation about a conversation or message, with a body that is well formed."""
    bodies = {
        "get-subscribe-token": {"conversationId": group},
        "send-message": {"conversationId": group, "content": "x"},
        "list-messages": {"conversationId": group},
        "search-messages": {"conversationId": group, "query": "x"},
        "send-typing": {"conversationId": group},
        "edit-message": {"content": "x"},
        "add-reaction": {"emoji": "x"},
        "remove-reaction": {"emoji": "x"},
        "update-conversation": {"name": "x"},
        "convert-conversation": {"visibility": "private"},
        "add-conversation-member": {"userId": "x"},
        "remove-conversation-member": {"userId": "bob"},
        "mark-conversation-read": {"messageId": message},
        "update-conversation-preferences": {"starred": True},
        "chat-attachment-upload-ticket": {
            "conversationId": group,
            "fileName": "x",
            "contentType": "text/plain",
            "size": 1,
        },
    }
    for operation, path in OPERATIONS.items():
        if operation in ("list-conversations", "create-conversation", "chat-attachment-finalize"):
            continue
        yield operation, path.replace("{id}", message if "/messages/" in path else group), bodies.get(operation, {})


def test_another_tenants_ids_answer_like_absent_ones(other_tenant, alice, group):
    message = send(alice, group, "ours")["id"]
    mallory = other_tenant.as_user("alice")
    foreign = {name: mallory.post(path, json=body) for name, path, body in every_call(group, message)}
    absent = {name: mallory.post(path, json=body) for name, path, body in every_call("999999", "999999")}
    for operation, reply in foreign.items():
        assert_error(reply, 404, "not_found")
        assert reply.json() == absent[operation].json(), operation
    assert contents(messages(alice, group)) == ["ours"]


def test_a_stranger_of_the_same_tenant_is_refused_everything(tenant, alice, group):
    message = send(alice, group, "ours")["id"]
    stranger = tenant.as_user("stranger")
    for operation, path, body in every_call(group, message):
        reply = stranger.post(path, json=body)
        assert (operation, reply.status_code) == (operation, 403), reply.text
    assert contents(messages(alice, group)) == ["ours"]


def test_without_a_credential_nothing_is_told(server, alice, group):
    import httpx

    for path in OPERATIONS.values():
        reply = httpx.post(server.url + path.replace("{id}", "1"), json={}, timeout=10)
        assert_error(reply, 401, "unauthenticated")
    assert_error(httpx.get(server.url + "/chat/messages/list", timeout=10), 405, "invalid_argument")
