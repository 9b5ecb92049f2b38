"""A foreign tenant's ids answer like absent ones, on every route that the server documents."""

import re

import httpx
from chatapi_support import create_room, send

ABSENT = {"room_id": "room_zzzzzz", "message_id": "msg_zzzzzz", "subscription_id": "999999"}
BODIES = {
    "updateRoom": {"name": "mine"},
    "addMember": {"user_id": "mallory"},
    "sendMessage": {"content": "hi"},
    "editMessage": {"content": "hi"},
}


def outcome(reply):
    """What a client can tell: without the request's own id and the clock."""
    return reply.status_code, reply.text


def test_every_route_with_an_id(server, tenant, other_tenant):
    victim = tenant.as_user("alice")
    room = create_room(victim, "group", ["bob"])
    message = send(victim, room, "secret")["message_id"]
    subscription = victim.post("/subscriptions", json={"topic": "t"}).json()["id"]
    foreign = {"room_id": room, "message_id": message, "subscription_id": str(subscription)}
    intruder = other_tenant.as_user("alice")
    own_room = create_room(intruder, "group", ["bob"])

    document = httpx.get(server.url + "/openapi.json", trust_env=False).json()
    tried = []
    for path, operations in document["paths"].items():
        names = re.findall(r"{(\w+)}", path)
        if not names or not set(names) <= set(foreign):
            continue
        for method, operation in operations.items():
            body = BODIES.get(operation["operationId"])
            for fixed in [{}] + ([{"room_id": own_room}] if len(names) > 1 else []):
                replies = [
                    intruder.request(method.upper(), path.format(**(ids | fixed)), json=body)
                    for ids in (foreign, ABSENT)
                ]
                assert outcome(replies[0]) == outcome(replies[1]), (method, path)
                assert replies[0].status_code == 404, (method, path, replies[0].text)
            tried.append(operation["operationId"])
    assert set(tried) >= {
        "getRoom",
        "updateRoom",
        "listMembers",
        "addMember",
        "sendMessage",
        "listMessages",
        "editMessage",
        "deleteMessage",
        "unsubscribe",
    }
    assert victim.get(f"/rooms/{room}/messages").json()[0]["content"] == "secret"


def test_ids_in_bodies(tenant, other_tenant):
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    send(tenant.as_user("alice"), room, "secret")
    intruder = other_tenant.as_user("alice")
    for spell in (
        lambda id: intruder.post("/acks", json={"room_id": id, "seq": 1}),
        lambda id: intruder.post("/notify", json={"topic": "t", "payload": {}, "targets": {"room_id": id}}),
    ):
        assert outcome(spell(room)) == outcome(spell("room_zzzzzz"))
        assert spell(room).status_code == 404


def test_the_same_user_id_is_another_user(tenant, other_tenant):
    create_room(tenant.as_user("alice"), "dm", ["alice", "bob"])
    assert other_tenant.as_user("alice").get("/rooms").json() == {"rooms": []}
    create_room(other_tenant.as_user("alice"), "dm", ["alice", "bob"])
