"""Spaces, chats and members: how a client finds what it may talk in."""

import pytest
from anytype_support import CHAT, SPACE, Chat, assert_error, decode_cid, encode_cid


def create_space(client, name="Home", **more):
    reply = client.post("/v1/spaces", json={"name": name, **more})
    assert reply.status_code == 201, reply.text
    return reply.json()["space"]


def add_member(tenant, space, user, role):
    reply = tenant.as_backend().put(f"/admin/spaces/{space}/members/{user}", json={"role": role})
    assert reply.status_code == 200, reply.text


def test_a_space_is_made_shown_and_changed(tenant):
    alice = tenant.as_user("alice")
    icon = {"format": "emoji", "emoji": "🏠"}
    space = create_space(alice, "Home", description="Where we live", icon=icon)
    assert decode_cid(space["id"])[0] == SPACE
    assert decode_cid(space["chat_id"])[0] == CHAT
    assert space == {
        "object": "space",
        "id": space["id"],
        "name": "Home",
        "icon": icon,
        "description": "Where we live",
        "gateway_url": "",
        "network_id": "",
        "chat_id": space["chat_id"],
    }
    url = f"/v1/spaces/{space['id']}"
    assert alice.get(url).json() == {"space": space}
    changed = alice.patch(url, json={"name": "House", "icon": None}).json()["space"]
    assert changed == space | {"name": "House", "icon": None}
    assert alice.patch(url, json={"icon": {"format": "icon", "name": "home", "color": "red"}}).json()["space"][
        "icon"
    ] == {"format": "icon", "name": "home", "color": "red"}
    assert alice.get(url).json()["space"]["name"] == "House"


def test_spaces_are_listed_in_pages(tenant):
    alice = tenant.as_user("alice")
    for name in ("one", "two", "three"):
        create_space(alice, name)
    everything = alice.get("/v1/spaces").json()
    assert [space["name"] for space in everything["data"]] == ["General", "one", "two", "three"]
    assert everything["pagination"] == {"total": 4, "offset": 0, "limit": 100, "has_more": False}
    page = alice.get("/v1/spaces?offset=1&limit=2").json()
    assert [space["name"] for space in page["data"]] == ["one", "two"]
    assert page["pagination"] == {"total": 4, "offset": 1, "limit": 2, "has_more": True}
    past = alice.get("/v1/spaces?offset=9").json()
    assert past["data"] == []
    assert past["pagination"] == {"total": 4, "offset": 9, "limit": 100, "has_more": False}
    assert alice.get("/v1/spaces?offset=none").json()["pagination"]["offset"] == 0


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many"])
def test_a_limit_out_of_range_is_refused(chat, limit):
    message = "limit must be between 1 and 1000"
    for url in ("/v1/spaces", f"/v1/spaces/{chat.space}/chats", f"/v1/spaces/{chat.space}/members",
                f"{chat.url}/messages", f"{chat.url}/subscribe"):
        reply = chat.tenant.as_user("alice").get(url, params={"limit": limit})
        assert_error(reply, 400, "bad_request", message, "limit")
        assert reply.json()["error"] == message


def test_a_space_is_absent_for_strangers(tenant):
    space = create_space(tenant.as_user("alice"))
    mallory = tenant.as_user("mallory")
    for url in ("", "/chats", "/members", f"/chats/{space['chat_id']}", f"/chats/{space['chat_id']}/messages",
                f"/chats/{space['chat_id']}/subscribe"):
        assert mallory.get(f"/v1/spaces/{space['id']}{url}").status_code == 404
    assert_error(mallory.get(f"/v1/spaces/{space['id']}"), 404, "object_not_found", "space not found")
    assert_error(mallory.patch(f"/v1/spaces/{space['id']}", json={"name": "Mine"}), 404, "object_not_found")
    assert [each["name"] for each in mallory.get("/v1/spaces").json()["data"]] == ["General"]


def test_the_spaces_of_tenants_are_apart(tenant, other_tenant):
    space = create_space(tenant.as_user("alice"))
    other = other_tenant.as_user("alice")
    assert_error(other.get(f"/v1/spaces/{space['id']}"), 404, "object_not_found", "space not found")
    assert len(other.get("/v1/spaces").json()["data"]) == 1


@pytest.mark.parametrize("space", ["nonsense", "bafyreihnwyhjxaxm4jbgb3u7fky46lflk3wmknxzqfusu7cbmx6zcpolbu",
                                   encode_cid(SPACE, 99_999_999), encode_cid(CHAT, 1)])
