"""/admin/tenants, behind the master key."""

import re

import httpx
import pytest
from admin_support import assert_error


def test_create_shows_the_key_once(master):
    reply = master.post("/admin/tenants", json={"name": "Acme", "hostname": "acme-create"})
    assert reply.status_code == 201, reply.text
    made = reply.json()
    assert re.fullmatch(r"tenant_[0-9a-z]+", made["tenant_id"])
    assert re.fullmatch(r"5[A-O][0-9a-f]+", made["org_id"])
    assert re.fullmatch(r"sk_[0-9a-f]{48}", made["api_key"])
    assert made["name"] == "Acme"
    assert made["hostname"] == "acme-create"
    assert made["rate_limit"] == 100
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", made["created_at"])
    shown = master.get(f"/admin/tenants/{made['tenant_id']}").json()
    assert shown == {name: value for name, value in made.items() if name != "api_key"}
    assert shown in master.get("/admin/tenants").json()["tenants"]


def test_a_tenant_is_found_by_every_spelling_of_its_id(master, tenant):
    by_org = master.get(f"/admin/tenants/{tenant.org_id}").json()
    assert by_org["tenant_id"] == tenant.tenant_id


def test_change(master, tenant):
    path = f"/admin/tenants/{tenant.tenant_id}"
    changed = master.patch(path, json={"name": "Renamed", "hostname": "renamed", "rate_limit": 7}).json()
    assert (changed["name"], changed["hostname"], changed["rate_limit"]) == ("Renamed", "renamed", 7)
    assert master.patch(path, json={"hostname": None}).json()["hostname"] is None
    assert master.get(path).json()["name"] == "Renamed"


def test_a_changed_limit_applies_at_once(master, tenant):
    backend = tenant.as_backend()
    assert backend.put("/admin/users/ada", json={}).headers["X-RateLimit-Limit"] == "1000000"
    master.patch(f"/admin/tenants/{tenant.tenant_id}", json={"rate_limit": 50})
    assert backend.put("/admin/users/ada", json={}).headers["X-RateLimit-Limit"] == "50"


def test_delete_takes_everything_and_the_key(master, tenant):
    assert tenant.as_user("ada").get("/rooms").status_code == 200
    assert master.delete(f"/admin/tenants/{tenant.tenant_id}").status_code == 204
    assert tenant.as_user("ada").get("/rooms").status_code == 401
    assert_error(master.get(f"/admin/tenants/{tenant.tenant_id}"), 404, "not_found")
    assert_error(master.delete(f"/admin/tenants/{tenant.tenant_id}"), 404, "not_found")


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "a" * 256}, "name"),
        ({"name": "x", "hostname": "Not A Label"}, "hostname"),
        ({"name": "x", "rate_limit": -1}, "rate_limit"),
        ({"name": "x", "rate_limit": "many"}, "rate_limit"),
    ],
)
def test_bad_input_names_its_field(master, body, field):
    assert_error(master.post("/admin/tenants", json=body), 400, "invalid_argument", field)


def test_a_hostname_belongs_to_one(master):
    assert master.post("/admin/tenants", json={"name": "a", "hostname": "taken"}).status_code == 201
    assert_error(master.post("/admin/tenants", json={"name": "b", "hostname": "taken"}), 409, "conflict", "hostname")


@pytest.mark.parametrize("spelling", ["tenant_zzzzzzzz", "tenant_0", "tenant_", "nonsense", "5N0", "0"])
def test_what_is_no_tenant_is_not_found(master, spelling):
    assert_error(master.get(f"/admin/tenants/{spelling}"), 404, "not_found")


def test_the_master_key_is_needed(server, tenant):
    url = f"{server.url}/admin/tenants"
    assert_error(httpx.get(url, trust_env=False), 401, "unauthenticated")
    assert_error(httpx.get(url, headers={"X-Master-Key": "wrong"}, trust_env=False), 401, "unauthenticated")
    assert_error(httpx.get(url, headers=tenant.headers(), trust_env=False), 401, "unauthenticated")


def test_without_a_master_key_there_is_no_such_thing(start_server):
    server = start_server(PARLANCE_MASTER_KEY="")
    for headers in ({}, {"X-Master-Key": ""}, {"X-Master-Key": "any"}):
        assert_error(httpx.get(f"{server.url}/admin/tenants", headers=headers, trust_env=False), 404, "not_found")


def test_the_default_limit_is_the_operators(start_server):
    server = start_server("--default-rate-limit", "42")
    reply = httpx.post(
        f"{server.url}/admin/tenants",
        json={"name": "x"},
        headers={"X-Master-Key": "test-master-key"},
        trust_env=False,
    )
    assert reply.json()["rate_limit"] == 42
