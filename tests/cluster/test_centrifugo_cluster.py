"""The Centrifugo server API reaches connections wherever they are."""

import json

import httpx
import pytest
from centrifugo_support import RawClient, ServerApi, connection_token, create_group, declare, subscribe_token
from cluster_support import wait_until


@pytest.fixture
def api(tenant):
    """At the first node."""
    return ServerApi(tenant)


@pytest.fixture
def bob(cluster, tenant):
    """Connected to the second."""
    declare(tenant, "news")
    with RawClient(cluster[1]) as client:
        client.who = client.connect(connection_token(tenant.at(1), "bob"))
        yield client


def test_disconnect(api, bob):
    api("disconnect", user="bob", disconnect={"code": 4321, "reason": "elsewhere"})
    assert bob.closing() == (4321, "elsewhere")


def test_a_disconnect_spares_whom_it_names(cluster, tenant, api, bob):
    with RawClient(cluster[0]) as also_bob:
        also_bob.connect(connection_token(tenant, "bob"))
        api("disconnect", user="bob", whitelist=[bob.who["client"]])
        assert also_bob.closing()[0] == 3503
        assert bob.request("history", {"channel": "user:bob"})["history"] is not None


def test_subscribe_publish_and_unsubscribe(api, bob):
    api("subscribe", user="bob", channel="news:all")
    bob.push("subscribe", "news:all")
    api("publish", channel="news:all", data={"n": 1})
    assert bob.push("pub", "news:all")["data"] == {"n": 1}
    api("unsubscribe", user="bob", channel="news:all")
    assert bob.push("unsubscribe", "news:all")["code"] == 2000


def test_refresh(api, bob):
    api("refresh", user="bob", expire_at=4_000_000_000)
    assert bob.push("refresh")["expires"] is True


def test_presence_and_channels_of_all_nodes(cluster, tenant, api, bob):
    chat = create_group(tenant, "alice", "bob")
    channel = f"chat:{chat}"
    with RawClient(cluster[0]) as alice:
        alice.connect(connection_token(tenant, "alice"))
        watch = {"channel": channel, "token": subscribe_token(tenant, "alice", chat), "join_leave": True}
        alice.result("subscribe", watch)
        bob.result("subscribe", {"channel": channel, "token": subscribe_token(tenant.at(1), "bob", chat)})
        assert alice.push("join", channel)["info"]["user"] == "bob"
        users = {info["user"] for info in api("presence", channel=channel)["presence"].values()}
        assert users == {"alice", "bob"}
        assert api("presence_stats", channel=channel) == {"num_clients": 2, "num_users": 2}
        assert bob.result("presence_stats", {"channel": channel}) == {"num_clients": 2, "num_users": 2}
        assert {info["user"] for info in alice.result("presence", {"channel": channel})["presence"].values()} == users
        assert api("channels", pattern="chat:*")["channels"] == {channel: {"num_clients": 2}}
        nodes = api("info")["nodes"]
        assert len(nodes) == 2 and sum(node["num_clients"] for node in nodes) == 2
        assert len({node["uid"] for node in nodes}) == 2
        bob.result("unsubscribe", {"channel": channel})
        assert alice.push("leave", channel)["info"]["user"] == "bob"


def test_emulation_finds_the_node_of_its_session(cluster, tenant):
    """HTTP streaming: what the client says comes to whichever node the proxy picks."""
    connect = {"id": 1, "connect": {"token": connection_token(tenant.at(1), "bob")}}
    with httpx.Client(base_url=cluster[1].url, timeout=10, trust_env=False) as streaming:
        with streaming.stream("POST", "/connection/http_stream", json=connect) as stream:
            lines = stream.iter_lines()
            hello = next(line for line in lines if "connect" in line)
            result = json.loads(hello)["connect"]
            said = {
                "session": result["session"],
                "node": result["node"],
                "data": json.dumps({"id": 2, "history": {"channel": "user:bob"}}),
            }
            reply = httpx.post(cluster[0].url + "/emulation", json=said, trust_env=False)
            assert reply.status_code == 204, reply.text
            assert json.loads(next(line for line in lines if '"id":2' in line))["history"] is not None
            lost = httpx.post(cluster[0].url + "/emulation", json=said | {"node": "nobody"}, trust_env=False)
            assert lost.status_code == 404


def test_a_dead_node_is_left_out(start_cluster):
    cluster = start_cluster(2)
    tenant = cluster.tenant()
    api = ServerApi(tenant)
    assert len(api("info")["nodes"]) == 2
    cluster[1].kill()
    assert len(api("info")["nodes"]) == 1  # after it was waited for
    wait_until(lambda: cluster.metric(0, "parlance_bus_peers") == 0, 15)
    assert len(api("info")["nodes"]) == 1
    tenant.close()
