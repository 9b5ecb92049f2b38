"""Tokens, users and spaces, behind the tenant's key."""

import time

import httpx
import pytest
from admin_support import assert_error, bearer


@pytest.fixture
def backend(tenant):
    return tenant.as_backend()


def test_a_token_acts_for_its_user(server, backend):
    made = backend.post("/admin/tokens", json={"user_id": "ada", "expires_in": 60, "scopes": ["read", "write"]})
    assert made.status_code == 201, made.text
    token = made.json()
    assert token["user_id"] == "ada"
    assert isinstance(token["id"], int)
    assert token["expires_at"].endswith("Z")
    assert bearer(server, token["token"]).status_code == 200


def test_a_token_without_an_end_says_null(backend):
    assert backend.post("/admin/tokens", json={"user_id": "ada"}).json()["expires_at"] is None


def test_a_revoked_token_is_worth_nothing_at_once(server, backend):
    token = backend.post("/admin/tokens", json={"user_id": "ada"}).json()
    assert bearer(server, token["token"]).status_code == 200
    assert backend.delete(f"/admin/tokens/{token['id']}").status_code == 204
    assert bearer(server, token["token"]).status_code == 401
    assert_error(backend.delete(f"/admin/tokens/{token['id']}"), 404, "not_found")


def test_an_expired_token_is_worth_nothing(server, backend):
    token = backend.post("/admin/tokens", json={"user_id": "ada", "expires_in": 1}).json()["token"]
    assert bearer(server, token).status_code == 200
    time.sleep(1.2)
    assert bearer(server, token).status_code == 401


def test_another_tenants_token_cannot_be_revoked(backend, other_tenant):
    token = backend.post("/admin/tokens", json={"user_id": "ada"}).json()
    assert_error(other_tenant.as_backend().delete(f"/admin/tokens/{token['id']}"), 404, "not_found")


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "a" * 256}, "user_id"),
        ({"user_id": "ada", "expires_in": 0}, "expires_in"),
        ({"user_id": "ada", "expires_in": "soon"}, "expires_in"),
        ({"user_id": "ada", "scopes": 7}, "scopes"),
        ({"user_id": "ada", "scopes": ["two words"]}, "scopes"),
    ],
)
def test_bad_tokens_name_their_field(backend, body, field):
    assert_error(backend.post("/admin/tokens", json=body), 400, "invalid_argument", field)


def test_a_repeated_token_request_gives_the_first_answer(backend):
    headers = {"Idempotency-Key": "token-1"}
    first = backend.post("/admin/tokens", json={"user_id": "ada"}, headers=headers)
    again = backend.post("/admin/tokens", json={"user_id": "ada"}, headers=headers)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = backend.post("/admin/tokens", json={"user_id": "bob"}, headers=headers)
    assert_error(other, 422, "idempotency_mismatch", other.json()["error"].get("field"))


def test_a_kept_answer_does_not_show_its_secret_on_disk(server, backend, engine):
    if engine != "sqlite":
        pytest.skip("looks into the database file")
    headers = {"Idempotency-Key": "kept-secret-1"}
    token = backend.post("/admin/tokens", json={"user_id": "ada"}, headers=headers).json()["token"]
    for file in server.data.glob("parlance.db*"):
        assert token.encode() not in file.read_bytes()


@pytest.mark.parametrize("key", ["", "two words", "caf\xe9", "a" * 256])
def test_a_bad_idempotency_key_is_refused(backend, key):
    reply = backend.post("/admin/tokens", json={"user_id": "ada"}, headers={"Idempotency-Key": key.encode("latin-1")})
    assert_error(reply, 400, "invalid_argument", "Idempotency-Key")


def test_users_are_created_and_changed(backend):
    made = backend.put("/admin/users/ada", json={"name": "Ada", "email": "ada@example.org", "role": "admin"})
    assert made.status_code == 200, made.text
    user = made.json()
    assert user["id"] > 0
    assert {name: user[name] for name in ("user_id", "name", "email", "role")} == {
        "user_id": "ada",
        "name": "Ada",
        "email": "ada@example.org",
        "role": "admin",
    }
    changed = backend.put("/admin/users/ada", json={"name": "Ada L."}).json()
    assert changed == user | {"name": "Ada L."}
    assert backend.put("/admin/users/ada", json={"email": None}).json()["email"] == ""


@pytest.mark.parametrize("body, field", [({"role": "king"}, "role"), ({"name": 1}, "name"), ({"name": "a" * 256}, "name")])
def test_bad_users_name_their_field(backend, body, field):
    assert_error(backend.put("/admin/users/ada", json=body), 400, "invalid_argument", field)


def test_an_address_belongs_to_one(backend):
    backend.put("/admin/users/ada", json={"email": "same@example.org"})
    assert_error(backend.put("/admin/users/bob", json={"email": "same@example.org"}), 409, "conflict", "email")


def test_the_last_owner_stays(backend):
    backend.put("/admin/users/ada", json={"role": "owner"})
    assert_error(backend.put("/admin/users/ada", json={"role": "member"}), 409, "conflict", "role")
    backend.put("/admin/users/bob", json={"role": "owner"})
    assert backend.put("/admin/users/ada", json={"role": "member"}).status_code == 200


def test_spaces_and_their_members(backend):
    made = backend.post("/admin/spaces", json={"name": "Tax", "members": [{"user_id": "ada", "role": "owner"}]})
    assert made.status_code == 201, made.text
    space = made.json()
    assert space["name"] == "Tax"
    path = f"/admin/spaces/{space['space_id']}/members"
    put = backend.put(f"{path}/bob", json={"role": "viewer"})
    assert put.status_code == 200, put.text
    assert put.json() == {"space_id": space["space_id"], "user_id": "bob", "role": "viewer"}
    assert backend.delete(f"{path}/bob").status_code == 204
    assert_error(backend.delete(f"{path}/bob"), 404, "not_found")
    assert_error(backend.put(f"{path}/bob", json={"role": "member"}), 400, "invalid_argument", "role")
    assert_error(backend.put(f"{path}/bob", json={}), 400, "invalid_argument", "role")


def test_the_last_owner_of_a_space_stays(backend):
    space = backend.post("/admin/spaces", json={"name": "Tax", "members": [{"user_id": "ada", "role": "owner"}]}).json()
    path = f"/admin/spaces/{space['space_id']}/members/ada"
    assert_error(backend.delete(path), 409, "conflict", backend.delete(path).json()["error"].get("field"))


def test_another_tenants_space_is_not_found(backend, other_tenant):
    space = backend.post("/admin/spaces", json={"name": "Mine"}).json()["space_id"]
    stranger = other_tenant.as_backend()
    assert_error(stranger.put(f"/admin/spaces/{space}/members/eve", json={"role": "owner"}), 404, "not_found")
    assert_error(stranger.delete(f"/admin/spaces/{space}/members/eve"), 404, "not_found")
    for spelling in ("0", "x", "999999999"):
        assert_error(stranger.put(f"/admin/spaces/{spelling}/members/eve", json={"role": "owner"}), 404, "not_found")


def test_a_users_token_is_no_backend(server, backend):
    token = backend.post("/admin/tokens", json={"user_id": "ada"}).json()["token"]
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as user:
        for reply in (
            user.post("/admin/tokens", json={"user_id": "eve"}),
            user.put("/admin/users/ada", json={"role": "owner"}),
            user.put("/admin/webhooks", json={"url": ""}),
            user.post("/admin/spaces", json={"name": "x"}),
        ):
            assert_error(reply, 403, "forbidden")
