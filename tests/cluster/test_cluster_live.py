"""What happens on one node shows on the other, in every dialect's stream."""

import centrifugo_support as centrifugo
import pytest
from anytype_support import Chat
from anytype_support import id_of
from chatapi_support import Socket, create_room, send
from cluster_support import wait_until
from harness.spelling import prefixed, read_struct
from structchat_support import Socket as StructSocket
from structchat_support import ok

room_of = prefixed("room_")


@pytest.fixture
def room(tenant):
    return create_room(tenant.as_user("alice"), "group", ["bob"])


def test_chatapi_messages_in_both_directions(cluster, tenant, room):
    there = tenant.at(1)
    with Socket(cluster[0], tenant, "alice") as alice, Socket(cluster[1], there, "bob") as bob:
        sent = send(tenant.as_user("alice"), room, "from the first")
        assert bob.expect("message")["message_id"] == sent["message_id"]
        bob.send({"type": "send_message", "room_id": room, "content": "from the second"})
        assert alice.expect("message", sender_id="bob")["content"] == "from the second"


def test_chatapi_rooms_that_one_is_put_into_on_another_node(cluster, tenant):
    with Socket(cluster[1], tenant.at(1), "bob") as bob:
        bob.settle()
        room = create_room(tenant.as_user("alice"), "group", ["bob"])
        send(tenant.as_user("alice"), room, "hello")
        assert bob.expect("message", room_id=room)["content"] == "hello"


def test_chatapi_acknowledgements(cluster, tenant, room):
    sent = send(tenant.as_user("alice"), room, "hello")
    with Socket(cluster[1], tenant.at(1), "bob") as bob, Socket(cluster[0], tenant, "alice") as alice:
        bob.expect("message", content="hello")
        bob.send({"type": "ack", "room_id": room, "seq": sent["seq"]})
        assert alice.expect("ack.received")["user_id"] == "bob"


def test_chatapi_typing_and_presence(cluster, tenant, room):
    with Socket(cluster[0], tenant, "alice") as alice:
        with Socket(cluster[1], tenant.at(1), "bob") as bob:
            assert alice.expect("presence.update", user_id="bob")["status"] == "online"
            bob.send({"type": "typing.start", "room_id": room})
            assert alice.expect("typing") == {"type": "typing", "room_id": room, "user_id": "bob", "action": "start"}
            bob.send({"type": "typing.stop", "room_id": room})
            assert alice.expect("typing")["action"] == "stop"
        assert alice.expect("presence.update", user_id="bob", timeout=15)["status"] == "offline"


def test_anytype_streams(tenant):
    here, there = Chat.main(tenant, "alice"), Chat.main(tenant.at(1), "bob")
    with there.stream("bob") as events:
        message = here.send("alice", "one")
        assert events.next("add").text == "one"
        here.edit("alice", message, "two")
        assert events.next("update").text == "two"
        here.react("alice", message, "👍")
        assert events.next("reactions").data["message"]["reactions"] == {"👍": ["alice"]}
        here.delete("alice", message)
        assert events.next("delete").data["deleted"] == id_of(message)


def test_anytype_reads_of_the_same_user_on_two_nodes(tenant):
    here, there = Chat.main(tenant, "alice"), Chat.main(tenant.at(1), "bob")
    with there.stream("bob") as events:
        message = here.send("alice", "unread")
        events.next("add")
        assert events.next("state").data["state"]["messages"]["counter"] == 1
        Chat.main(tenant, "bob").read("bob", type="messages", before_order_id=message["order_id"])
        assert events.next("state").data["state"]["messages"]["counter"] == 0


def test_centrifugo_channels(cluster, tenant):
    chat = centrifugo.create_group(tenant, "alice", "bob")
    channel = f"chat:{chat}"
    there = tenant.at(1)
    with centrifugo.RawClient(cluster[1]) as bob:
        bob.connect(centrifugo.connection_token(there, "bob"))
        bob.result("subscribe", {"channel": channel, "token": centrifugo.subscribe_token(there, "bob", chat)})
        sent = centrifugo.send(tenant, "alice", chat, "hello")
        pushed = bob.push("pub", channel)
        assert pushed["data"]["data"]["id"] == sent["id"], (pushed, sent)
        centrifugo.remove(tenant, "alice", chat, "bob")
        assert bob.push("unsubscribe", channel)["code"] == 2000


