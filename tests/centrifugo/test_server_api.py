"""Centrifugo's server API, as a backend that already uses it calls it."""

import base64
import threading
import time

import httpx
import pytest
from centrifugo_support import RawClient, ServerApi, connection_token, create_group, declare, send


@pytest.fixture
def api(tenant):
    declare(tenant, "news")
    api = ServerApi(tenant)
    yield api
    api.client.close()


@pytest.fixture
def alice(server, tenant, api):
    with RawClient(server) as client:
        client.welcome = client.connect(connection_token(tenant, "alice"))
        yield client


def test_the_key_is_taken_from_three_places_in_order(server, tenant):
    def status(headers=None, query=""):
        return httpx.post(f"{server.url}/api/info{query}", headers=headers or {}, json={}).status_code

    good, bad = tenant.api_key, "sk_wrong"
    assert status({"X-API-Key": good}) == 200
    assert status({"Authorization": f"apikey {good}"}) == 200
    assert status(query=f"?api_key={good}") == 200
    assert status({"X-API-Key": good, "Authorization": f"apikey {bad}"}, f"?api_key={bad}") == 200
    assert status({"X-API-Key": bad, "Authorization": f"apikey {good}"}) == 401
    assert status({"Authorization": f"apikey {bad}"}, f"?api_key={good}") == 401
    assert status({"Authorization": f"Bearer {good}"}) == 401
    reply = httpx.post(f"{server.url}/api/publish", json={})
    assert reply.status_code == 401 and reply.content == b""


def test_errors_come_with_200_or_as_the_status(server, tenant, api):
    unknown = {"channel": "weather:x", "data": 1}
    reply = api.raw("publish", unknown)
    assert (reply.status_code, reply.json()) == (200, {"error": {"code": 102, "message": "unknown channel"}})
    transport = {"X-Centrifugo-Error-Mode": "transport"}
    reply = api.raw("publish", unknown, headers=transport)
    assert (reply.status_code, reply.json()) == (404, {"code": 102, "message": "unknown channel"})
    assert api.raw("publish", {"channel": "news:x"}, headers=transport).status_code == 400
    lost = {"channel": "news:x", "limit": 1, "since": {"offset": 1, "epoch": "other"}}
    api("publish", channel="news:x", data=1)
    assert api.raw("history", lost, headers=transport).status_code == 416
    reply = api.client.post("/api/publish", content="{not json", headers={"Content-Type": "application/json"})
    assert reply.status_code == 400 and reply.headers["content-type"].startswith("text/plain")


