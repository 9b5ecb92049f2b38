"""Channels: who may see, make, change and join them."""

import pytest
from harness.spelling import read_cid as space_number
from structchat_support import assert_error, ok, settled


def channels(client):
    """But for the one that every organisation begins with: its default space's own."""
    return [channel for channel in ok(client.get("/v1/channels"))["data"] if channel["name"] != "General"]


def listed(org, by):
    return [channel["id"] for channel in channels(org[by])]


def test_channels_as_they_are_listed(org):
    general = org.channel("chan_anyone", name="general", description="Everything", by="mona")
    org.thread(general)
    (channel,) = channels(org["mike"])
    assert settled(channel) == {
        "id": "3_ID",
        "xid": "",
        "created_at": "TIME",
        "updated_at": "TIME",
        "bits": {"chan_anyone": True},
        "done_until": 0,
        "name": "general",
        "description": "Everything",
        "org_ids": ["5_ID"],
        "num_threads": 1,
        "members": ["4_ID"],
    }
    assert (channel["id"], channel["org_ids"], channel["members"]) == (general, [org.id], [org.ids["mona"]])


def test_who_sees_which_channel(org):
    anyone, member, hidden = (org.channel(bits, bits, "mona") for bits in ("chan_anyone", "chan_member", "chan_hidden"))
    assert listed(org, "mona") == [anyone, member, hidden]
    assert listed(org, "mike") == [anyone, member]
    assert listed(org, "adam") == [anyone, member]
    assert listed(org, "gina") == [anyone]
    assert [channel["id"] for channel in channels(org.stranger())] == [anyone]


def test_a_hidden_channel_is_not_there_for_others(org):
    hidden = org.channel("chan_hidden")
    thread, chat = org.thread(hidden, "Secret plans")
    for name in ("mike", "adam", "gina"):
        client = org[name]
        assert_error(client.get(f"/v1/threads/{thread}"), 404)
        assert_error(client.get(f"/v1/threads/{hidden}"), 404)
        assert_error(client.get(f"/v1/chats/{thread}"), 404)
        assert_error(client.get(f"/v1/chats/{chat}"), 404)
        assert_error(client.post("/v1/chats", json={"thread_id": thread, "text": "Hi"}), 404)
        assert_error(client.put("/v1/read", json={"thread_id": thread, "chat_id": chat}), 404)
        assert_error(client.post("/v1/reactions", json={"chat_id": chat, "name": "+1", "set": True}), 404)
        assert_error(client.post("/v1/threads", json={"text": "Hi", "xsr_ids": [hidden]}), 404)
        assert_error(client.post("/v1/channels/join", json={"id": hidden}), 404)
        assert_error(client.post("/v1/feed", json={"name": "mine", "channel_ids": [hidden]}), 404)
        assert org.in_feed(by=name) == []
    assert_error(org["adam"].put("/v1/channels", json={"id": hidden, "name": "Mine"}), 404)
    assert_error(org["adam"].put("/v1/channel-bits", json={"id": hidden, "bits": {"chan_anyone": True}}), 404)


def test_threads_of_a_members_channel(org):
    member = org.channel("chan_member")
    thread, chat = org.thread(member)
    assert_error(org["mike"].get(f"/v1/threads/{thread}"), 403)
    assert_error(org["mike"].get(f"/v1/chats/{chat}"), 403)
    assert org.in_feed(by="mike") == []
    ok(org["mike"].post("/v1/channels/join", json={"id": member}))
    assert org.in_feed(by="mike") == [thread]
    ok(org["mike"].post("/v1/channels/leave", json={"id": member}))
    assert_error(org["mike"].get(f"/v1/threads/{thread}"), 403)
    assert_error(org["gina"].post("/v1/channels/join", json={"id": member}), 403)


def test_joining_and_leaving_twice_changes_nothing(org):
    channel = org.channel("chan_member")
    for _ in range(2):
        joined = ok(org["mike"].post("/v1/channels/join", json={"id": channel}))["data"]
        assert joined["members"] == [org.ids["olga"], org.ids["mike"]]
    for _ in range(2):
        left = ok(org["mike"].post("/v1/channels/leave", json={"id": channel}))["data"]
        assert left["members"] == [org.ids["olga"]]


