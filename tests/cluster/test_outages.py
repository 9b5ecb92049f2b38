"""Nodes and the bus that die, and what streams make of it: nothing is lost, nothing comes twice."""

import threading
import time

import centrifugo_support as centrifugo
import httpx
import pytest
from anytype_support import Chat
from chatapi_support import Socket, create_room, messages, send
from cluster_support import wait_until
from harness.server import Server, ServerDidNotStart
from structchat_support import Socket as StructSocket
from structchat_support import ok


class Writers:
    """Users who keep writing at every node until the block ends; `sent` are the texts that were acknowledged."""

    def __init__(self, tenant, nodes, write):
        self.sent = []
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(tenant.at(n), n, write)) for n in nodes]

    def _run(self, tenant, node, write):
        client = tenant.as_user("alice")
        number = 0
        while not self._is_over.is_set():
            number += 1
            text = f"{node}-{number}"
            write(client, text)
            self.sent.append(text)
            time.sleep(0.02)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join()


def write_to_room(room):
    return lambda client, text: send(client, room, text)


def write_to_chat(url):
    def write(client, text):
        assert client.post(f"{url}/messages", json={"text": text}).status_code == 201

    return write


def edit(client, room, message, text):
    reply = client.put(f"/rooms/{room}/messages/{message}", json={"content": text})
    assert reply.status_code == 200, reply.text


def restart_bus(cluster, pause=2.0):
    cluster.nats.stop()
    cluster.wait_for_bus(False)
    time.sleep(pause)
    cluster.nats.start()
    cluster.wait_for_bus(True)


def test_chatapi_over_a_restart_of_the_bus_under_load(cluster, tenant):
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    with Socket(cluster[0], tenant, "bob") as first, Socket(cluster[1], tenant.at(1), "bob") as second:
        with Writers(tenant, (0, 1), write_to_room(room)) as writers:
            time.sleep(0.5)
            restart_bus(cluster)
            time.sleep(0.5)
        for bob in (first, second):
            texts = [frame["content"] for frame in bob.settle(3.0) if frame["type"] == "message"]
            assert sorted(texts) == sorted(writers.sent)
            assert [text for text in texts if text[0] == "0"] == [text for text in writers.sent if text[0] == "0"]


def test_anytype_over_a_restart_of_the_bus_under_load(cluster, tenant):
    chat = Chat.main(tenant, "alice")
    Chat.main(tenant.at(1), "bob")
    with chat.stream("bob") as first, Chat.main(tenant.at(1), "bob").stream("bob") as second:
        with Writers(tenant, (0, 1), write_to_chat(chat.url)) as writers:
            time.sleep(0.5)
            restart_bus(cluster)
            time.sleep(0.5)
        last = chat.send("alice", "the last")["id"]
        for events in (first, second):
            added = events.until(lambda e: e.name == "add" and e.data["message"]["id"] == last, 15)
            texts = [event.text for event in added if event.name == "add"]
            assert sorted(texts[:-1]) == sorted(writers.sent)


def test_centrifugo_over_a_restart_of_the_bus_under_load(cluster, tenant):
    chat = centrifugo.create_group(tenant, "alice", "bob")
    channel = f"chat:{chat}"

    def write(client, text):
        reply = client.post("/chat/messages/send", json={"conversationId": chat, "content": text})
        assert reply.status_code == 200, reply.text

    with centrifugo.RawClient(cluster[0]) as first, centrifugo.RawClient(cluster[1]) as second:
        for node, bob in enumerate((first, second)):
            bob.connect(centrifugo.connection_token(tenant.at(node), "bob"))
            token = centrifugo.subscribe_token(tenant.at(node), "bob", chat)
            bob.start = bob.result("subscribe", {"channel": channel, "token": token}).get("offset", 0)
        with Writers(tenant, (0, 1), write) as writers:
            time.sleep(0.5)
            restart_bus(cluster)
            time.sleep(0.5)
        for bob in (first, second):
            pushes = [item["push"] for item in bob.settle(3.0) if "push" in item]
            pubs = [push["pub"] for push in pushes if push.get("channel") == channel and "pub" in push]
            texts = [pub["data"]["data"]["content"] for pub in pubs if pub["data"]["type"] == "message.created"]
            assert sorted(texts) == sorted(writers.sent)
            offsets = [pub["offset"] for pub in pubs if "offset" in pub]
            assert offsets == sorted(set(offsets)) and offsets[0] > bob.start


