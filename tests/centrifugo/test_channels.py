"""Channels: who may be in them, what comes through them, and that nothing is lost."""

import json
import time

import pytest
from centrifugo_support import (
    Issuer,
    RawClient,
    ServerApi,
    connection_token,
    create_group,
    declare,
    eventually,
    remove,
    send,
    subscribe_token,
)


@pytest.fixture
def connect(server, tenant):
    clients = []

    def start(user, **fields):
        client = RawClient(server)
        clients.append(client)
        client.welcome = client.connect(connection_token(tenant, user), **fields)
        return client

    yield start
    for client in clients:
        client.socket.close()


def position(result):
    return {"recover": True, "epoch": result["epoch"], "offset": result.get("offset", 0)}


def test_connecting_without_a_token_takes_http_credentials(server, tenant):
    with RawClient(server, additional_headers=tenant.headers("alice")) as client:
        assert "user:alice" in client.connect()["subs"]
    with RawClient(server) as client:
        result = client.connect(headers={"X-API-Key": tenant.api_key, "X-User-Id": "bob"})
        assert "user:bob" in result["subs"] and "expires" not in result


def test_every_event_of_a_conversation_comes_in_order(tenant, connect):
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    alice, bob = tenant.as_user("alice"), tenant.as_user("bob")
    client = connect("alice")
    client.result("subscribe", {"channel": chat, "token": subscribe_token(tenant, "alice", group)})

    message = send(tenant, "bob", group, "apricot", clientMsgId="c1")
    created = client.event(chat, "message.created")
    assert created["content"] == "apricot" and created["clientMsgId"] == "c1" and created["senderId"] == "bob"
    calls = [
        (bob, f"/chat/messages/{message['id']}/update", {"content": "quince"}, "message.updated"),
        (alice, f"/chat/messages/{message['id']}/reactions/add", {"emoji": "👍"}, "reaction.added"),
        (alice, f"/chat/messages/{message['id']}/reactions/remove", {"emoji": "👍"}, "reaction.removed"),
        (alice, f"/chat/messages/{message['id']}/pin", {}, "message.pinned"),
        (alice, f"/chat/messages/{message['id']}/unpin", {}, "message.unpinned"),
        (bob, f"/chat/conversations/{group}/read", {"messageId": message["id"]}, None),
        (alice, f"/chat/conversations/{group}/read", {"messageId": message["id"]}, "read.updated"),
        (alice, f"/chat/conversations/{group}/update", {"name": "new name"}, "conversation.updated"),
        (alice, f"/chat/conversations/{group}/members/add", {"userId": "carol"}, "member.added"),
        (alice, f"/chat/conversations/{group}/members/remove", {"userId": "carol"}, "member.removed"),
        (bob, f"/chat/messages/{message['id']}/delete", {}, "message.deleted"),
        (bob, f"/chat/conversations/{group}/leave", {}, "member.left"),
        (alice, f"/chat/conversations/{group}/archive", {}, "conversation.archived"),
    ]
    offset = created["__offset"]
    for caller, path, body, kind in calls:
        reply = caller.post(path, json=body)
        assert reply.status_code == 200, (path, reply.text)
        if kind is None:
            continue
        event = client.event(chat, kind)
        assert event["__offset"] > offset
        offset = event["__offset"]
    history = client.result("history", {"channel": chat, "limit": 300})
    offsets = [publication["offset"] for publication in history["publications"]]
    assert offsets == sorted(offsets) and offsets[-1] == offset == history["offset"]
    # What is deleted is so in the log as well: nothing of its text is left.
    assert "apricot" not in str(history) and "quince" not in str(history)


def test_typing_passes_without_a_place_in_the_log(tenant, connect):
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    client = connect("alice")
    before = client.result("subscribe", {"channel": chat})["offset"]
    assert tenant.as_user("bob").post("/chat/typing/send", json={"conversationId": group}).status_code == 200
    event = client.event(chat, "typing")
    assert event == {"conversationId": group, "userId": "bob", "active": True, "__offset": None}
    assert client.result("history", {"channel": chat})["offset"] == before


