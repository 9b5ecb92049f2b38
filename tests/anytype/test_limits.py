"""The write limit of a caller on a route."""

import pytest
from anytype_support import Chat, assert_error, wait_until
from harness.tenant import Tenant

LIMITED = {
    "x-rate-limit-limit": "2.00",
    "x-rate-limit-duration": "1",
    "x-rate-limit-request-remote-addr": "127.0.0.1",
    "ratelimit-limit": "5",
    "ratelimit-reset": "1",
}


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--chat-write-burst", 5, "--chat-write-rate", 2)


@pytest.fixture
def tenant(server):
    """One with a limit of its own, so that the writes are limited too."""
    tenant = Tenant.create(server, rate_limit=10_000)
    yield tenant
    tenant.close()


def send(chat, user="alice"):
    return chat(user, "POST", "/messages", json={"text": "x"})


def test_a_burst_and_then_a_refusal(chat):
    replies = [send(chat) for _ in range(5)]
    assert [reply.status_code for reply in replies] == [201] * 5
    for reply in replies:
        assert {name: reply.headers[name] for name in LIMITED} == LIMITED
    remaining = [int(reply.headers["ratelimit-remaining"]) for reply in replies]
    assert remaining[0] == 4
    assert remaining == sorted(remaining, reverse=True)
    refused = wait_until(lambda: (reply := send(chat)).status_code == 429 and reply)
    assert_error(refused, 429, "rate_limit_exceeded", "You have reached maximum request limit.")
    assert refused.headers["retry-after"] == "1"
    assert {name: refused.headers[name] for name in LIMITED} == LIMITED
    assert refused.headers["ratelimit-remaining"] == "0"
    wait_until(lambda: send(chat).status_code == 201)


def test_the_limit_is_the_callers_and_the_routes(chat):
    message = chat.send("alice", "x")
    wait_until(lambda: send(chat).status_code == 429)
    assert send(chat, "bob").status_code == 201
    assert chat.react("alice", message, "👍") is True
    other = chat.tenant.as_user("alice").post(f"/v1/spaces/{chat.space}/chats", json={"name": "Other"})
    elsewhere = Chat(chat.tenant, chat.space, other.json()["chat"]["id"])
    assert 429 in [send(elsewhere).status_code for _ in range(5)]


def test_errors_of_limited_routes_carry_the_headers(chat):
    reply = chat("alice", "POST", "/messages", json={"text": ""})
    assert_error(reply, 400, "bad_request", field="text")
    assert reply.headers["ratelimit-limit"] == "5"


def test_reading_is_not_limited(chat):
    for _ in range(20):
        reply = chat("alice", "GET", "/messages", 200)
        chat.search("alice", "x")
    assert "ratelimit-limit" not in reply.headers


def test_a_tenant_without_limits_has_none(server):
    tenant = Tenant.create(server, rate_limit=0)
    chat = Chat.main(tenant)
    for _ in range(20):
        chat.send("alice", "x")
    tenant.close()


def test_the_limit_can_be_switched_off(start_server):
    tenant = Tenant.create(start_server("--chat-write-burst", 0), rate_limit=10_000)
    chat = Chat.main(tenant)
    for _ in range(100):
        reply = send(chat)
        assert reply.status_code == 201
    assert "ratelimit-limit" not in reply.headers
    tenant.close()