def test_a_moderator_makes_channels(org):
    for name, status in (("olga", 200), ("adam", 200), ("mona", 200), ("mike", 403), ("gina", 403)):
        reply = org[name].post("/v1/channels", json={"name": name, "bits": {"chan_anyone": True}})
        assert reply.status_code == status, (name, reply.text)


@pytest.mark.parametrize(
    "bits",
    [
        None,
        {},
        {"chan_auto_join": True},
        {"chan_member": False},
        {"chan_member": True, "chan_anyone": True},
        {"chan_member": True, "chan_anyone": True, "chan_hidden": True},
    ],
    ids=str,
)
def test_exactly_one_of_the_three_bits(org, bits):
    body = {"name": "x"} if bits is None else {"name": "x", "bits": bits}
    assert_error(org["olga"].post("/v1/channels", json=body), 400, "exactly one of chan_member, chan_anyone, chan_hidden")
    channel = org.channel()
    body = {"id": channel} if bits is None else {"id": channel, "bits": bits}
    assert_error(org["olga"].put("/v1/channel-bits", json=body), 400, "exactly one of")
    if bits:
        assert_error(org["olga"].put("/v1/channels", json=body), 400, "exactly one of")


def test_one_set_and_others_false_is_one(org):
    bits = {"chan_member": True, "chan_anyone": False, "chan_hidden": False}
    assert ok(org["olga"].post("/v1/channels", json={"name": "x", "bits": bits}))["data"]["bits"] == {"chan_member": True}


def test_unknown_bits_are_named(org):
    reply = org["olga"].post("/v1/channels", json={"name": "x", "bits": {"chan_member": True, "chan_secret": True}})
    assert_error(reply, 400, "chan_secret")
    assert_error(org["olga"].post("/v1/channels", json={"name": "x", "bits": {"chan_member": 1}}), 400, "chan_member")
    assert_error(org["olga"].post("/v1/channels", json={"name": "x", "bits": 7}), 400, "bits")
    assert_error(org["olga"].post("/v1/channels", json={"name": "", "bits": {"chan_member": True}}), 400, "name")
    assert_error(org["olga"].post("/v1/channels", json={"bits": {"chan_member": True}}), 400, "name")


def test_only_an_admin_changes_who_sees_a_channel(org):
    channel = org.channel("chan_member", by="mona")
    thread, _ = org.thread(channel, by="mona")
    assert_error(org["mike"].put("/v1/channels", json={"id": channel, "name": "Mine"}), 403)
    renamed = ok(org["mona"].put("/v1/channels", json={"id": channel, "name": "Named", "description": "By Mona"}))["data"]
    assert (renamed["name"], renamed["description"], renamed["bits"]) == ("Named", "By Mona", {"chan_member": True})
    assert_error(org["mona"].put("/v1/channel-bits", json={"id": channel, "bits": {"chan_anyone": True}}), 403)
    assert_error(org["mona"].put("/v1/channels", json={"id": channel, "bits": {"chan_anyone": True}}), 403)
    assert_error(org.stranger().get(f"/v1/threads/{thread}"), 401)
    opened = ok(org["adam"].put("/v1/channel-bits", json={"id": channel, "bits": {"chan_anyone": True}}))["data"]
    assert opened["bits"] == {"chan_anyone": True} and opened["name"] == "Named"
    assert ok(org.stranger().get(f"/v1/threads/{thread}"))["thread"]["id"] == thread
    ok(org["adam"].put("/v1/channels", json={"id": channel, "bits": {"chan_hidden": True, "chan_auto_join": True}}))
    assert_error(org["mike"].get(f"/v1/threads/{thread}"), 404)
    assert channels(org["mona"])[0]["bits"] == {"chan_hidden": True, "chan_auto_join": True}