def test_struct_feeds_over_a_restart_of_the_bus(cluster, tenant):
    alice = tenant.as_user("alice")
    for name, role in (("alice", "owner"), ("bob", "member")):
        assert tenant.as_backend().put(f"/admin/users/{name}", json={"role": role}).status_code == 200
    channel = ok(alice.post("/v1/channels", json={"name": "general", "bits": {"chan_anyone": True}}))["data"]["id"]
    with StructSocket(tenant.at(1), None, headers=tenant.headers("bob")) as watching:
        watching.feed("6N1")
        cluster.nats.stop()
        cluster.wait_for_bus(False)
        made = ok(alice.post("/v1/threads", json={"text": "during", "xsr_ids": [channel]}))
        assert wait_until(lambda: made["thread_id"] in str(watching.settle()))
        cluster.nats.start()
        cluster.wait_for_bus(True)
        later = ok(alice.post("/v1/threads", json={"text": "after", "xsr_ids": [channel]}))
        assert wait_until(lambda: later["thread_id"] in str(watching.settle()))


def test_streams_move_while_the_bus_is_down(cluster, tenant):
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    chat = Chat.main(tenant, "alice")
    with Socket(cluster[1], tenant.at(1), "bob") as bob, Chat.main(tenant.at(1), "bob").stream("bob") as events:
        send(tenant.as_user("alice"), room, "before")
        bob.expect("message", content="before")
        cluster.nats.stop()
        cluster.wait_for_bus(False)
        try:
            ready = httpx.get(cluster[1].url + "/readyz", trust_env=False)
            assert ready.status_code == 200 and ready.json()["bus"] is False
            send(tenant.as_user("alice"), room, "during")
            assert bob.expect("message", timeout=5)["content"] == "during"
            chat.send("alice", "also during")
            assert events.next("add", timeout=5).text == "also during"
            other = create_room(tenant.as_user("alice"), "group", ["bob"])
            send(tenant.as_user("alice"), other, "in a new room")
            assert bob.expect("message", timeout=5, room_id=other)["content"] == "in a new room"
        finally:
            cluster.nats.start()
        cluster.wait_for_bus(True)
    assert httpx.get(cluster[1].url + "/readyz", trust_env=False).json()["bus"] is True


def test_a_change_that_nothing_follows_is_healed_after_the_bus_was_down(cluster, tenant):
    """The last event of a stream is not shown missing by a later one."""
    chat = Chat.main(tenant, "alice")
    message = chat.send("alice", "text")
    with Chat.main(tenant.at(1), "bob").stream("bob") as events:
        events.next("initial")
        cluster.nats.stop()
        chat.edit("alice", message, "edited")
        cluster.nats.start()
        assert events.next("update", timeout=8).text == "edited"
        assert events.is_silent(2)


def test_chatapi_edits_of_two_nodes_and_over_an_outage(cluster, tenant):
    alice = [tenant.at(node).as_user("alice") for node in (0, 1)]
    room = create_room(alice[0], "group", ["bob"])
    seqs = [send(alice[0], room, f"message {number}")["seq"] for number in range(5)]
    chats = {message["message_id"]: message for message in messages(alice[0], room)}
    with Socket(cluster[1], tenant.at(1), "bob") as bob:
        for seq in seqs:
            assert bob.expect("message")["seq"] == seq
        for round in range(6):
            if round == 3:
                cluster.nats.stop()
            for client, message in zip(alice * 2, chats):
                edit(client, room, message, f"edited {round}")
            if round == 4:
                cluster.nats.start()
        last = {}
        for frame in bob.settle(4.0):
            assert frame["type"] == "message.updated"
            last[frame["message_id"]] = frame["content"]
        assert last == {message: "edited 5" for message in list(chats)[:4]}
        assert not bob.settle(1.0)
    cluster.wait_for_bus(True)