def test_what_is_no_space_is_not_found(tenant, space):
    assert_error(tenant.as_user("alice").get(f"/v1/spaces/{space}"), 404, "object_not_found", "space not found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x", "icon": {"format": "emoji"}}, "icon"),
        ({"name": "x", "icon": "🏠"}, "icon"),
        ({"name": "x", "icon": {"format": "smell"}}, "icon"),
        ({"name": "x" * 256}, "name"),
    ],
)
def test_a_bad_space_is_refused_by_field(tenant, body, field):
    assert_error(tenant.as_user("alice").post("/v1/spaces", json=body), 400, "bad_request", field=field)


def test_only_admins_of_a_space_change_it(tenant):
    space = create_space(tenant.as_user("alice"))
    add_member(tenant, space["id"], "bob", "editor")
    bob = tenant.as_user("bob")
    assert_error(bob.patch(f"/v1/spaces/{space['id']}", json={"name": "Mine"}), 403, "forbidden")
    assert bob.get(f"/v1/spaces/{space['id']}").json()["space"]["name"] == "Home"


def test_chats_are_made_and_found(tenant):
    alice = tenant.as_user("alice")
    space = create_space(alice)
    url = f"/v1/spaces/{space['id']}/chats"
    reply = alice.post(url, json={"name": "Kitchen", "icon": {"format": "emoji", "emoji": "🍳"}})
    assert reply.status_code == 201
    made = reply.json()["chat"]
    assert made == {
        "object": "chat",
        "id": made["id"],
        "space_id": space["id"],
        "name": "Kitchen",
        "icon": {"format": "emoji", "emoji": "🍳"},
        "created_at": made["created_at"],
    }
    assert alice.get(f"{url}/{made['id']}").json() == {"chat": made}
    listed = alice.get(url).json()
    assert [each["id"] for each in listed["data"]] == [space["chat_id"], made["id"]]
    assert listed["pagination"] == {"total": 2, "offset": 0, "limit": 100, "has_more": False}
    assert alice.get(url, params={"limit": 1}).json()["pagination"]["has_more"] is True
    chat = Chat(tenant, space["id"], made["id"])
    assert chat.send("alice", "Breakfast!")["creator"] == "alice"


def test_viewers_look_on(tenant):
    alice = tenant.as_user("alice")
    space = create_space(alice)
    add_member(tenant, space["id"], "vera", "viewer")
    chat = Chat(tenant, space["id"], space["chat_id"])
    message = chat.send("alice", "Look")
    assert chat.texts("vera") == ["Look"]
    assert_error(chat("vera", "POST", "/messages", json={"text": "I too"}), 403, "forbidden")
    assert_error(chat("vera", "POST", f"/messages/{message['id']}/reactions", json={"emoji": "👍"}), 403, "forbidden")
    assert_error(tenant.as_user("vera").post(f"/v1/spaces/{space['id']}/chats", json={"name": "x"}), 403, "forbidden")
    files = {"file": ("a.txt", b"a")}
    assert_error(tenant.as_user("vera").post(f"/v1/spaces/{space['id']}/files", files=files), 403, "forbidden")


def test_a_chat_belongs_to_its_space(tenant):
    alice = tenant.as_user("alice")
    space = create_space(alice)
    main = Chat.main(tenant)
    wrong = Chat(tenant, space["id"], main.id)
    assert_error(wrong("alice", "GET", "/messages"), 404, "object_not_found", "chat not found")
    assert_error(wrong("alice", "POST", "/messages", json={"text": "x"}), 404, "object_not_found", "chat not found")


def test_members_are_listed_by_name_and_found(tenant):
    alice = tenant.as_user("alice")
    space = create_space(alice)
    add_member(tenant, space["id"], "zoe", "viewer")
    add_member(tenant, space["id"], "bob", "admin")
    members = alice.get(f"/v1/spaces/{space['id']}/members").json()
    assert [(each["identity"], each["role"]) for each in members["data"]] == [
        ("alice", "owner"),
        ("bob", "admin"),
        ("zoe", "viewer"),
    ]
    assert members["pagination"] == {"total": 3, "offset": 0, "limit": 100, "has_more": False}
    assert members["data"][1] == {
        "object": "member",
        "id": f"_participant_{space['id']}_bob",
        "name": "bob",
        "icon": None,
        "identity": "bob",
        "global_name": "",
        "status": "active",
        "role": "admin",
    }
    url = f"/v1/spaces/{space['id']}/members"
    assert alice.get(f"{url}/_participant_{space['id']}_bob").json() == {"member": members["data"][1]}
    assert alice.get(f"{url}/bob").json() == {"member": members["data"][1]}
    for absent in ("nobody", f"_participant_{encode_cid(SPACE, 1)}_bob", f"_participant_{space['id']}_nobody"):
        assert_error(alice.get(f"{url}/{absent}"), 404, "object_not_found", "member not found")
