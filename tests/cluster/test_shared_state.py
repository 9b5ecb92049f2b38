"""What must be one over all nodes: keys that make a call happen once, credentials, notifications, work in the background."""

import time

import httpx
import pytest
from chatapi_support import Socket, create_room, messages, send
from cluster_support import at_once, run_sql, wait_until
from harness.spelling import read_prefixed
from snapbooks_support import action, create_thread, objects, set_policy
from snapbooks_support import post as post_to_thread


@pytest.fixture
def clients(tenant):
    return [tenant.at(node).as_user("alice") for node in (0, 1)]


def test_an_idempotency_key_on_two_nodes_is_one_message(clients):
    room = create_room(clients[0], "group", ["bob"])
    for number in range(15):
        headers = {"Idempotency-Key": f"key-{number}"}
        body = {"content": f"message {number}"}

        def call(client, headers=headers, body=body):
            return client.post(f"/rooms/{room}/messages", json=body, headers=headers)

        replies = at_once(*(lambda c=client: call(c) for client in clients * 2))
        assert {reply.status_code for reply in replies} == {201}
        assert len({reply.json()["message_id"] for reply in replies}) == 1
    assert [message["content"] for message in messages(clients[1], room)] == [f"message {n}" for n in range(15)]


def test_a_client_message_id_on_two_nodes_is_one_message(clients):
    reply = clients[0].post("/chat/conversations/create", json={"visibility": "group", "memberIds": ["bob"]})
    conversation = reply.json()["id"]
    for number in range(15):
        body = {"conversationId": conversation, "content": "text", "clientMsgId": f"own-{number}"}
        replies = at_once(*(lambda c=client: c.post("/chat/messages/send", json=body) for client in clients * 2))
        assert {reply.status_code for reply in replies} == {200}, [reply.text for reply in replies]
        assert len({reply.json()["id"] for reply in replies}) == 1
    listed = clients[1].post("/chat/messages/list", json={"conversationId": conversation, "limit": 50}).json()
    assert len(listed["data"]) == 15, listed


def test_sends_at_both_nodes_leave_no_gap(clients):
    room = create_room(clients[0], "group", ["bob"])

    def write(client):
        return [send(client, room, "x")["seq"] for _ in range(25)]

    seqs = at_once(*(lambda c=client: write(c) for client in clients * 2))
    assert sorted(seq for each in seqs for seq in each) == list(range(1, 101))


def test_a_token_revoked_on_one_node_is_refused_on_the_other(tenant):
    backend = tenant.as_backend()
    made = backend.post("/admin/tokens", json={"user_id": "alice"}).json()
    headers = {"Authorization": f"Bearer {made['token']}"}

    def status(node):
        return httpx.get(tenant.cluster[node].url + "/rooms", headers=headers, trust_env=False).status_code

    assert (status(0), status(1)) == (200, 200)
    assert backend.delete(f"/admin/tokens/{made['id']}").status_code == 204
    wait_until(lambda: status(1) == 401, 2)


def test_a_single_use_token_is_spent_on_all_nodes(tenant):
    for _ in range(5):
        token = tenant.as_user("alice").post("/ws/token").json()["token"]

        def open_at(node, token=token):
            try:
                with Socket(tenant.cluster[node], path=f"/ws?token={token}"):
                    return True
            except Exception as refused:
                assert "401" in str(refused)
                return False

        assert sorted(at_once(lambda: open_at(0), lambda: open_at(1))) == [False, True]


def test_a_changed_role_counts_on_the_other_node_at_once(tenant):
    backend, carol = tenant.as_backend(), tenant.at(1).as_user("carol")
    backend.put("/admin/users/carol", json={"role": "member"})
    assert carol.patch("/v1/channels/3J1", json={"name": "x"}).status_code in (403, 404)
    backend.put("/admin/users/carol", json={"role": "owner"})
    wait_until(lambda: carol.get("/v1/users").status_code == 200, 2)


def test_a_notification_arrives_at_whichever_node_the_user_is_connected_to(tenant):
    for node in (0, 1):
        with Socket(tenant.cluster[node], tenant.at(node), "bob") as bob:
            bob.settle()
            for sender in (0, 1):
                body = {"topic": "news", "payload": {"from": sender}, "targets": {"user_ids": ["bob"]}}
                assert tenant.at(sender).as_user("alice").post("/notify", json=body).status_code == 202
                assert bob.expect("notification", timeout=5)["payload"] == {"from": sender}
            assert not [frame for frame in bob.settle(2.5) if frame["type"] == "notification"]


def test_a_notification_without_targets_reaches_who_is_online_anywhere(tenant):
    with Socket(tenant.cluster[1], tenant.at(1), "bob") as bob:
        bob.settle(1.0)
        assert tenant.as_user("alice").post("/notify", json={"topic": "all", "payload": {}}).status_code == 202
        assert bob.expect("notification", timeout=5)["topic"] == "all"


def test_who_is_connected_to_another_node_is_not_away(tenant):
    """A message to a member who is connected somewhere is delivered; nothing of it becomes a dead letter."""
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    with Socket(tenant.cluster[1], tenant.at(1), "bob") as bob:
        bob.settle(1.0)
        send(tenant.as_user("alice"), room, "hello")
        bob.expect("message", content="hello")
        time.sleep(1)
        waiting = run_sql(
            tenant,
            "SELECT u.external_id FROM message_deliveries d JOIN users u ON u.id = d.user_id"
            f" WHERE u.tenant_id = {read_prefixed(tenant.tenant_id)}",
        )
        assert waiting == ""


def test_programs_run_once_whichever_node_takes_them(tenant):
    set_policy(tenant, [])
    alice = [tenant.at(node).as_user("alice") for node in (0, 1)]
    threads = [create_thread(alice[number % 2])["id"] for number in range(6)]
    at_once(
        *(
            lambda n=number, t=thread: post_to_thread(alice[n % 2], t, action(f"objects.create('invoice', {{n = {n}}})"))
            for number, thread in enumerate(threads)
        )
    )
    wait_until(lambda: len(objects(tenant.at(1), "invoice")) >= 6)
    time.sleep(1)
    assert sorted(made["fields"]["n"] for made in objects(tenant, "invoice")) == list(range(6))
