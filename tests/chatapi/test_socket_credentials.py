"""A socket is worth what its credential and its user are worth now, not when it was opened."""

import time

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from chatapi_support import Socket, create_room, query, send
from harness.bearer import Bearer as TokenBearer
from harness.spelling import prefixed


class Bearer(TokenBearer):
    def socket(self):
        return Socket(self.tenant.server, headers=self.headers)

    def single_use(self):
        reply = httpx.post(self.tenant.server.url + "/ws/token", headers=self.headers, trust_env=False)
        assert reply.status_code == 200, reply.text
        return "/ws?" + query(token=reply.json()["token"])


def set_role(tenant, user, role):
    assert tenant.as_backend().put(f"/admin/users/{user}", json={"role": role}).status_code == 200


@pytest.fixture
def channel(tenant):
    """A room of all members, which guests neither see nor write to."""
    set_role(tenant, "olga", "owner")
    made = tenant.as_user("olga").post("/chat/conversations/create", json={"visibility": "global", "name": "all"})
    assert made.status_code == 201, made.text
    return prefixed("room_")(int(made.json()["id"]))


def test_a_demoted_user_may_do_on_an_open_socket_what_requests_may(server, tenant, channel):
    joe = tenant.as_user("joe")
    with Socket(server, tenant, "joe") as socket:
        socket.send({"type": "send_message", "room_id": channel, "content": "as a member", "client_id": "1"})
        assert socket.expect("message.sent")["client_id"] == "1"
        set_role(tenant, "joe", "guest")
        assert joe.post(f"/rooms/{channel}/messages", json={"content": "x"}).status_code in (403, 404)
        for frame in (
            {"type": "send_message", "room_id": channel, "content": "as a guest", "client_id": "2"},
            {"type": "subscribe", "room_id": channel},
        ):
            socket.send(frame)
            assert socket.expect("error")["code"] in ("AUTHORIZATION_ERROR", "NOT_FOUND")
        send(tenant.as_user("olga"), channel, "for members")
        assert not [frame for frame in socket.settle() if frame["type"] == "message" and frame["content"] == "for members"]
        set_role(tenant, "joe", "member")
        socket.send({"type": "send_message", "room_id": channel, "content": "a member again", "client_id": "3"})
        assert socket.expect("message.sent")["client_id"] == "3"


def test_a_socket_opened_by_a_single_use_token_ends_with_who_asked_for_it(server, tenant):
    ann = Bearer(tenant, "ann", expires_in=2)
    with Socket(server, path=ann.single_use()) as socket:
        assert socket.closing(6) == (1008, "credential expired")


def test_a_single_use_token_opens_nothing_when_who_asked_for_it_has_ended(server, tenant):
    short, revoked = Bearer(tenant, "ann", expires_in=1), Bearer(tenant, "ann")
    paths = [short.single_use(), revoked.single_use()]
    revoked.revoke()
    time.sleep(1.2)
    for path in paths:
        with pytest.raises(InvalidStatus) as refused:
            Socket(server, path=path)
        assert refused.value.response.status_code == 401


def test_a_revoked_tokens_sockets_close(server, tenant):
    ann, other = Bearer(tenant, "ann"), Bearer(tenant, "ann")
    with ann.socket() as direct, Socket(server, path=ann.single_use()) as exchanged, other.socket() as kept:
        ann.revoke()
        assert direct.closing(5) == (1008, "credential revoked")
        assert exchanged.closing(5) == (1008, "credential revoked")
        room = create_room(tenant.as_user("bob"), members=["ann", "bob"])
        send(tenant.as_user("bob"), room, "to whom it may concern")
        assert kept.expect("message")["content"] == "to whom it may concern"


def test_a_deleted_tenants_sockets_do_nothing_more(server, tenant, master):
    with Socket(server, tenant, "ann") as socket:
        socket.settle()
        assert master.delete(f"/admin/tenants/{tenant.tenant_id}").status_code in (200, 204)
        socket.send({"type": "subscribe"})
        assert socket.closing(5) == (1008, "credential revoked")
