"""A WebSocket is worth what its credential is worth now, not when it was opened."""

from harness.bearer import Bearer as TokenBearer
from structchat_support import Socket


class Bearer(TokenBearer):
    def __init__(self, org, user, **fields):
        super().__init__(org.tenant, user, **fields)
        self.org = org

    def exchanged(self):
        reply = self.org.client(**self.headers).post("/ws/token")
        assert reply.status_code == 200, reply.text
        return Socket(self.org, None, path=f"/v1/ws?token={reply.json()['token']}", headers={})


def test_a_socket_opened_by_a_single_use_token_ends_with_who_asked_for_it(org):
    with Bearer(org, "mike", expires_in=2).exchanged() as socket:
        assert socket.closing(6) == (1008, "credential expired")


def test_a_revoked_tokens_sockets_close(org):
    mike = Bearer(org, "mike")
    with mike.exchanged() as exchanged, Socket(org, None, headers=mike.headers) as direct:
        mike.revoke()
        assert exchanged.closing(5) == (1008, "credential revoked")
        assert direct.closing(5) == (1008, "credential revoked")