WRONG = {
    "no channel": ("publish", {"data": 1}, 107),
    "no data": ("publish", {"channel": "news:x"}, 107),
    "a channel that is a number": ("publish", {"channel": 5, "data": 1}, 107),
    "base64 that is none": ("publish", {"channel": "news:x", "b64data": "***"}, 107),
    "base64 of what is no JSON": ("publish", {"channel": "news:x", "b64data": "AAEC"}, 107),
    "tags that are no text": ("publish", {"channel": "news:x", "data": 1, "tags": {"a": 1}}, 107),
    "a name too long": ("publish", {"channel": "news:" + "x" * 251, "data": 1}, 107),
    "a chat": ("publish", {"channel": "chat:1", "data": 1}, 103),
    "a user's own": ("publish", {"channel": "user:alice", "data": 1}, 103),
    "broadcast to none": ("broadcast", {"channels": [], "data": 1}, 107),
    "subscribe without user": ("subscribe", {"channel": "news:x"}, 107),
    "subscribe to the unknown": ("subscribe", {"channel": "weather:x", "user": "alice"}, 102),
    "unsubscribe without channel": ("unsubscribe", {"user": "alice"}, 107),
    "disconnect with a code of another range": ("disconnect", {"user": "a", "disconnect": {"code": 1000}}, 107),
    "presence of the unknown": ("presence", {"channel": "weather:x"}, 102),
    "presence of a user's own": ("presence", {"channel": "user:alice"}, 108),
    "history of a status": ("history", {"channel": "status:alice"}, 108),
    "history of no conversation": ("history", {"channel": "chat:999999", "limit": 1}, 102),
    "removing a chat's history": ("history_remove", {"channel": "chat:1"}, 103),
    "a batch without commands": ("batch", {}, 107),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_input(api, name):
    method, body, code = WRONG[name]
    assert api.error(method, **body)["code"] == code


def test_publishing_is_idempotent_by_key_and_channel(api, alice):
    alice.result("subscribe", {"channel": "news:a"})
    first = api("publish", channel="news:a", data={"text": "once"}, idempotency_key="k")
    assert api("publish", channel="news:a", data={"text": "again"}, idempotency_key="k") == first
    other = api("publish", channel="news:b", data={"text": "elsewhere"}, idempotency_key="k")
    assert other["epoch"] != first["epoch"]
    assert alice.push("pub", "news:a")["data"] == {"text": "once"}
    assert alice.settle() == []


def test_racing_publishes_with_one_key_publish_once(tenant, api):
    places = []

    def publish():
        reply = httpx.post(
            f"{tenant.server.url}/api/publish",
            headers={"X-API-Key": tenant.api_key},
            json={"channel": "news:race", "data": 1, "idempotency_key": "same"},
        )
        places.append(reply.json()["result"]["offset"])

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == [1] * 8
    assert len(api("history", channel="news:race", limit=10)["publications"]) == 1


def test_broadcast_answers_for_each_channel(api, alice):
    alice.result("subscribe", {"channel": "news:a"})
    data = {"text": "to all"}
    encoded = base64.b64encode(b'{"text": "to all"}').decode()
    result = api("broadcast", channels=["news:a", "weather:x", "chat:1", "news:b"], b64data=encoded)
    responses = result["responses"]
    assert responses[0]["result"]["offset"] == 1 and responses[3]["result"]["offset"] == 1
    assert [responses[n]["error"]["code"] for n in (1, 2)] == [102, 103]
    assert alice.push("pub", "news:a")["data"] == data


def test_subscribe_and_unsubscribe_a_user(api, alice):
    api("publish", channel="news:a", data="before")
    epoch = api("history", channel="news:a")["epoch"]
    api("subscribe", user="alice", channel="news:a", recover_since={"offset": 0, "epoch": epoch})
    pushed = alice.push("subscribe", "news:a")
    assert pushed["recoverable"] is True and pushed["recovered"] is True
    assert [p["data"] for p in pushed["publications"]] == ["before"]
    api("publish", channel="news:a", data="now")
    assert alice.push("pub", "news:a")["data"] == "now"
    api("unsubscribe", user="alice", channel="news:a", client="another")
    assert alice.settle(0.3) == []
    api("unsubscribe", user="alice", channel="news:a", client=alice.welcome["client"])
    assert alice.push("unsubscribe", "news:a")["code"] == 2000
    api("publish", channel="news:a", data="unheard")
    assert alice.settle(0.3) == []


def test_disconnect_spares_the_whitelist_and_names_a_session(server, tenant, api):
    def connect():
        client = RawClient(server)
        client.welcome = client.connect(connection_token(tenant, "alice"))
        return client

    first, second, third = connect(), connect(), connect()
    api("disconnect", user="alice", session=first.welcome["session"], disconnect={"code": 4000, "reason": "session"})
    assert first.closing() == (4000, "session")
    api("disconnect", user="alice", whitelist=[third.welcome["client"]])
    assert second.closing() == (3503, "force disconnect")
    assert third.error("rpc", {"method": "none"})["code"] == 104
    third.socket.close()


def test_refresh_moves_the_end_of_a_connection(api, alice):
    assert alice.welcome["ttl"] > 100
    import time

    api("refresh", user="alice", expire_at=int(time.time()) + 50)
    pushed = alice.wait(lambda item: "refresh" in item.get("push", {}))["push"]["refresh"]
    assert pushed["expires"] is True and pushed["ttl"] <= 51
    api("refresh", user="alice", expired=True)
    assert alice.closing() == (3005, "connection expired")


def test_presence_channels_and_info(api, alice):
    alice.result("subscribe", {"channel": "news:a"})
    client = alice.welcome["client"]
    assert api("presence", channel="news:a") == {"presence": {client: {"user": "alice", "client": client}}}
    assert api("presence_stats", channel="news:a") == {"num_clients": 1, "num_users": 1}
    assert api("presence_stats", channel="news:empty") == {"num_clients": 0, "num_users": 0}
    assert api("channels") == {"channels": {"news:a": {"num_clients": 1}}}
    assert api("channels", pattern="news:*") == {"channels": {"news:a": {"num_clients": 1}}}
    assert api("channels", pattern="*b") == {"channels": {}}
    (node,) = api("info")["nodes"]
    assert (node["num_clients"], node["num_users"], node["num_channels"], node["num_subs"]) == (1, 1, 1, 1)


def test_a_pattern_of_many_stars_takes_no_time(api, alice):
    channel = "news:" + "a" * 240
    alice.result("subscribe", {"channel": channel})
    began = time.monotonic()
    assert api("channels", pattern="*a" * 100 + "*b") == {"channels": {}}
    assert list(api("channels", pattern="*a" * 100 + "*")["channels"]) == [channel]
    assert time.monotonic() - began < 5


def test_history_of_chats_and_removing_that_of_streams(tenant, api):
    group = create_group(tenant, "alice", "bob")
    send(tenant, "bob", group, "in the log")
    newest = api("history", channel=f"chat:{group}", limit=1, reverse=True)["publications"][0]
    assert newest["data"]["data"]["content"] == "in the log"
    api("publish", channel="news:a", data=1)
    before = api("history", channel="news:a", limit=10)
    assert before["offset"] == 1 and len(before["publications"]) == 1
    assert api("history_remove", channel="news:a") == {}
    after = api("history", channel="news:a", limit=10)
    assert after == {"publications": [], "epoch": before["epoch"], "offset": 1}
    assert api("publish", channel="news:a", data=2)["offset"] == 2
    lost = {"offset": 0, "epoch": before["epoch"]}
    assert api.error("history", channel="news:a", limit=10, since=lost)["code"] == 112


def test_batch_answers_each_command(api):
    reply = api.raw(
        "batch",
        {
            "commands": [
                {"publish": {"channel": "news:a", "data": {"n": 1}}},
                {"publish": {"channel": "weather:x", "data": 1}},
                {"history": {"channel": "news:a", "limit": 1}},
                {"dance": {}},
            ],
            "parallel": False,
        },
    )
    replies = reply.json()["replies"]
    assert replies[0]["publish"]["offset"] == 1
    assert replies[1]["error"]["code"] == 102
    assert replies[2]["history"]["publications"] == [{"data": {"n": 1}, "offset": 1}]
    assert replies[3]["error"]["code"] == 104
