"""A WebSocket is worth what its credential is worth now, not when it was opened."""

from structchat_support import Socket


class Bearer:
    def __init__(self, org, user, **fields):
        reply = org.tenant.as_backend().post("/admin/tokens", json={"user_id": user, **fields})
        assert reply.status_code == 201, reply.text
        self.org = org
        self.id = reply.json()["id"]
        self.headers = {"Authorization": f"Bearer {reply.json()['token']}"}

    def exchanged(self):
        reply = self.org.client(**self.headers).post("/ws/token")
        assert reply.status_code == 200, reply.text
        return Socket(self.org, None, path=f"/v1/ws?token={reply.json()['token']}", headers={})

    def revoke(self):
        assert self.org.tenant.as_backend().delete(f"/admin/tokens/{self.id}").status_code in (200, 204)


def test_a_socket_opened_by_a_single_use_token_ends_with_who_asked_for_it(org):
    with Bearer(org, "mike", expires_in=2).exchanged() as socket:
        assert socket.closing(6) == (1008, "credential expired")


def test_a_revoked_tokens_sockets_close(org):
    mike = Bearer(org, "mike")
    with mike.exchanged() as exchanged, Socket(org, None, headers=mike.headers) as direct:
        mike.revoke()
        assert exchanged.closing(5) == (1008, "credential revoked")
        assert direct.closing(5) == (1008, "credential revoked")