def test_centrifugo_users_own_channels(cluster, tenant):
    with centrifugo.RawClient(cluster[1]) as bob:
        bob.connect(centrifugo.connection_token(tenant.at(1), "bob"))
        chat = centrifugo.create_group(tenant, "alice", "bob")
        pushed = bob.push("pub", "user:bob")
        assert str(chat) in str(pushed["data"]), pushed


def test_struct_feeds_and_who_is_there(tenant):
    alice, bob = tenant.as_user("alice"), tenant.at(1).as_user("bob")
    for name, role in (("alice", "owner"), ("bob", "member")):
        assert tenant.as_backend().put(f"/admin/users/{name}", json={"role": role}).status_code == 200
    channel = ok(alice.post("/v1/channels", json={"name": "general", "bits": {"chan_anyone": True}}))["data"]["id"]
    ids = {user["xid"]: user["id"] for user in ok(bob.get("/v1/users"))["data"]}
    with StructSocket(tenant.at(1), None, headers=tenant.headers("bob")) as watching:
        watching.presence(users=True)
        watching.feed("6N1")
        watching.settle()
        with StructSocket(tenant, None, headers=tenant.headers("alice")) as coming:
            coming.presence()
            assert wait_until(lambda: ids["alice"] in str(watching.settle()))
            made = ok(alice.post("/v1/threads", json={"text": "Hello", "xsr_ids": [channel]}))
            assert wait_until(lambda: made["thread_id"] in str(watching.settle()))


def test_one_node_reads_what_another_has_just_written(tenant, room):
    alice, bob = tenant.as_user("alice"), tenant.at(1).as_user("bob")
    for number in range(20):
        sent = send(alice if number % 2 else bob, room, f"message {number}")
        assert sent["seq"] == number + 1


def test_what_was_written_at_one_node_is_found_at_the_other(tenant):
    here, there = Chat.main(tenant, "alice"), Chat.main(tenant.at(1), "bob")
    for number in range(5):
        here.send("alice", f"wombat number {number}")
        assert len(there.search("bob", f"wombat {number}")) == 1


def test_struct_searches_at_the_other_node(tenant):
    alice = tenant.as_user("alice")
    assert tenant.as_backend().put("/admin/users/alice", json={"role": "owner"}).status_code == 200
    channel = ok(alice.post("/v1/channels", json={"name": "general", "bits": {"chan_anyone": True}}))["data"]["id"]
    there = tenant.at(1).as_user("alice")
    for word in ("aardvark", "badger", "caracal"):
        thread = ok(alice.post("/v1/threads", json={"text": f"about a {word}", "xsr_ids": [channel]}))["thread_id"]
        assert thread in str(ok(there.post("/v1/search", json={"q": word})))


def test_nothing_comes_of_what_another_node_has_hidden(cluster, tenant):
    """A thread whose channel is hidden: the thread's own log does not tell of it."""
    alice, bob = tenant.as_user("alice"), tenant.at(1).as_user("bob")
    assert tenant.as_backend().put("/admin/users/alice", json={"role": "owner"}).status_code == 200
    assert bob.get("/v1/spaces").status_code == 200
    threads = []
    for name in ("hidden later", "open"):
        channel = ok(alice.post("/v1/channels", json={"name": name, "bits": {"chan_anyone": True}}))["data"]["id"]
        made = ok(alice.post("/v1/threads", json={"text": "first", "xsr_ids": [channel]}))["thread_id"]
        threads.append((channel, room_of(read_struct(made)), f"chat:{read_struct(made)}"))
    (channel, secret, secret_channel), (_, other, other_channel) = threads
    there = tenant.at(1)
    with Socket(cluster[1], there, "bob") as socket, centrifugo.RawClient(cluster[1]) as client:
        client.connect(centrifugo.connection_token(there, "bob"))
        for room, name in ((secret, secret_channel), (other, other_channel)):
            client.result("subscribe", {"channel": name})
            socket.send({"type": "subscribe", "room_id": room})
        socket.send({"type": "no such thing", "request_id": "ready"})
        socket.expect("error", request_id="ready")
        send(alice, secret, "before")
        socket.expect("message", content="before")
        ok(alice.put("/v1/channel-bits", json={"id": channel, "bits": {"chan_hidden": True}}))
        send(alice, secret, "SECRET")
        send(alice, other, "after")
        socket.expect("message", content="after")
        socket.settle()
        assert "SECRET" not in str(socket.seen)
        assert client.push("unsubscribe", secret_channel)["code"] == 2000
        assert "SECRET" not in str(client.settle())
