"""Every operation by rpc over a live connection, and what others are told of it."""

import json

import pytest
from conversations_support import call, create, send, upload, wait_until
from test_conversations import OPERATIONS
from websockets.sync.client import connect


class Live:
    """A client of the Centrifugo protocol's JSON form; pushes are kept in `pushes`."""

    def __init__(self, server, client):
        self.socket = connect(server.ws_url + "/connection/websocket", proxy=None, max_size=None).__enter__()
        self.pushes, self.waiting, self.number, self.methods = [], [], 0, set()
        self.result = self.command("connect", {"token": call(client, "/realtime/connection-token")["token"]})["connect"]

    def command(self, name, body):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, name: body}))
        while True:
            frame = self.next()
            if frame.get("id") == self.number:
                return frame

    def next(self, timeout=10):
        while True:
            while not self.waiting:
                self.waiting = [json.loads(line) for line in self.socket.recv(timeout=timeout).splitlines() if line]
            frame = self.waiting.pop(0)
            if not frame:
                self.socket.send("{}")
            elif "push" in frame:
                self.pushes.append(frame["push"])
                return frame
            else:
                return frame

    def rpc(self, method, **params):
        self.methods.add(method)
        reply = self.command("rpc", {"method": method, "data": params})
        return reply.get("error") or reply["rpc"]["data"]

    def events(self, channel):
        """{type, data} of what was published on the channel so far."""
        return [push["pub"]["data"] for push in self.pushes if push.get("channel") == channel and "pub" in push]

    def expect(self, channel, kind):
        """The data of the next event of that type, among those that came already or come now."""

        def find():
            found = [event for event in self.events(channel) if event["type"] == kind]
            if found:
                return found[-1]
            try:
                self.next(0.2)
            except TimeoutError:
                pass
            return None

        return wait_until(find)["data"]


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def live(server, alice):
    live = Live(server, alice)
    yield live
    live.socket.close()


def test_every_operation_is_an_rpc(live, alice, bob):
    made = live.rpc("create-conversation", visibility="group", memberIds=["bob"], name="By rpc")
    id = made["id"]
    assert made == call(alice, f"/chat/conversations/{id}/get") == live.rpc("get-conversation", id=id)
    sent = live.rpc("send-message", conversationId=id, content="hello", clientMsgId="c")
    assert live.rpc("send-message", conversationId=id, content="hello", clientMsgId="c") == sent
    assert live.rpc("list-messages", conversationId=id)["data"] == [sent]
    assert live.rpc("search-messages", query="hello")["data"] == [sent]
    assert live.rpc("edit-message", id=sent["id"], content="edited")["content"] == "edited"
    assert live.rpc("send-typing", conversationId=id) == {}
    assert live.rpc("add-reaction", id=sent["id"], emoji="👍")["reactions"][0]["count"] == 1
    assert live.rpc("remove-reaction", id=sent["id"], emoji="👍")["reactions"] == []
    assert live.rpc("pin-message", id=sent["id"])["pinned"] is True
    assert len(live.rpc("list-pinned-messages", id=id)["data"]) == 1
    assert live.rpc("unpin-message", id=sent["id"])["pinned"] is False
    assert live.rpc("list-conversations")["data"][0]["id"] == id
    assert live.rpc("update-conversation", id=id, name="New")["name"] == "New"
    assert live.rpc("convert-conversation", id=id, visibility="private")["visibility"] == "private"
    assert live.rpc("add-conversation-member", id=id, userId="carol")["userId"] == "carol"
    assert live.rpc("remove-conversation-member", id=id, userId="carol") == {}
    assert live.rpc("mark-conversation-read", id=id, messageId=sent["id"])["lastReadMessageId"] == sent["id"]
    assert live.rpc("update-conversation-preferences", id=id, starred=True)["starred"] is True
    assert live.rpc("get-subscribe-token", conversationId=id)["channel"] == f"chat:{id}"
    assert "token" in live.rpc("get-connection-token")
    ticket = live.rpc(
        "chat-attachment-upload-ticket", conversationId=id, fileName="a", contentType="text/plain", size=5
    )
    put = alice.build_request("PUT", ticket["uploadUrl"], content=b"hello", headers=ticket["headers"])
    assert alice.send(put).status_code == 200
    attachment = live.rpc("chat-attachment-finalize", uploadId=ticket["uploadId"])["attachment"]
    live.rpc("send-message", conversationId=id, attachmentIds=[attachment["id"]])
    assert live.rpc("list-conversation-attachments", id=id)["data"][0]["id"] == attachment["id"]
    assert live.rpc("delete-message", id=sent["id"])["content"] is None
    assert live.rpc("archive-conversation", id=id)["archivedAt"] is not None
    assert live.rpc("leave-conversation", id=id) == {}
    assert live.methods == {*OPERATIONS, "get-connection-token"} and len(OPERATIONS) == 26
    assert bob.post(f"/chat/conversations/{id}/get", json={}).status_code == 200