def test_recovery_gives_what_was_missed_once(tenant, connect):
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    first = connect("alice").result("subscribe", {"channel": chat})
    for number in range(5):
        send(tenant, "bob", group, f"m{number}")
    again = connect("alice").result("subscribe", {"channel": chat, **position(first)})
    assert again["recovered"] is True and again["was_recovering"] is True
    assert [p["data"]["data"]["content"] for p in again["publications"]] == [f"m{n}" for n in range(5)]
    offsets = [p["offset"] for p in again["publications"]]
    assert offsets == list(range(first["offset"] + 1, first["offset"] + 6)) and again["offset"] == offsets[-1]
    nothing = connect("alice").result("subscribe", {"channel": chat, **position(again)})
    assert nothing["recovered"] is True and "publications" not in nothing


def test_recovery_reaches_beyond_one_reply(tenant, connect):
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    first = connect("alice").result("subscribe", {"channel": chat})
    client = tenant.as_user("bob")
    for number in range(450):
        client.post("/chat/messages/send", json={"conversationId": group, "content": f"m{number}"})
    late = connect("alice")
    again = late.result("subscribe", {"channel": chat, **position(first)})
    assert again["recovered"] is True and len(again["publications"]) == 300
    rest = [late.event(chat, "message.created") for _ in range(150)]
    offsets = [p["offset"] for p in again["publications"]] + [event["__offset"] for event in rest]
    assert offsets == list(range(first["offset"] + 1, first["offset"] + 451))


@pytest.mark.parametrize("wrong", [{"epoch": "_"}, {"epoch": "1"}, {"offset": 10_000}, {"offset": 2**63}])
def test_what_cannot_be_recovered_is_said_so_and_never_partly(tenant, connect, wrong):
    group = create_group(tenant, "alice", "bob")
    first = connect("alice").result("subscribe", {"channel": f"chat:{group}"})
    send(tenant, "bob", group, "missed")
    again = connect("alice").result("subscribe", {"channel": f"chat:{group}", **position(first), **wrong})
    assert again["was_recovering"] is True and "recovered" not in again and "publications" not in again
    assert again["epoch"] == first["epoch"] and again["offset"] == first["offset"] + 1


def test_removal_ends_the_subscription_at_once(tenant, connect):
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    bob = connect("bob")
    bob.result("subscribe", {"channel": chat, "token": subscribe_token(tenant, "bob", group)})
    token = subscribe_token(tenant, "bob", group)
    remove(tenant, "alice", group, "bob")
    assert bob.push("unsubscribe", chat) == {"code": 2000, "reason": "server unsubscribe"}
    send(tenant, "alice", group, "secret")
    assert bob.error("subscribe", {"channel": chat})["code"] == 103
    # A token from before is worth no more than the membership it was given for.
    assert bob.error("subscribe", {"channel": chat, "token": token})["code"] == 103
    assert "secret" not in str(bob.settle())


def test_a_backends_own_token_lets_a_stranger_in(tenant, connect):
    issuer = Issuer(tenant)
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    guest = connect("guest")
    guest.result("subscribe", {"channel": chat, "token": issuer.token("guest", channel=chat)})
    send(tenant, "alice", group, "hello")
    assert guest.event(chat, "message.created")["content"] == "hello"
    assert guest.result("history", {"channel": chat, "limit": 1, "reverse": True})["publications"]


def test_whoever_joins_late_sees_nothing_from_before(tenant, connect):
    reply = tenant.as_user("alice").post(
        "/chat/conversations/create",
        json={"visibility": "group", "historyMode": "since_join", "memberIds": ["bob"]},
    )
    group = reply.json()["id"]
    chat = f"chat:{group}"
    message = send(tenant, "bob", group, "before carol")
    added = tenant.as_user("alice").post(f"/chat/conversations/{group}/members/add", json={"userId": "carol"})
    assert added.status_code == 200, added.text
    carol = connect("carol")
    subscribed = carol.result("subscribe", {"channel": chat, "recover": True})
    assert "before carol" not in str(subscribed)
    tenant.as_user("bob").post(f"/chat/messages/{message['id']}/update", json={"content": "before carol, edited"})
    send(tenant, "bob", group, "after carol")
    assert carol.event(chat, "message.created")["content"] == "after carol"
    assert "before carol" not in str(carol.settle())
    assert "before carol" not in str(carol.result("history", {"channel": chat, "limit": 100}))


