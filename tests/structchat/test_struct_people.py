"""Users and their roles."""

import httpx
from structchat_support import assert_error, ok, settled


def bits_of(org, name):
    return ok(org["olga"].get(f"/v1/users/{org.ids[name]}"))["data"]["bits"]


def give(org, by, name, bits):
    return org[by].put("/v1/users", json={"id": org.ids[name], "bits": bits})


def test_users_as_they_are_listed(org):
    users = ok(org["mike"].get("/v1/users"))["data"]
    assert [(user["xid"], user["bits"]) for user in users] == [
        ("olga", {"owner": True}),
        ("adam", {"admin": True}),
        ("mona", {"mod": True}),
        ("mike", {}),
        ("mary", {}),
        ("gina", {"guest": True}),
    ]
    assert settled(users[3]) == {
        "id": "4_ID",
        "xid": "mike",
        "created_at": "TIME",
        "updated_at": "TIME",
        "bits": {},
        "org_id": "5_ID",
        "name": "Mike",
        "email": "",
    }
    assert ok(org["mike"].get(f"/v1/users/{org.ids['mike']}"))["data"] == users[3]
    page = ok(org["mike"].get("/v1/users", params={"num": 2, "after": org.ids["adam"]}))["data"]
    assert [user["xid"] for user in page] == ["mona", "mike"]


def test_listing_users_needs_a_user(org):
    assert_error(org.stranger().get("/v1/users"), 401)
    assert_error(org.stranger().get(f"/v1/users/{org.ids['mike']}"), 401)
    assert_error(httpx.get(org.server.url + "/v1/users", trust_env=False), 401)
    for query in ("num=0", "num=10001", "after=1J1", "after=x"):
        assert_error(org["mike"].get(f"/v1/users?{query}"), 400, query.split("=")[0])


def test_what_is_no_user_is_not_found(org, other_org):
    for text in (other_org.ids["mike"], "4Jfffff", "0", "mike", "3N1"):
        assert_error(org["olga"].get(f"/v1/users/{text}"), 404)
        assert_error(org["olga"].put("/v1/users", json={"id": text, "name": "Mine"}), 404)


def test_an_admin_adds_users(org):
    body = {"name": "New", "email": "new@example.com"}
    for name in ("mike", "mona", "gina"):
        assert_error(org[name].post("/v1/users", json=body), 403)
    added = ok(org["adam"].post("/v1/users", json=body))["data"]
    assert (added["name"], added["email"], added["xid"], added["bits"]) == ("New", "new@example.com", "new@example.com", {})
    assert ok(org["mike"].get(f"/v1/users/{added['id']}"))["data"] == added


def test_an_email_is_one_users(org):
    ok(org["adam"].post("/v1/users", json={"name": "New", "email": "new@example.com"}))
    assert_error(org["adam"].post("/v1/users", json={"name": "Again", "email": "new@example.com"}), 409)
    assert_error(org["adam"].post("/v1/users", json={"name": "Again", "email": "new@example.com", "xid": "b"}), 409, "email")
    assert_error(org["adam"].post("/v1/users", json={"name": "Again", "email": "b@example.com", "xid": "mike"}), 409)
    assert_error(org["mike"].put("/v1/users", json={"id": org.ids["mike"], "email": "new@example.com"}), 409, "email")


def test_what_a_new_user_must_have(org):
    post = org["adam"].post
    assert_error(post("/v1/users", json={"email": "a@example.com"}), 400, "name")
    assert_error(post("/v1/users", json={"name": "A"}), 400, "email")
    assert_error(post("/v1/users", json={"name": "", "email": "a@example.com"}), 400, "name")
    assert_error(post("/v1/users", json={"name": "A", "email": "nothing"}), 400, "email")
    assert_error(post("/v1/users", json={"name": "A\n", "email": "a@example.com"}), 400, "name")
    assert_error(post("/v1/users", json={"name": "A", "email": "a@example.com", "bits": {"king": True}}), 400, "king")


