"""Every error and disconnect code that the contract names, provoked once each. Those that only trouble below causes are in
test_faults.py: 100, 2500, 3004, 3010, 3013, 3507. 113 (concurrent pagination) has no cause here, since the commands of a
connection run one after the other."""

import json
import time

import pytest
from centrifugo_support import (
    Issuer,
    RawClient,
    ServerApi,
    connection_token,
    create_group,
    declare,
    eventually,
    send,
    subscribe_token,
)


@pytest.fixture(scope="module")
def hasty(start_server):
    """A server with short times and small limits."""
    return start_server(
        "--centrifugo-ping-interval-ms", 1000, "--centrifugo-pong-timeout-ms", 500,
        "--centrifugo-connect-timeout-ms", 1000, "--centrifugo-expired-grace-ms", 500,
        "--centrifugo-max-connections-per-user", 2, "--ws-queue-bytes", 65536,
    )  # fmt: skip


def tenant_of(server, **fields):
    from harness.tenant import Tenant

    return Tenant.create(server, **fields)


class Stage:
    """A connected alice in a group of hers, and whatever a scenario needs beside it."""

    def __init__(self, server, tenant):
        self.server = server
        self.tenant = tenant
        self.group = create_group(tenant, "alice", "bob")
        self.chat = f"chat:{self.group}"
        self.clients = []
        declare(tenant, "news")

    def client(self, user="alice", **options):
        client = self.open(**options)
        client.connect(connection_token(self.tenant, user))
        return client

    def open(self, **options):
        client = RawClient(self.server, **options)
        self.clients.append(client)
        return client

    def close(self):
        for client in self.clients:
            client.socket.close()


@pytest.fixture
def stage(server, tenant):
    stage = Stage(server, tenant)
    yield stage
    stage.close()


def raises_102(stage):
    return stage.client().error("subscribe", {"channel": "weather:today"})


def raises_103(stage):
    return stage.client("carol").error("subscribe", {"channel": stage.chat})


def raises_104(stage):
    return stage.client().error("rpc", {"method": "no-such-operation", "data": {}})


def raises_105(stage):
    client = stage.client()
    client.result("subscribe", {"channel": stage.chat})
    return client.error("subscribe", {"channel": stage.chat})


def raises_106(stage):
    client = stage.client()
    for number in range(127):  # and the user's own
        client.result("subscribe", {"channel": f"news:{number}"})
    return client.error("subscribe", {"channel": "news:one-more"})


def raises_107(stage):
    return stage.client().error("subscribe", {"channel": "news:" + "x" * 251})


def raises_108(stage):
    return stage.client().error("presence", {"channel": "user:alice"})


def raises_109(stage):
    return stage.open().error("connect", {"token": Issuer(stage.tenant).token("alice", seconds=-1)})


def raises_110(stage):
    issuer = Issuer(stage.tenant)
    client = stage.client()
    client.result("subscribe", {"channel": stage.chat, "token": issuer.token("alice", channel=stage.chat)})
    late = issuer.token("alice", seconds=-1, channel=stage.chat)
    return client.error("sub_refresh", {"channel": stage.chat, "token": late})


def raises_111(stage):
    tenant = tenant_of(stage.server, rate_limit=5)
    client = stage.open()
    client.connect(Issuer(tenant).token("alice"))
    for _ in range(20):
        reply = client.request("rpc", {"method": "none"})
        if reply["error"]["code"] == 111:
            assert reply["error"]["temporary"] is True
            return reply["error"]
    raise AssertionError("never limited")


def raises_112(stage):
    client = stage.client()
    client.result("subscribe", {"channel": stage.chat})
    return client.error("history", {"channel": stage.chat, "limit": 1, "since": {"offset": 1, "epoch": "other"}})


def raises_404(stage):
    return stage.client().error("rpc", {"method": "get-conversation", "data": {"id": "999999"}})