def test_a_users_own_channel_tells_of_lists_mentions_and_reads(tenant, connect):
    bob = connect("bob")
    own = bob.welcome["subs"]["user:bob"]
    assert own["recoverable"] is True
    group = create_group(tenant, "alice", "bob")
    assert bob.event("user:bob", "conversation.added")["id"] == group
    assert bob.error("subscribe", {"channel": "user:bob"})["code"] == 105
    assert bob.error("subscribe", {"channel": "user:alice"})["code"] == 103

    first = send(tenant, "bob", group, "question")
    reply = send(tenant, "alice", group, "answer", replyToId=first["id"])
    mention = bob.event("user:bob", "mention")
    assert (mention["conversationId"], mention["messageId"], mention["senderId"]) == (group, reply["id"], "alice")
    tenant.as_user("alice").post(f"/chat/conversations/{group}/update", json={"name": "renamed"})
    assert bob.event("user:bob", "conversation.updated")["name"] == "renamed"
    tenant.as_user("bob").post(f"/chat/conversations/{group}/read", json={"messageId": reply["id"]})
    read = bob.event("user:bob", "read.updated")
    assert (read["conversationId"], read["userId"], read["lastReadSeq"]) == (group, "bob", 2)
    remove(tenant, "alice", group, "bob")
    assert bob.event("user:bob", "conversation.removed")["id"] == group

    late = connect("bob", subs={"user:bob": position(own)})
    recovered = late.welcome["subs"]["user:bob"]
    assert recovered["recovered"] is True
    kinds = [p["data"]["type"] for p in recovered["publications"]]
    # Reading moves the messages' marks and the mentions', one after the other.
    assert kinds == [
        "conversation.added", "mention", "conversation.updated", "read.updated", "read.updated", "conversation.removed",
    ]  # fmt: skip


def test_a_users_own_channel_brings_notifications(tenant, connect):
    bob = connect("bob")
    reply = tenant.as_user("alice").post(
        "/notify", json={"topic": "order", "payload": {"id": 7}, "targets": {"user_ids": ["bob"]}}
    )
    assert reply.status_code == 202, reply.text
    event = bob.event("user:bob", "notification")
    assert event["topic"] == "order" and event["payload"] == {"id": 7}


def test_status_channels_tell_who_comes_and_goes(server, start_server):
    from harness.tenant import Tenant

    server = start_server("--presence-grace-ms", 200)
    tenant = Tenant.create(server)
    create_group(tenant, "alice", "bob")
    with RawClient(server) as alice:
        alice.connect(connection_token(tenant, "alice"))
        assert alice.result("subscribe", {"channel": "status:bob"})["data"] == {"userId": "bob", "status": "offline"}
        assert alice.error("subscribe", {"channel": "status:stranger"})["code"] == 103
        assert alice.error("history", {"channel": "status:bob"})["code"] == 108
        with RawClient(server) as bob:
            bob.connect(connection_token(tenant, "bob"))
            event = alice.event("status:bob", "presence.updated")
            assert (event["userId"], event["status"]) == ("bob", "online")
        assert alice.event("status:bob", "presence.updated")["status"] == "offline"
    tenant.close()


@pytest.mark.parametrize("leaver", ["alice", "bob"])
def test_a_status_is_followed_as_long_as_a_conversation_is_shared(server, tenant, leaver):
    chats = [create_group(tenant, "carol", "alice", "bob") for _ in range(2)]
    with RawClient(server) as alice:
        alice.connect(connection_token(tenant, "alice"))
        for name in ("status:bob", "status:carol"):
            alice.result("subscribe", {"channel": name})
        remove(tenant, "carol", chats[0], leaver)
        with RawClient(server) as bob:
            bob.connect(connection_token(tenant, "bob"))
            assert alice.event("status:bob", "presence.updated")["status"] == "online"
        remove(tenant, "carol", chats[1], leaver)
        assert alice.push("unsubscribe", "status:bob")["code"] == 2000
        assert ("status:carol" in json.dumps(alice.settle())) == (leaver == "alice")


