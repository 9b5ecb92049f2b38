"""Who may call, and how often: credentials and rate limits over every dialect."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from harness.tenant import Tenant
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


def get(server, path="/rooms", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(f"{server.url}{path}", headers=names, trust_env=False, timeout=10)


def test_the_tenants_key_also_as_bearer(server, tenant):
    reply = get(server, Authorization=f"Bearer {tenant.api_key}", X_User_Id="ada")
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_API_Key": "sk_wrong", "X_User_Id": "ada"},
        {"X_API_Key": "", "X_User_Id": "ada"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer pt_wrong"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer ."},
    ],
)
def test_no_valid_credential(server, headers):
    assert get(server, **headers).status_code == 401


def test_a_route_of_users_needs_a_user(server, tenant):
    assert get(server, X_API_Key=tenant.api_key).status_code == 401
    too_long = get(server, X_API_Key=tenant.api_key, X_User_Id="a" * 256)
    assert too_long.status_code == 400


def test_a_user_is_created_once_however_many_come_at_once(server, tenant):
    def call(_):
        return get(server, X_API_Key=tenant.api_key, X_User_Id="racer").status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(call, range(32))) == {200}


def test_open_routes_look_at_no_credential(server):
    for path in ("/livez", "/readyz", "/health", "/metrics", "/openapi.json", "/docs"):
        reply = get(server, path, X_API_Key="nonsense", Authorization="nonsense")
        assert reply.status_code == 200, (path, reply.text)
        assert "X-RateLimit-Limit" not in reply.headers


def test_every_authenticated_reply_has_the_three_headers(server):
    tenant = Tenant.create(server, rate_limit=50)
    before = time.time()
    good = tenant.as_user("ada").get("/rooms")
    bad = tenant.as_user("ada").get("/rooms/room_zzzzzz")
    assert (good.status_code, bad.status_code) == (200, 404)
    for reply in (good, bad):
        assert reply.headers["X-RateLimit-Limit"] == "50"
        assert 0 <= int(reply.headers["X-RateLimit-Remaining"]) < 50
        assert before - 1 <= int(reply.headers["X-RateLimit-Reset"]) <= before + 3
    tenant.close()


def test_over_the_limit(server):
    tenant = Tenant.create(server, rate_limit=3)
    user = tenant.as_user("ada")
    replies = [user.get("/rooms") for _ in range(6)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert replies[0].status_code == 200
    assert refused
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert refused[0].headers["X-RateLimit-Remaining"] == "0"
    assert refused[0].json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    time.sleep(int(refused[0].headers["Retry-After"]))
    assert user.get("/rooms").status_code == 200
    tenant.close()


def test_a_limit_is_the_tenants_own(server, tenant):
    limited = Tenant.create(server, rate_limit=1)
    for _ in range(3):
        limited.as_user("ada").get("/rooms")
    assert tenant.as_user("ada").get("/rooms").status_code == 200
    limited.close()


def test_zero_lifts_the_limit(server, tenant):
    user = tenant.as_user("ada")
    replies = [user.get("/rooms") for _ in range(150)]
    assert {reply.status_code for reply in replies} == {200}
    # The headers are on every authenticated reply: nothing in them may make a client wait.
    assert replies[-1].headers["X-RateLimit-Limit"] == "1000000"
    assert replies[-1].headers["X-RateLimit-Remaining"] == "1000000"
    assert abs(int(replies[-1].headers["X-RateLimit-Reset"]) - time.time()) < 3


@pytest.fixture
def reader(server, tenant):
    """A client with a token that may only read."""
    body = {"user_id": "rita", "scopes": ["read", "reports"]}
    token = tenant.as_backend().post("/admin/tokens", json=body).json()["token"]
    client = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    yield client
    client.close()


def test_a_reading_token_reads_in_every_dialect(tenant, reader):
    room = tenant.as_user("rita").post("/rooms", json={"type": "group", "members": ["rita", "bob"]}).json()["room_id"]
    number = int(room.removeprefix("room_"), 36)
    for path in ("/rooms", f"/rooms/{room}/messages", "/v1/spaces", "/chat/threads", "/v1/feed", "/v1/channels"):
        assert reader.get(path).status_code == 200, path
    for path, body in (
        ("/chat/conversations/list", {}),
        ("/api/v1/chat/conversations/list", {}),
        ("/chat/messages/list", {"conversationId": str(number)}),
        (f"/chat/conversations/{number}/get", {}),
        ("/v1/search", {"q": "*"}),
        ("/v1/feed/search", {"q": "*"}),
    ):
        assert reader.post(path, json=body).status_code == 200, path


def test_a_reading_token_writes_nowhere(server, tenant, reader):
    room = tenant.as_user("rita").post("/rooms", json={"type": "group", "members": ["rita", "bob"]}).json()["room_id"]
    number = str(int(room.removeprefix("room_"), 36))
    for path, body in (
        ("/rooms", {"type": "group", "members": ["rita"]}),
        (f"/rooms/{room}/messages", {"content": "x"}),
        ("/acks", {"room_id": room, "seq": 1}),
        ("/ws/token", {}),
        ("/v1/spaces", {"name": "x"}),
        ("/chat/messages/send", {"conversationId": number, "content": "x"}),
        ("/realtime/connection-token", {}),
        ("/v1/threads", {"text": "x", "xsr_ids": []}),
        ("/chat/threads", {"client_account_id": 1}),
    ):
        reply = reader.post(path, json=body)
        assert reply.status_code == 403 and "may only read" in reply.text, (path, reply.text)
    token = reader.headers["Authorization"].removeprefix("Bearer ")
    for path in ("/ws", "/v1/ws"):
        with pytest.raises(InvalidStatus) as refused:
            connect(server.ws_url + path, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None)
        assert refused.value.response.status_code == 403, path
    with connect(server.ws_url + "/connection/websocket", proxy=None) as socket:
        socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
        assert closed.value.rcvd.code == 3500
