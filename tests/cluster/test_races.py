"""What two nodes change at once: nothing that one of them has acknowledged is undone by what the other had read before."""

from chatapi_support import create_room, messages, send
from cluster_support import at_once, run_sql


def clients_of(tenant, user):
    return [tenant.at(node).as_user(user) for node in (0, 1)]


def test_a_deleted_message_does_not_come_back_by_an_edit(tenant):
    alice = clients_of(tenant, "alice")
    room = create_room(alice[0], "group", ["bob"])
    for number in range(20):
        path = f"/rooms/{room}/messages/{send(alice[0], room, 'before')['message_id']}"
        editor, deleter = alice if number % 2 else reversed(alice)
        edited, deleted = at_once(
            lambda c=editor, p=path: c.put(p, json={"content": "after"}), lambda c=deleter, p=path: c.delete(p)
        )
        assert (edited.status_code, deleted.status_code) in ((200, 204), (404, 204))
    assert messages(alice[0], room) == []
    assert run_sql(tenant, "SELECT COUNT(*) FROM messages WHERE deleted_at > 0 AND text <> ''") == "0"


def test_what_two_devices_have_read_adds_up(tenant):
    alice, bob = tenant.as_user("alice"), clients_of(tenant, "bob")
    space = alice.get("/v1/spaces").json()["data"][0]
    chat = f"/v1/spaces/{space['id']}/chats/{space['chat_id']}"
    sent = [alice.post(chat + "/messages", json={"text": "text"}).json()["message"]["id"] for _ in range(20)]
    replies = at_once(
        *(lambda c=bob[n % 2], m=message: c.post(chat + "/read", json={"message_ids": [m]}) for n, message in enumerate(sent))
    )
    assert {reply.status_code for reply in replies} == {204}
    state = bob[0].get(chat + "/messages", params={"limit": 1}).json()["state"]
    assert state["messages"]["counter"] == 0


def test_a_publication_with_one_key_is_one(tenant):
    tenant.as_backend().put("/admin/namespaces", json={"names": ["news"]})
    nodes = [tenant.at(node).as_backend() for node in (0, 1)]
    for number in range(15):
        body = {"channel": "news:a", "data": {"number": number}, "idempotency_key": f"key-{number}"}
        replies = at_once(*(lambda c=node, b=body: c.post("/api/publish", json=b).json() for node in nodes))
        assert [reply["result"]["offset"] for reply in replies] == [number + 1] * 2


def test_who_leaves_at_two_nodes_is_counted_once(tenant):
    alice, bob = tenant.as_user("alice"), clients_of(tenant, "bob")
    made = alice.post("/chat/conversations/create", json={"visibility": "group", "memberIds": ["bob", "carol"]})
    conversation = made.json()["id"]
    for _ in range(10):
        path = f"/chat/conversations/{conversation}/leave"
        statuses = [reply.status_code for reply in at_once(*(lambda c=client: c.post(path, json={}) for client in bob))]
        assert 200 in statuses, statuses
        assert alice.post(f"/chat/conversations/{conversation}/members/add", json={"userId": "bob"}).status_code == 200
    counted = run_sql(tenant, f"SELECT member_count FROM conversations WHERE id = {conversation}")
    assert counted == "3"


def test_one_of_two_last_owners_stays(tenant):
    backends = [tenant.at(node).as_backend() for node in (0, 1)]
    for _ in range(10):
        for name in ("alice", "bob"):
            assert backends[0].put(f"/admin/users/{name}", json={"role": "owner"}).status_code == 200
        replies = at_once(
            *(
                lambda c=client, n=name: c.put(f"/admin/users/{n}", json={"role": "member"})
                for client, name in zip(backends, ("alice", "bob"))
            )
        )
        assert sorted(reply.status_code for reply in replies) == [200, 409]