def test_a_bus_that_hangs_holds_up_nobody(cluster, tenant):
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    alice = tenant.as_user("alice")
    with Socket(cluster[1], tenant.at(1), "bob") as bob:
        send(alice, room, "before")
        bob.expect("message", content="before")
        cluster.nats.hang()
        try:
            for number in range(200):
                started = time.monotonic()
                send(alice, room, "x" * 10_000)
                assert time.monotonic() - started < 2
            send(alice, room, "the last")
            bob.expect("message", content="the last", timeout=8)
        finally:
            cluster.nats.resume()
        contents = [frame["content"] for frame in bob.seen if frame["type"] == "message"]
        assert contents == ["before"] + ["x" * 10_000] * 200 + ["the last"]
        cluster.wait_for_bus(True)
        cluster.wait_for_peers(1)
        assert not [frame for frame in bob.settle(1.5) if frame["type"] == "message"]


def test_a_node_starts_without_the_bus_and_joins_it_later(start_cluster):
    cluster = start_cluster(2)
    tenant = cluster.tenant()
    cluster.nats.stop()
    cluster[1].restart()
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    with Socket(cluster[1], tenant.at(1), "bob") as bob:
        send(tenant.as_user("alice"), room, "alone")
        bob.expect("message", content="alone")
        cluster.nats.start()
        cluster.wait_for_bus(True)
        cluster.wait_for_peers(1)
        bob.send({"type": "typing.start", "room_id": room})
        send(tenant.as_user("alice"), room, "together")
        bob.expect("message", content="together")
    tenant.close()


def test_a_killed_node_takes_nothing_with_it_and_its_users_go_offline(start_cluster):
    cluster = start_cluster(3, PARLANCE_PRESENCE_GRACE_MS=1000)
    tenant = cluster.tenant()
    room = create_room(tenant.as_user("alice"), "group", ["bob", "carol"])
    with Socket(cluster[0], tenant, "carol") as carol, Socket(cluster[2], tenant.at(2), "carol") as also_carol:
        with Socket(cluster[1], tenant.at(1), "bob"):
            assert carol.expect("presence.update", user_id="bob")["status"] == "online"
            sent = [send(tenant.at(1).as_user("alice"), room, f"message {n}")["message_id"] for n in range(10)]
            cluster[1].kill()
        for watching in (carol, also_carol):
            # What the node had committed and not yet told is found in the log.
            while len(arrived := [frame["message_id"] for frame in watching.seen if frame["type"] == "message"]) < 10:
                watching.next(8)
            assert arrived == sent
        if not any(frame.get("status") == "offline" for frame in carol.seen):
            assert carol.expect("presence.update", user_id="bob", timeout=20)["status"] == "offline"
        cluster.wait_for_peers(1, (0, 2))
        # Of the two that are left, one has said so.
        assert not [frame for frame in carol.settle(2) if frame["type"] == "presence.update"]
        cluster[1].restart()
        cluster.wait_for_peers(2)
        with Socket(cluster[1], tenant.at(1), "bob"):
            assert carol.expect("presence.update", user_id="bob")["status"] == "online"
    tenant.close()


def test_a_user_who_moves_to_another_node_stays_online(start_cluster):
    cluster = start_cluster(2, PARLANCE_PRESENCE_GRACE_MS=1500)
    tenant = cluster.tenant()
    create_room(tenant.as_user("alice"), "group", ["bob"])
    with Socket(cluster[0], tenant, "alice") as alice:
        with Socket(cluster[0], tenant, "bob"):
            alice.expect("presence.update", user_id="bob", status="online")
        with Socket(cluster[1], tenant.at(1), "bob"):
            assert not [frame for frame in alice.settle(3) if frame["type"] == "presence.update"]
        assert alice.expect("presence.update", user_id="bob", timeout=10)["status"] == "offline"
    tenant.close()


def test_sqlite_says_why_it_has_no_bus(binary, tmp_path):
    with pytest.raises(ServerDidNotStart, match="belongs to one process"):
        Server(binary, tmp_path, None, ["--bus", "nats://127.0.0.1:1"]).start()