def test_presence_and_who_joins_and_leaves(tenant, connect):
    issuer = Issuer(tenant)
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    alice = connect("alice")
    alice.result("subscribe", {"channel": chat, "join_leave": True})
    bob = connect("bob")
    bob_id = bob.welcome["client"]
    assert bob.error("presence", {"channel": chat})["code"] == 103
    bob.result("subscribe", {"channel": chat, "token": issuer.token("bob", channel=chat)})
    assert alice.push("join", chat) == {"info": {"user": "bob", "client": bob_id}}
    presence = alice.result("presence", {"channel": chat})["presence"]
    assert presence[bob_id] == {"user": "bob", "client": bob_id} and len(presence) == 2
    assert alice.result("presence_stats", {"channel": chat}) == {"num_clients": 2, "num_users": 2}
    assert bob.result("unsubscribe", {"channel": chat}) == {}
    assert alice.push("leave", chat)["info"]["client"] == bob_id
    bob.result("subscribe", {"channel": chat})
    alice.push("join", chat)
    bob.socket.close()
    assert alice.push("leave", chat)["info"]["user"] == "bob"


def test_info_of_a_token_is_shown_in_presence(server, tenant, connect):
    issuer = Issuer(tenant)
    group = create_group(tenant, "alice", "bob")
    with RawClient(server) as client:
        client.connect(issuer.token("alice", info={"name": "Alice"}))
        client.result("subscribe", {"channel": f"chat:{group}"})
        (info,) = client.result("presence", {"channel": f"chat:{group}"})["presence"].values()
        assert info["conn_info"] == {"name": "Alice"}


def test_publishing_by_clients_is_refused(tenant, connect):
    declare(tenant, "news")
    group = create_group(tenant, "alice", "bob")
    client = connect("alice")
    for channel, code in ((f"chat:{group}", 103), ("news:x", 103), ("user:alice", 103), ("weather:x", 102)):
        assert client.error("publish", {"channel": channel, "data": {}})["code"] == code


def test_custom_namespaces_have_history_and_rules(tenant, connect):
    declare(tenant, "news", "vip")
    issuer = Issuer(tenant)
    api = ServerApi(tenant)
    client = connect("alice")
    for channel in ("weather:x", "nocolon", "news:", "dm:x", "chat"):
        assert client.error("subscribe", {"channel": channel})["code"] == 102, channel
    assert client.error("subscribe", {"channel": "$vip:room"})["code"] == 103
    client.result("subscribe", {"channel": "$vip:room", "token": issuer.token("alice", channel="$vip:room")})
    assert client.error("subscribe", {"channel": "news:team#bob,carol"})["code"] == 103
    client.result("subscribe", {"channel": "news:team#bob,alice"})

    first = client.result("subscribe", {"channel": "news:today"})
    place = api("publish", channel="news:today", data={"n": 1.50}, tags={"kind": "test"})
    assert place == {"offset": 1, "epoch": first["epoch"]}
    assert client.push("pub", "news:today") == {"data": {"n": 1.5}, "tags": {"kind": "test"}, "offset": 1}
    assert api("publish", channel="news:today", data="passing", skip_history=True) == {}
    assert client.push("pub", "news:today") == {"data": "passing"}
    for number in range(2, 5):
        api("publish", channel="news:today", data=number)
    late = connect("bob").result("subscribe", {"channel": "news:today", **position(first)})
    assert [p["offset"] for p in late["publications"]] == [1, 2, 3, 4]


def test_history_pages_both_ways(tenant, connect):
    declare(tenant, "news")
    api = ServerApi(tenant)
    for number in range(1, 11):
        api("publish", channel="news:log", data=number)
    client = connect("alice")
    assert client.error("history", {"channel": "news:log"})["code"] == 103
    epoch = client.result("subscribe", {"channel": "news:log"})["epoch"]

    def page(**fields):
        result = client.result("history", {"channel": "news:log", **fields})
        assert result["epoch"] == epoch and result["offset"] == 10
        return [publication["data"] for publication in result["publications"]]

    assert page() == []
    assert page(limit=3) == [1, 2, 3]
    assert page(limit=-1) == list(range(1, 11))
    assert page(limit=3, reverse=True) == [10, 9, 8]
    assert page(limit=3, since={"offset": 3, "epoch": epoch}) == [4, 5, 6]
    assert page(limit=3, since={"offset": 8, "epoch": epoch}, reverse=True) == [7, 6, 5]
    assert page(limit=3, since={"offset": 10, "epoch": epoch}) == []


