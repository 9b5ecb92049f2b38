"""Organisations: how a request names one, who may join, what nobody without a credential may see."""

import uuid

import httpx
from structchat_support import Org, assert_error, ok


def at(org, host, **headers):
    return org.client(Host=host, **headers)


def label():
    return "h" + uuid.uuid4().hex[:12]


def test_the_organisation_is_named_by_host_or_header(server):
    org = Org(server, label())
    org.channel()
    for client in (
        at(org, f"{org.hostname}.struct.is"),
        at(org, f"{org.hostname.upper()}.example.co.uk:8080"),
        org.stranger(),
        at(org, f"{org.hostname}.struct.is", **{"x-struct-orgid": org.id}),
    ):
        assert ok(client.get("/v1/org"))["data"]["id"] == org.id
    org.close()


def test_nobody_nowhere_is_unauthenticated(server, org):
    org.channel()
    assert_error(httpx.get(server.url + "/v1/org", trust_env=False), 401)
    assert_error(at(org, "no-such-org.struct.is").get("/v1/feed"), 401)
    assert_error(org.client(**{"x-struct-orgid": "5Jfffff"}).get("/v1/org"), 404)
    assert_error(org.client(**{"x-struct-orgid": "acme"}).get("/v1/org"), 404)


def test_a_credential_is_good_in_its_own_organisation_only(server, org, other_org):
    third = Org(server, label())
    bearer = {"Authorization": f"Bearer {org.token_of('olga')}"}
    assert_error(org.client(**bearer, **{"x-struct-orgid": other_org.id}).get("/v1/users"), 404)
    assert_error(at(org, f"{third.hostname}.struct.is", **bearer).get("/v1/users"), 404)
    assert_error(at(org, f"{third.hostname}.struct.is", **{"x-struct-orgid": org.id}).get("/v1/org"), 404)
    assert_error(org.client(Authorization="Bearer nothing").get("/v1/org"), 401)
    assert ok(at(org, "unknown.struct.is", **bearer).get("/v1/org"))["data"]["id"] == org.id
    third.close()


def test_nobody_reads_only_what_is_open_to_anyone(org):
    stranger = org.stranger()
    closed = org.channel("chan_member", "closed")
    thread, chat = org.thread(closed)
    assert_error(stranger.get("/v1/org"), 401)
    assert_error(stranger.get(f"/v1/threads/{thread}"), 401)
    assert_error(stranger.get(f"/v1/chats/{chat}"), 401)
    assert ok(stranger.get("/v1/feed"))["data"] == []
    open_thread, open_chat = org.thread(org.channel("chan_anyone", "open"), "Read me, #everybody")
    assert ok(stranger.get("/v1/org"))["data"]["id"] == org.id
    (shown,) = ok(stranger.get("/v1/feed"))["data"]
    assert (shown["id"], shown["read"]) == (open_thread, None)
    assert ok(stranger.get(f"/v1/threads/{open_thread}"))["thread"]["read"] is None
    assert ok(stranger.get(f"/v1/chats/{open_chat}"))["chat"]["id"] == open_chat
    assert ok(stranger.get(f"/v1/chats/{open_thread}"))["chats"][0]["id"] == open_chat
    assert [feed["id"] for feed in ok(stranger.get("/v1/feeds"))["data"]] == ["6N1", "6N2", "6N3"]
    assert ok(stranger.get("/v1/feed/6N2"))["data"] == ok(stranger.get("/v1/feed/6N3"))["data"] == []
    assert_error(stranger.get("/v1/feed/6M10"), 404)


def test_nobody_writes_anything(org):
    stranger, channel = org.stranger(), org.channel()
    thread, chat = org.thread(channel)
    for method, path, body in (
        ("POST", "/v1/threads", {"text": "Hi", "xsr_ids": [channel]}),
        ("PUT", "/v1/threads", {"id": thread, "bits": {"hidden": True}}),
        ("PUT", "/v1/read", {"thread_id": thread, "chat_id": chat}),
        ("POST", "/v1/chats", {"thread_id": thread, "text": "Hi"}),
        ("PUT", "/v1/chats", {"id": chat, "text": "Hi"}),
        ("POST", "/v1/reactions", {"chat_id": chat, "name": "+1", "set": True}),
        ("POST", "/v1/users", {"name": "A", "email": "a@example.com"}),
        ("PUT", "/v1/users", {"id": org.ids["mike"], "name": "A"}),
        ("POST", "/v1/channels", {"name": "A", "bits": {"chan_anyone": True}}),
        ("PUT", "/v1/channels", {"id": channel, "name": "A"}),
        ("PUT", "/v1/channel-bits", {"id": channel, "bits": {"chan_hidden": True}}),
        ("POST", "/v1/channels/join", {"id": channel}),
        ("POST", "/v1/channels/leave", {"id": channel}),
        ("PUT", "/v1/org", {"name": "A"}),
        ("PUT", "/v1/join-secret", {}),
        ("POST", "/create-org", {"name": "A"}),
        ("POST", "/v1/join", {"join_secret": "A"}),
        ("POST", "/v1/feed", {"name": "A"}),
        ("PUT", "/v1/feed", {"id": "6N1", "name": "A"}),
    ):
        assert_error(stranger.request(method, path, json=body), 401)
    assert_error(stranger.post("/v1/upload", files={"file": ("a.txt", b"a")}), 401)


def test_the_secret_is_an_admins_to_see(org):
    for name in ("olga", "adam"):
        assert ok(org[name].put("/v1/join-secret", json={}))["data"]["join_secret"]
        assert "join_secret" in ok(org[name].get("/v1/org"))["data"]
    for name in ("mona", "mike", "gina"):
        assert "join_secret" not in ok(org[name].get("/v1/org"))["data"]
        assert_error(org[name].put("/v1/join-secret", json={}), 403)


