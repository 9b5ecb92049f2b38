"""A connection is worth what its credential and its user are worth now, not when it was opened."""

import time

import httpx
import pytest

from centrifugo_support import Issuer, RawClient, ServerApi, connection_token
from harness.bearer import Bearer as TokenBearer
from test_transports import Stream


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--centrifugo-expired-grace-ms", 300)


class Bearer(TokenBearer):
    def connection_token(self):
        url = self.tenant.server.url + "/realtime/connection-token"
        reply = httpx.post(url, json={}, headers=self.headers, trust_env=False)
        assert reply.status_code == 200, reply.text
        return reply.json()["token"]


def set_role(tenant, user, role):
    assert tenant.as_backend().put(f"/admin/users/{user}", json={"role": role}).status_code == 200


def test_a_demoted_user_may_do_on_an_open_connection_what_requests_may(server, tenant):
    set_role(tenant, "mod", "moderator")

    def create(client, name):
        data = {"visibility": "global", "name": name}
        return client.request("rpc", {"method": "create-conversation", "data": data})

    with RawClient(server) as client:
        client.connect(connection_token(tenant, "mod"))
        assert "rpc" in create(client, "by a moderator")
        set_role(tenant, "mod", "guest")
        assert create(client, "by a guest")["error"]["code"] == 103
        set_role(tenant, "mod", "moderator")
        assert "rpc" in create(client, "by a moderator again")


def test_a_jwt_that_only_reads_opens_no_connection(server, tenant):
    issuer = Issuer(tenant)
    for scope in ("read", "openid read"):
        with RawClient(server) as client:
            client.write({"id": 1, "connect": {"token": issuer.token("reader", scope=scope)}})
            assert client.closing() == (3500, "invalid token")
    with RawClient(server) as client:
        client.connect(issuer.token("reader", scope="read write"))


def test_a_jwt_that_only_reads_refreshes_no_connection(server, tenant):
    issuer = Issuer(tenant)
    with RawClient(server) as client:
        client.connect(issuer.token("reader"))
        client.write({"id": 9, "refresh": {"token": issuer.token("reader", scope="read")}})
        assert client.closing() == (3500, "invalid token")


def test_a_connection_token_ends_with_who_asked_for_it(server, tenant):
    ann = Bearer(tenant, "ann", expires_in=3)
    with RawClient(server) as client:
        assert client.connect(ann.connection_token())["ttl"] <= 3
        assert client.closing(8) == (3005, "connection expired")


def test_a_revoked_tokens_connections_close(server, tenant):
    ann, other = Bearer(tenant, "ann"), Bearer(tenant, "ann")
    exchanged_token = ann.connection_token()
    with RawClient(server) as direct, RawClient(server) as exchanged, RawClient(server) as kept:
        direct.connect(ann.token), exchanged.connect(exchanged_token), kept.connect(other.connection_token())
        headers = {"Authorization": f"Bearer {ann.token}"}
        stream = Stream(
            server, "GET", "/connection/uni_sse", True, headers=headers, params={"cf_connect": "{}"}
        )
        stream.wait(lambda item: "connect" in item)
        ann.revoke()
        assert direct.closing(5) == (3500, "invalid token")
        assert exchanged.closing(5) == (3500, "invalid token")
        stream.wait_for_end(5)
        stream.close()
        assert "rpc" in kept.request("rpc", {"method": "list-conversations", "data": {}})
    with RawClient(server) as late:
        late.write({"id": 1, "connect": {"token": exchanged_token}})
        assert late.closing(5) == (3500, "invalid token")


def test_another_token_takes_the_place_of_the_first(server, tenant):
    first, second = Bearer(tenant, "ann"), Bearer(tenant, "ann")
    with RawClient(server) as client:
        client.connect(first.connection_token())
        client.result("refresh", {"token": second.connection_token()})
        first.revoke()
        assert "rpc" in client.request("rpc", {"method": "list-conversations", "data": {}})
        second.revoke()
        assert client.closing(5) == (3500, "invalid token")


def test_the_backends_word_outlasts_a_token(server, tenant):
    ann = Bearer(tenant, "ann", expires_in=2)
    with RawClient(server) as client:
        client.connect(ann.token)
        ServerApi(tenant)("refresh", user="ann", expire_at=int(time.time()) + 60)
        time.sleep(3)
        assert "rpc" in client.request("rpc", {"method": "list-conversations", "data": {}})