def test_101_is_a_status_of_the_server_api(stage):
    """Whoever is connected is known, and who is not is closed (3500, 3501): only the server API meets strangers."""
    for headers in ({"X-API-Key": "wrong"}, {"X-API-Key": "wrong", "X-Centrifugo-Error-Mode": "transport"}):
        reply = stage.tenant.as_backend().post("/api/info", json={}, headers=headers)
        assert reply.status_code == 401 and reply.content == b""


ERRORS = {name: scenario for name, scenario in globals().items() if name.startswith("raises_")}


@pytest.mark.parametrize("name", ERRORS)
def test_error(stage, name):
    error = ERRORS[name](stage)
    assert error["code"] == int(name.removeprefix("raises_")), error


def closes_3001(stage, hasty):
    server = hasty.fresh()
    client = RawClient(server)
    client.connect(connection_token(tenant_of(server), "alice"))
    server.stop()
    return client


def closes_3005(stage, hasty):
    tenant = tenant_of(hasty.server)
    client = RawClient(hasty.server)
    assert client.connect(Issuer(tenant).token("alice", seconds=1))["ttl"] <= 1
    return client


def closes_3006(stage, hasty):
    tenant = tenant_of(hasty.server)
    declare(tenant, "news")
    client = RawClient(hasty.server)
    client.connect(connection_token(tenant, "alice"))
    ServerApi(tenant)("subscribe", user="alice", channel="news:now", expire_at=int(time.time()) + 1)
    client.push("subscribe", "news:now")
    return client


def closes_3008(stage, hasty):
    tenant = tenant_of(hasty.server)
    declare(tenant, "news")
    client = RawClient(hasty.server, max_queue=1)
    client.connect(connection_token(tenant, "alice"))
    client.result("subscribe", {"channel": "news:big"})
    api = ServerApi(tenant)
    for _ in range(400):  # nobody reads
        api("publish", channel="news:big", data={"text": "x" * 60_000})
        if api("info")["nodes"][0]["num_clients"] == 0:
            return client
    raise AssertionError("it was never too slow")


def closes_3012(stage, hasty):
    client = RawClient(hasty.server, answers_pings=False)
    client.connect(connection_token(tenant_of(hasty.server), "alice"))
    return client


def closes_3500(stage, hasty):
    client = stage.open()
    client.write({"id": 1, "connect": {"token": "not.a.token"}})
    return client


def closes_3501(stage, hasty):
    client = stage.open()
    client.write({"id": 1, "subscribe": {"channel": "news:now"}})
    return client


def closes_3502(stage, hasty):
    return RawClient(hasty.server)


def closes_3503(stage, hasty):
    client = stage.client()
    ServerApi(stage.tenant)("disconnect", user="alice")
    return client


def closes_3504(stage, hasty):
    tenant = tenant_of(hasty.server)
    token = connection_token(tenant, "alice")
    for _ in range(2):
        RawClient(hasty.server).connect(token)
    client = RawClient(hasty.server)
    client.write({"id": 1, "connect": {"token": token}})
    return client


def closes_3505(stage, hasty):
    client = stage.client()
    for number in range(127):
        client.result("subscribe", {"channel": f"news:{number}"})
    ServerApi(stage.tenant)("subscribe", user="alice", channel="news:one-more")
    return client


def closes_3506(stage, hasty):
    client = stage.open()
    client.socket.send(b"\x00\x01")
    return client


CLOSES = {name: scenario for name, scenario in globals().items() if name.startswith("closes_")}


class Hasty:
    def __init__(self, server, start_server):
        self.server = server
        self.fresh = start_server


@pytest.mark.parametrize("name", CLOSES)
def test_disconnect(stage, hasty, start_server, name):
    client = CLOSES[name](stage, Hasty(hasty, start_server))
    code, reason = client.closing()
    assert code == int(name.removeprefix("closes_")), (code, reason)
    # A slow reader's reason is the HTTP layer's own.
    assert reason