def test_an_admin_describes_the_organisation(org):
    hostname = label()
    body = {"name": "Acme", "title": "Acme Inc.", "description": "Everything", "hostname": hostname}
    for name in ("mona", "mike", "gina"):
        assert_error(org[name].put("/v1/org", json=body), 403)
    changed = ok(org["adam"].put("/v1/org", json=body))["data"]
    assert {name: changed[name] for name in body} == body
    assert ok(org["adam"].put("/v1/org", json={"title": "Acme"}))["data"] | {"title": "Acme Inc."} == changed


def test_internal_fields_cannot_be_changed(org):
    for field, value in (("bits", {"org_open_join": True}), ("last_sync", 5), ("join_secret", "mine"), ("created_at", 1)):
        assert_error(org["olga"].put("/v1/org", json={field: value, "name": "A"}), 400, field)
    assert ok(org["olga"].get("/v1/org"))["data"]["name"] == org.tenant.name


def test_a_hostname_is_one_dns_label_of_one_organisation(org, other_org):
    hostname = label()
    for bad in ("a.b", "-a", "a-", "A", "a_b", "ä", "a" * 64, "a b"):
        assert_error(org["olga"].put("/v1/org", json={"hostname": bad}), 400, "hostname")
        assert_error(org["olga"].post("/create-org", json={"name": "x", "hostname": bad}), 400, "hostname")
    ok(org["olga"].put("/v1/org", json={"hostname": hostname}))
    ok(org["olga"].put("/v1/org", json={"hostname": hostname}))
    assert_error(other_org["olga"].put("/v1/org", json={"hostname": hostname}), 409, "hostname")
    assert_error(other_org["olga"].post("/create-org", json={"name": "x", "hostname": hostname}), 409, "hostname")
    # A name that this very server is reached by stays nobody's.
    shared = {"Host": "chat.example.com"}
    assert_error(org["olga"].put("/v1/org", json={"hostname": "chat"}, headers=shared), 409, "hostname")


def test_counts_of_threads(org):
    channel = org.channel()
    threads = [org.thread(channel)[0] for _ in range(5)]
    change = org["adam"].put
    ok(change("/v1/threads", json={"id": threads[0], "bits": {"hidden": True}}))
    ok(change("/v1/threads", json={"id": threads[1], "bits": {"deleted": True}}))
    ok(change("/v1/threads", json={"ids": threads[2:4], "bits": {"resolved": True}}))
    org.tenant.as_user("mike").post("/rooms", json={"type": "group", "members": ["mary"]})
    counts = ok(org["mike"].get("/v1/org"))["data"]
    assert (counts["num_threads"], counts["num_valid_threads"], counts["num_resolved_threads"]) == (4, 3, 2)


def test_one_person_in_several_organisations(server, org):
    made = ok(org["mike"].post("/create-org", json={"name": "second", "hostname": label()}))
    home = f"{made['data']['hostname']}.struct.is"
    mike = at(org, home, Authorization=f"Bearer {made['token']}")
    assert made["user"]["xid"] == "mike" and made["user"]["bits"] == {"owner": True}
    assert made["user"]["id"] != org.ids["mike"] and made["user"]["org_id"] == made["data"]["id"]
    secret = made["data"]["join_secret"]
    mary = at(org, home, Authorization=f"Bearer {org.token_of('mary')}")
    assert_error(mary.post("/v1/join", json={"join_secret": "guessed"}), 403)
    joined = ok(mary.post("/v1/join", json={"join_secret": secret}))
    assert (joined["data"]["xid"], joined["data"]["name"], joined["data"]["bits"]) == (f"mary@{org.id}", "Mary", {})
    again = ok(mary.post("/v1/join", json={"join_secret": secret}))
    assert again["data"]["id"] == joined["data"]["id"] and again["token"] != joined["token"]
    there = at(org, home, Authorization=f"Bearer {joined['token']}")
    assert [user["id"] for user in ok(there.get("/v1/users"))["data"]] == [made["user"]["id"], joined["data"]["id"]]
    # What was told of the join link before is worth nothing after it was changed.
    ok(mike.put("/v1/join-secret", json={}))
    assert_error(org["adam"].post("/v1/join", json={"join_secret": secret}, headers={"Host": home}), 403)


def test_a_guest_becomes_a_member_by_the_join_link(org):
    secret = ok(org["olga"].put("/v1/join-secret", json={}))["data"]["join_secret"]
    joined = ok(org["gina"].post("/v1/join", json={"join_secret": secret}))["data"]
    assert (joined["id"], joined["bits"]) == (org.ids["gina"], {})
    assert ok(org["adam"].post("/v1/join", json={"join_secret": secret}))["data"]["bits"] == {"admin": True}


def test_who_makes_an_organisation(org):
    assert_error(org["gina"].post("/create-org", json={"name": "x"}), 403)
    assert_error(org["mike"].post("/create-org", json={}), 400, "name")
    assert_error(org["mike"].post("/create-org", json={"name": ""}), 400, "name")
    assert_error(org["mike"].post("/create-org", json={"name": "x", "bits": {"huge": True}}), 400, "huge")


def test_strangers_use_up_the_organisations_rate(server, org):
    org.channel()
    slow = Org(server, rate_limit=20)
    stranger = slow.stranger()
    refused = next(reply for reply in (stranger.get("/v1/feed") for _ in range(500)) if reply.status_code == 429)
    assert_error(refused, 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert ok(org.stranger().get("/v1/feed"))["data"] == []
    slow.close()