def test_an_rpc_is_refused_like_the_call(live, bob):
    theirs = create(bob, "group")["id"]
    assert live.rpc("get-conversation", id=theirs)["code"] == 103
    assert live.rpc("get-conversation", id=int(theirs))["code"] == 107
    assert live.rpc("send-message", conversationId=theirs, content="")["code"] == 107


def test_the_channel_of_a_conversation_tells_of_every_change(live, alice, bob):
    id = create(alice, "group", ["bob"])["id"]
    channel = f"chat:{id}"
    token = call(alice, "/chat/subscribe-token", {"conversationId": id})["token"]
    assert "error" not in live.command("subscribe", {"channel": channel, "token": token})
    sent = send(bob, id, "hello")
    assert live.expect(channel, "message.created") == sent
    path = f"/chat/messages/{sent['id']}"
    edited = call(bob, f"{path}/update", {"content": "edited"})
    assert live.expect(channel, "message.updated") == edited
    call(bob, f"{path}/reactions/add", {"emoji": "👍"})
    assert live.expect(channel, "reaction.added")["emoji"] == "👍"
    call(bob, f"{path}/reactions/remove", {"emoji": "👍"})
    assert live.expect(channel, "reaction.removed")["userId"] == "bob"
    call(bob, f"{path}/pin")
    assert live.expect(channel, "message.pinned")["messageId"] == sent["id"]
    call(bob, f"{path}/unpin")
    live.expect(channel, "message.unpinned")
    call(bob, "/chat/typing/send", {"conversationId": id})
    assert live.expect(channel, "typing") == {"conversationId": id, "userId": "bob", "active": True}
    call(alice, f"/chat/conversations/{id}/update", {"name": "New"})
    assert live.expect(channel, "conversation.updated")["name"] == "New"
    call(alice, f"/chat/conversations/{id}/members/add", {"userId": "carol"})
    assert live.expect(channel, "member.added")["userId"] == "carol"
    call(alice, f"/chat/conversations/{id}/members/remove", {"userId": "carol"})
    assert live.expect(channel, "member.removed")["userId"] == "carol"
    live.pushes.clear()
    attachment = upload(bob, id, b"late", messageId=sent["id"])
    assert live.expect(channel, "message.updated")["attachments"] == [attachment]
    call(bob, f"/chat/conversations/{id}/read", {"messageId": sent["id"]})
    assert live.expect(channel, "read.updated")["userId"] == "bob"
    call(bob, f"{path}/delete")
    assert live.expect(channel, "message.deleted")["content"] is None
    call(bob, f"/chat/conversations/{id}/leave")
    assert live.expect(channel, "member.left")["userId"] == "bob"
    call(alice, f"/chat/conversations/{id}/archive")
    assert live.expect(channel, "conversation.archived")["id"] == id


def test_a_users_own_channel_tells_its_devices(tenant, live, alice, bob):
    id = create(bob, "group", ["alice"])["id"]
    assert live.expect("user:alice", "conversation.added")["id"] == id
    sent = send(bob, id, "<@alice>")
    assert live.expect("user:alice", "mention")["messageId"] == sent["id"]
    call(alice, f"/chat/conversations/{id}/read", {"messageId": sent["id"]})
    assert live.expect("user:alice", "read.updated")["conversationId"] == id
    call(alice, f"/chat/conversations/{id}/preferences/update", {"starred": True})
    assert live.expect("user:alice", "conversation.updated")["id"] == id
    call(bob, f"/chat/conversations/{id}/members/remove", {"userId": "alice"})
    assert live.expect("user:alice", "conversation.removed")["id"] == id


def test_hiding_a_global_channel_reaches_the_other_devices(tenant, live, alice):
    assert tenant.as_backend().put("/admin/users/mod", json={"role": "moderator"}).status_code in (200, 201)
    news = create(tenant.as_user("mod"), "global", name="News")["id"]
    call(alice, f"/chat/conversations/{news}/leave")
    assert live.expect("user:alice", "conversation.removed")["id"] == news