#: Numbers that only a backend gives here: a client that has closed (3000) or cannot be written to (3009) hears nothing,
#: and nothing else here has a reason for the others.
BY_BACKEND = (3000, 3009, 3011, 3014, 3508, 3509, 4000, 4500, 4999)


@pytest.mark.parametrize("code", BY_BACKEND)
def test_a_backend_closes_with_any_code(stage, code):
    client = stage.client()
    ServerApi(stage.tenant)("disconnect", user="alice", disconnect={"code": code, "reason": "as told"})
    assert client.closing() == (code, "as told")


BROKEN_BEFORE_CONNECT = {
    "no JSON": "hello",
    "an array": "[]",
    "an empty line": "\n",
    "id 0": {"id": 0, "connect": {}},
    "no id": {"connect": {}},
    "a negative id": {"id": -1, "connect": {}},
    "a pong": {},
    "a command before connect": {"id": 1, "rpc": {"method": "x"}},
    "nothing known": {"id": 1, "dance": {}},
    "no credentials": {"id": 1, "connect": {}},
    "a token that is a number": {"id": 1, "connect": {"token": 5}},
    "subs that are a list": {"id": 1, "connect": {"subs": []}},
}


@pytest.mark.parametrize("name", BROKEN_BEFORE_CONNECT)
def test_a_bad_beginning_closes_with_3501(server, name):
    message = BROKEN_BEFORE_CONNECT[name]
    with RawClient(server) as client:
        client.write(message)
        assert client.closing()[0] == 3501


BROKEN_AFTER_CONNECT = {
    "a second connect": {"id": 9, "connect": {}},
    "a pong nobody asked for": {},
    "a subscription without channel": {"id": 9, "subscribe": {}},
    "an unsubscription without channel": {"id": 9, "unsubscribe": {}},
    "presence without channel": {"id": 9, "presence": {}},
    "an unknown delta": {"id": 9, "subscribe": {"channel": "news:x", "delta": "zip"}},
    "a refresh without token": {"id": 9, "refresh": {}},
    "a channel that is a number": {"id": 9, "subscribe": {"channel": 1}},
    "a negative offset": {"id": 9, "subscribe": {"channel": "news:x", "recover": True, "offset": -1}},
    "half of a command": '{"id":9,"subscribe":',
}


@pytest.mark.parametrize("name", BROKEN_AFTER_CONNECT)
def test_a_bad_command_closes_with_3501(stage, name):
    client = stage.client()
    client.write(BROKEN_AFTER_CONNECT[name])
    assert client.closing()[0] == 3501


def sign_none(user, issuer):
    import jwt

    return jwt.encode({"sub": user, "iss": issuer.name}, None, algorithm="none")


def test_tokens_of_strangers_are_refused(stage, other_tenant):
    issuer = Issuer(stage.tenant)
    forged = Issuer.__new__(Issuer)
    forged.secret, forged.name = "another secret altogether, long enough", issuer.name
    for token in (
        sign_none("alice", issuer),
        forged.token("alice"),
        issuer.token("alice", channel=stage.chat),  # opens a channel, not a connection
        issuer.token(""),
        issuer.token("alice", nbf=int(time.time()) + 600),
        subscribe_token(stage.tenant, "alice", stage.group),
        connection_token(stage.tenant, "alice")[:-2] + "xx",
    ):
        with RawClient(stage.server) as client:
            client.write({"id": 1, "connect": {"token": token}})
            assert client.closing()[0] == 3500, token
    # Another tenant's token is good for that tenant's channels, not for these.
    with RawClient(stage.server) as client:
        client.connect(connection_token(other_tenant, "alice"))
        assert client.error("subscribe", {"channel": stage.chat})["code"] == 103