def test_no_event_is_lost_between_recovery_and_live(tenant, connect):
    """Subscribing again and again while messages come: the union is whole and in order each time."""
    import threading

    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    start = connect("alice").result("subscribe", {"channel": chat})
    total = 200
    writer = tenant.as_user("bob")

    def write():
        for number in range(total):
            writer.post("/chat/messages/send", json={"conversationId": group, "content": f"m{number}"})

    thread = threading.Thread(target=write)
    thread.start()
    known, seen = dict(start), []
    while len(seen) < total:
        client = connect("alice")
        again = client.result("subscribe", {"channel": chat, **position(known)})
        assert again.get("recovered") is True
        seen += [p["offset"] for p in again.get("publications", [])]
        for _ in range(7):
            if len(seen) < total:
                seen.append(client.event(chat, "message.created")["__offset"])
        known["offset"] = seen[-1] if seen else known["offset"]
        client.socket.close()
    thread.join()
    assert seen == list(range(start["offset"] + 1, start["offset"] + total + 1))


def test_tenants_are_strangers_to_each_other(tenant, other_tenant, server, connect):
    declare(tenant, "news")
    declare(other_tenant, "news")
    mine = connect("alice")
    mine.result("subscribe", {"channel": "news:same"})
    ServerApi(other_tenant)("publish", channel="news:same", data="theirs")
    with RawClient(server) as theirs:
        theirs.connect(connection_token(other_tenant, "alice"))
        theirs.result("subscribe", {"channel": "news:same"})
        assert ServerApi(tenant)("presence_stats", channel="news:same") == {"num_clients": 1, "num_users": 1}
        create_group(other_tenant, "bob", "alice")
        assert theirs.event("user:alice", "conversation.added")
    assert mine.settle() == []


def test_demotion_to_a_guest_ends_what_only_members_see(tenant, connect):
    moderator = tenant.as_backend()
    moderator.put("/admin/users/mod", json={"role": "moderator"})
    reply = tenant.as_user("mod").post("/chat/conversations/create", json={"visibility": "global", "name": "all"})
    assert reply.status_code == 201, reply.text
    chat = f"chat:{reply.json()['id']}"
    carol = connect("carol")
    carol.result("subscribe", {"channel": chat})
    assert moderator.put("/admin/users/carol", json={"role": "guest"}).status_code == 200
    assert carol.push("unsubscribe", chat)["code"] == 2000


def test_expiry_is_told_in_seconds(server, tenant):
    issuer = Issuer(tenant)
    with RawClient(server) as client:
        result = client.connect(issuer.token("alice", seconds=None))
        assert "expires" not in result and "ttl" not in result
    with RawClient(server) as client:
        result = client.connect(issuer.token("alice", expire_at=int(time.time()) + 100))
        assert result["expires"] is True and 98 <= result["ttl"] <= 101
    with RawClient(server) as client:
        result = client.connect(issuer.token("alice", seconds=50, channels=[]))
        assert result["ttl"] <= 50


def test_a_token_may_name_channels_to_be_put_into(server, tenant):
    declare(tenant, "news")
    issuer = Issuer(tenant)
    with RawClient(server) as client:
        result = client.connect(issuer.token("alice", channels=["news:a"], subs={"news:b": {}}))
        assert set(result["subs"]) == {"user:alice", "news:a", "news:b"}
        ServerApi(tenant)("publish", channel="news:b", data=1)
        assert client.push("pub", "news:b")["data"] == 1
    with RawClient(server) as client:
        assert client.error("connect", {"token": issuer.token("alice", channels=["weather:x"])})["code"] == 102


def test_disconnected_clients_leave_the_directory(tenant, connect):
    client = connect("alice")
    api = ServerApi(tenant)
    assert api("info")["nodes"][0]["num_clients"] == 1
    client.socket.close()
    eventually(lambda: api("info")["nodes"][0]["num_clients"] == 0)
