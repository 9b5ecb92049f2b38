"""Webhooks, the action policy, namespaces, dead letters: a tenant's settings."""

import pytest
from admin_support import assert_error


@pytest.fixture
def backend(tenant):
    return tenant.as_backend()


def test_webhook(backend):
    reply = backend.put("/admin/webhooks", json={"url": "https://example.org/in", "secret": "s", "events": ["message.new"]})
    assert reply.status_code == 200, reply.text
    assert reply.json() == {"url": "https://example.org/in", "events": ["message.new"]}
    again = backend.put("/admin/webhooks", json={"url": "https://example.org/other"})
    assert again.json() == {"url": "https://example.org/other", "events": []}
    assert backend.put("/admin/webhooks", json={"url": ""}).json() == {"url": "", "events": []}


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "url"),
        ({"url": "ftp://example.org", "secret": "s"}, "url"),
        ({"url": "https://user:password@example.org", "secret": "s"}, "url"),
        ({"url": "example.org", "secret": "s"}, "url"),
        ({"url": "https://example.org"}, "secret"),
        ({"url": "https://example.org", "secret": ""}, "secret"),
        ({"url": "https://example.org", "secret": "s", "events": "all"}, "events"),
        ({"url": "https://example.org", "secret": "s", "events": ["no spaces"]}, "events[0]"),
        ({"url": "https://example.org", "secret": "s", "events": ["message.new", "message.lost"]}, "events[1]"),
        ({"url": "https://example.org", "secret": "s", "events": ["room.*"]}, "events[0]"),
        ({"url": "https://example.org", "secret": "s", "events": ["message.new.*"]}, "events[0]"),
        ({"url": "https://example.org", "secret": "s", "events": ["mess*"]}, "events[0]"),
        ({"url": "https://example.org", "secret": "s", "events": [".*"]}, "events[0]"),
        ({"url": "https://example.org", "secret": "s", "events": [""]}, "events[0]"),
    ],
)
def test_a_bad_webhook_names_its_field(backend, body, field):
    assert_error(backend.put("/admin/webhooks", json=body), 400, "invalid_argument", field)


def test_an_unknown_event_of_a_webhook_is_told_the_known_ones(backend):
    body = {"url": "https://example.org/in", "secret": "s", "events": ["message.*", "object.*", "*"]}
    assert backend.put("/admin/webhooks", json=body).json()["events"] == ["message.*", "object.*", "*"]
    known = ["message.new", "object.created", "object.updated", "object.deleted"]
    assert backend.put("/admin/webhooks", json=body | {"events": known}).json()["events"] == known
    refused = backend.put("/admin/webhooks", json=body | {"events": ["message.created"]})
    assert_error(refused, 400, "invalid_argument", "events[0]")
    for name in known:
        assert name in refused.json()["error"]["message"]


@pytest.mark.parametrize("policy", ["all", [], ["invoice", "line_item"]])
def test_action_policy(backend, policy):
    reply = backend.put("/admin/action-policy", json={"needs_approval": policy})
    assert reply.status_code == 200, reply.text
    assert reply.json() == {"needs_approval": policy}


@pytest.mark.parametrize("policy", ["none", 7, None, {"a": 1}, [1]])
def test_a_bad_action_policy(backend, policy):
    reply = backend.put("/admin/action-policy", json={"needs_approval": policy})
    assert_error(reply, 400, "invalid_argument", "needs_approval")


def test_namespaces(backend):
    reply = backend.put("/admin/namespaces", json={"names": ["news", "game", "news"]})
    assert reply.status_code == 200, reply.text
    assert reply.json() == {"names": ["game", "news"]}
    assert_error(backend.put("/admin/namespaces", json={"names": ["a:b"]}), 400, "invalid_argument", "names[0]")


def test_settings_are_kept_side_by_side(backend):
    backend.put("/admin/namespaces", json={"names": ["news"]})
    backend.put("/admin/webhooks", json={"url": "https://example.org", "secret": "kept"})
    backend.put("/admin/action-policy", json={"needs_approval": []})
    # The secret is still there, so it need not be given again.
    assert backend.put("/admin/webhooks", json={"url": "https://example.org"}).status_code == 200


@pytest.mark.parametrize("letter", ["notif_zzz", "delivery_zzz", "999999", "nonsense", "msg_1"])
def test_an_unknown_dead_letter_is_not_found(backend, letter):
    assert_error(backend.post(f"/admin/dead-letters/{letter}/redrive"), 404, "not_found")