def test_any_member_adds_users_where_the_organisation_says_so(org):
    made = ok(org["mike"].post("/create-org", json={"name": "open", "bits": {"org_open_join": True}}))
    owner = org.client(Authorization=f"Bearer {made['token']}")
    assert made["data"]["bits"] == {"org_open_join": True}
    friend = ok(owner.post("/v1/users", json={"name": "Friend", "email": "friend@example.com", "xid": "friend"}))["data"]
    assert friend["bits"] == {}
    secret = made["data"]["join_secret"]
    guest = org.client(
        Authorization=f"Bearer {ok(org['mary'].post('/v1/join', json={'join_secret': secret}, headers={'x-struct-orgid': made['data']['id']}))['token']}"
    )
    ok(guest.post("/v1/users", json={"name": "Friend of friend", "email": "fof@example.com"}))
    reply = guest.post("/v1/users", json={"name": "Boss", "email": "boss@example.com", "bits": {"admin": True}})
    assert_error(reply, 403)


def test_self_or_an_admin_changes_a_user(org):
    changed = ok(org["mike"].put("/v1/users", json={"id": org.ids["mike"], "name": "Michael"}))["data"]
    assert (changed["name"], changed["email"]) == ("Michael", "")
    ok(org["adam"].put("/v1/users", json={"id": org.ids["mike"], "email": "mike@example.com"}))
    changed = ok(org["mike"].get(f"/v1/users/{org.ids['mike']}"))["data"]
    assert (changed["name"], changed["email"]) == ("Michael", "mike@example.com")
    for name in ("mary", "mona", "gina"):
        assert_error(org[name].put("/v1/users", json={"id": org.ids["mike"], "name": "Mine"}), 403)


def test_who_raises_whom(org):
    assert_error(give(org, "mike", "mike", {"mod": True}), 403)
    assert_error(give(org, "mona", "mike", {"mod": True}), 403)
    assert_error(give(org, "mona", "mona", {"admin": True}), 403)
    assert_error(give(org, "adam", "adam", {"owner": True}), 403)
    assert_error(give(org, "adam", "mike", {"owner": True}), 403)
    assert ok(give(org, "adam", "mike", {"mod": True}))["data"]["bits"] == {"mod": True}
    assert ok(give(org, "adam", "mike", {"admin": True}))["data"]["bits"] == {"admin": True}
    assert ok(give(org, "olga", "mike", {"owner": True}))["data"]["bits"] == {"owner": True}


def test_no_op_takes_a_role_away(org):
    assert ok(give(org, "adam", "mona", "no_op"))["data"]["bits"] == {}
    ok(give(org, "adam", "mona", {"mod": True}))
    assert ok(give(org, "olga", "mona", {"no_op": True}))["data"]["bits"] == {}
    assert_error(give(org, "adam", "olga", "no_op"), 403)
    assert bits_of(org, "olga") == {"owner": True}
    assert ok(give(org, "adam", "adam", "no_op"))["data"]["bits"] == {}
    assert_error(give(org, "adam", "adam", {"admin": True}), 403)


def test_the_last_owner_cannot_go(org):
    assert_error(give(org, "olga", "olga", "no_op"), 409, "last owner")
    assert_error(give(org, "olga", "olga", {"admin": True}), 409, "last owner")
    ok(give(org, "olga", "adam", {"owner": True}))
    assert ok(give(org, "olga", "olga", "no_op"))["data"]["bits"] == {}
    assert_error(give(org, "adam", "adam", "no_op"), 409, "last owner")


def test_a_lost_rank_counts_at_once(org):
    channel = org.channel()
    ok(give(org, "olga", "mona", "no_op"))
    assert_error(org["mona"].put("/v1/channels", json={"id": channel, "name": "Mine"}), 403)


def test_bad_roles_are_refused(org):
    assert_error(give(org, "olga", "mike", {"king": True}), 400, "king")
    assert_error(give(org, "olga", "mike", {"mod": True, "admin": True}), 400, "only one")
    assert_error(give(org, "olga", "mike", {"mod": "yes"}), 400, "mod")
    assert_error(give(org, "olga", "mike", 1), 400, "bits")
    assert_error(org["olga"].put("/v1/users", json={"name": "nobody"}), 400, "id")
    assert_error(org["olga"].put("/v1/users", json={"id": org.ids["mike"], "email": "nothing"}), 400, "email")
    assert bits_of(org, "mike") == {}