def test_subscription_tokens_are_checked(stage, other_tenant):
    issuer = Issuer(stage.tenant)
    foreign = Issuer(other_tenant, "the other issuer's secret, quite long")
    wanted = {
        issuer.token("alice", seconds=-1, channel=stage.chat): 109,
        issuer.token("alice", channel=stage.chat)[:-2] + "xx": 103,
        sign_none("alice", issuer): 103,
        "nonsense": 103,
    }
    client = stage.client()
    for token, code in wanted.items():
        assert client.error("subscribe", {"channel": stage.chat, "token": token})["code"] == code
    for token in (
        issuer.token("alice", channel="chat:1"),
        issuer.token("bob", channel=stage.chat),
        issuer.token("alice"),
        foreign.token("alice", channel=stage.chat),
    ):
        client = stage.client()
        client.write({"id": 5, "subscribe": {"channel": stage.chat, "token": token}})
        assert client.closing()[0] == 3500


def test_refreshing(stage):
    issuer = Issuer(stage.tenant)
    with RawClient(stage.server) as client:
        assert client.connect(issuer.token("alice", seconds=30))["ttl"] <= 30
        assert client.result("refresh", {"token": issuer.token("alice", seconds=300)})["ttl"] > 30
        assert "expires" not in client.result("refresh", {"token": issuer.token("alice", expire_at=0)})
        client.write({"id": 9, "refresh": {"token": issuer.token("alice", seconds=-1)}})
        assert client.closing()[0] == 3005
    with RawClient(stage.server) as client:
        client.connect(issuer.token("alice"))
        client.write({"id": 9, "refresh": {"token": issuer.token("bob")}})
        assert client.closing()[0] == 3500


def test_an_expired_subscription_ends_with_2501(stage, hasty):
    tenant = tenant_of(hasty)
    issuer = Issuer(tenant)
    group = create_group(tenant, "alice", "bob")
    with RawClient(hasty) as client:
        client.connect(connection_token(tenant, "alice"))
        token = issuer.token("alice", seconds=1, channel=f"chat:{group}")
        assert client.result("subscribe", {"channel": f"chat:{group}", "token": token})["ttl"] == 1
        assert client.push("unsubscribe", f"chat:{group}")["code"] == 2501


def test_a_message_over_the_limit_ends_the_connection(stage):
    client = stage.client()
    client.write({"id": 2, "rpc": {"method": "x", "data": "y" * 66_000}})
    assert client.closing()[0] == 1009
    fits = stage.client()
    assert fits.error("rpc", {"method": "x", "data": {"text": "y" * 65_000}})["code"] == 104


def test_protobuf_is_refused_for_good(server):
    with RawClient(server, subprotocols=["centrifuge-protobuf"]) as client:
        assert client.socket.subprotocol == "centrifuge-protobuf"
        assert client.closing()[0] == 3506


def test_a_pong_in_time_keeps_the_connection(hasty):
    with RawClient(hasty) as client:
        result = client.connect(connection_token(tenant_of(hasty), "alice"))
        assert (result["ping"], result["pong"]) == (1, True)
        eventually(lambda: client.settle(0.2) == [] and client.pings >= 3)
        assert "data" not in json.dumps(client.error("rpc", {"method": "x"}))


def test_several_commands_in_one_message_are_answered_in_one(stage):
    client = stage.client()
    before = len(client.frames)
    client.write(*({"id": 100 + n, "rpc": {"method": "none"}} for n in range(5)))
    for n in range(5):
        assert client.reply(100 + n)["error"]["code"] == 104
    assert len(client.frames) == before + 1


def test_send_is_taken_and_not_answered(stage):
    client = stage.client()
    client.write({"send": {"data": {"any": 1}}}, {"id": 7, "rpc": {"method": "none"}})
    assert client.reply(7)["error"]["code"] == 104
    assert client.settle(0.2) == []


def test_a_burst_of_pushes_shares_frames(stage):
    client = stage.client()
    client.result("subscribe", {"channel": stage.chat})
    before = len(client.frames)
    for number in range(30):
        send(stage.tenant, "bob", stage.group, f"m{number}")
    offsets = [client.event(stage.chat, "message.created")["__offset"] for _ in range(30)]
    assert offsets == list(range(offsets[0], offsets[0] + 30))
    assert len(client.frames) > before
