"""A stream is worth what its credential is worth now, not when it was opened."""

import pytest

from anytype_support import Chat, EventStream


@pytest.fixture
def chat(tenant):
    return Chat.main(tenant, "alice")


class Opened(EventStream):
    """A stream opened by a token of POST /admin/tokens."""

    def __init__(self, chat, user, **fields):
        reply = chat.tenant.as_backend().post("/admin/tokens", json={"user_id": user, **fields})
        assert reply.status_code == 201, reply.text
        self.id = reply.json()["id"]
        super().__init__(chat.tenant, user, chat.url + "/subscribe")
        self._client.headers = {"Authorization": f"Bearer {reply.json()['token']}"}


def test_a_revoked_tokens_streams_end(chat):
    with Opened(chat, "alice") as ended, Opened(chat, "alice") as kept:
        ended.next("initial"), kept.next("initial")
        assert chat.tenant.as_backend().delete(f"/admin/tokens/{ended.id}").status_code in (200, 204)
        ended.wait_for_end(5)
        chat.send("alice", "to whom it may concern")
        assert kept.until(lambda event: event.name == "add", timeout=5)


def test_an_expired_tokens_streams_end_at_once(chat):
    with Opened(chat, "alice", expires_in=2) as stream:
        stream.wait_for_end(5)