def test_a_channel_with_threads_cannot_be_deleted(org):
    channel, other = org.channel(name="full"), org.channel(name="other")
    thread, _ = org.thread(channel)
    delete = {"id": channel, "bits": {"deleted": True}}
    assert_error(org["mike"].put("/v1/channels", json=delete), 403)
    assert_error(org["mona"].put("/v1/channels", json=delete), 409)
    ok(org["adam"].put("/v1/threads", json={"id": thread, "xsr_ids": [other]}))
    assert ok(org["mona"].put("/v1/channels", json=delete))["data"]["bits"] == {"chan_anyone": True, "deleted": True}
    assert listed(org, "olga") == [other]
    assert_error(org["olga"].put("/v1/channels", json={"id": channel, "name": "again"}), 404)
    assert_error(org["olga"].post("/v1/threads", json={"text": "Hi", "xsr_ids": [channel]}), 404)
    assert_error(org["olga"].put("/v1/channels", json={"id": other, "bits": {"deleted": True, "chan_anyone": True}}), 400)


def test_new_members_join_by_themselves_where_the_channel_says_so(org):
    own = ok(org["olga"].post("/v1/channels", json={"name": "all", "bits": {"chan_member": True, "chan_auto_join": True}}))
    channel = own["data"]["id"]
    thread, _ = org.thread(channel)
    assert_error(org["mike"].get(f"/v1/threads/{thread}"), 403)
    added = ok(org["olga"].post("/v1/users", json={"name": "New", "email": "new@example.com"}))["data"]
    assert added["id"] in channels(org["olga"])[0]["members"]
    newcomer = org.tenant.as_user("somebody-new")  # made by the first use of a name, by whatever dialect
    assert [each["id"] for each in ok(newcomer.get("/v1/feed"))["data"]] == [thread]


def test_another_organisations_channel_is_not_there(org, other_org):
    foreign = other_org.channel()
    mine = {"id": foreign, "name": "Mine"}
    assert_error(org["olga"].put("/v1/channels", json=mine), 404)
    assert_error(org["olga"].put("/v1/channel-bits", json={"id": foreign, "bits": {"chan_hidden": True}}), 404)
    for verb in ("join", "leave"):
        assert_error(org["olga"].post(f"/v1/channels/{verb}", json={"id": foreign}), 404)
        assert_error(org["olga"].post(f"/v1/channels/{verb}", json={"id": "2N1"}), 404)
    assert_error(org["olga"].post("/v1/threads", json={"text": "Hi", "xsr_ids": [foreign]}), 404)
    assert channels(other_org["olga"])[0]["name"] == "general"


def general_of(org, by):
    return next(each for each in ok(org[by].get("/v1/channels"))["data"] if each["name"] == "General")


def test_the_channel_of_the_default_space_is_everybodys(org):
    general = general_of(org, "mike")
    thread, _ = org.thread(general["id"], by="mike")
    assert org.in_feed(by="mary") == org.in_feed(by="gina") == [thread]
    assert_error(org["adam"].put("/v1/channel-bits", json={"id": general["id"], "bits": {"chan_hidden": True}}), 409)
    assert_error(org["adam"].put("/v1/channels", json={"id": general["id"], "bits": {"deleted": True}}), 409)
    assert ok(org["mike"].post("/v1/channels/join", json={"id": general["id"]}))["data"]["members"] is None


def test_a_private_spaces_channel_is_not_there_for_others(org):
    space = org.tenant.as_user("mike").post("/v1/spaces", json={"name": "Private"}).json()["space"]
    (private,) = channels(org["mike"])
    assert private["name"] == "Private"
    thread, _ = org.thread(private["id"], "Secret plans", by="mike")
    both, _ = org.thread(private["id"], "Less secret", by="mike", xsr_ids=[private["id"], general_of(org, "mike")["id"]])
    assert listed(org, "mary") == []
    assert_error(org["mary"].post("/v1/channels/join", json={"id": private["id"]}), 404)
    assert_error(org["mary"].get(f"/v1/threads/{thread}"), 404)
    assert_error(org["mona"].put("/v1/channels", json={"id": private["id"], "name": "Mine"}), 404)
    (shown,) = org.feed(by="mary")
    assert (shown["id"], shown["xsr_ids"]) == (both, [general_of(org, "mike")["id"]])
    org.tenant.as_backend().put(f"/admin/spaces/{space_number(space['id'])}/members/mary", json={"role": "viewer"})
    assert listed(org, "mary") == [private["id"]]
    assert sorted(org.in_feed(by="mary")) == sorted([thread, both])
