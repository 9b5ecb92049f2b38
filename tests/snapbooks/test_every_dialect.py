"""A message with code through each of the other dialects: it does the same, and nobody is shown the code."""

import pytest
from harness.spelling import (
    CID_CONVERSATION, CID_MESSAGE, STRUCT_CHAT, cid, prefixed, read_cid, read_prefixed, struct
)
from snapbooks_support import (
    APPROVAL, HIDDEN, RESULT_ONLY, action, messages, objects, post, set_policy, wait_until
)

SECRET = "hush_hush"
CODE = f"local {SECRET} = 100 objects.create('invoice', {{amount = {SECRET}}})"


class Voice:
    """A conversation of Alice and Bob through one dialect. `number` is the conversation's integer.

    Every reply is kept, so that a test can look through what was said to clients.
    """

    def __init__(self, tenant):
        self.tenant = tenant
        self.clients = {user: tenant.as_user(user) for user in ("alice", "bob")}
        self.said = []
        self.number = self.open()

    def call(self, user, method, path, **more):
        reply = self.clients[user].request(method, path, **more)
        self.said.append(reply.text)
        return reply

    def ok(self, user, method, path, **more):
        reply = self.call(user, method, path, **more)
        assert reply.status_code < 300, (path, reply.status_code, reply.text)
        return reply.json()


class ChatApi(Voice):
    def open(self):
        body = {"type": "group", "members": ["alice", "bob"]}
        self.path = f"/rooms/{self.ok('alice', 'POST', '/rooms', json=body)['room_id']}/messages"
        return read_prefixed(self.path.split("/")[2])

    def send(self, user, text):
        return self.call(user, "POST", self.path, json={"content": text})

    def edit(self, user, message, text):
        return self.call(user, "PUT", f"{self.path}/{prefixed('msg_')(message)}", json={"content": text})

    def texts(self, user):
        return [message["content"] for message in self.ok(user, "GET", self.path)]


class Anytype(ChatApi):
    """Anytype makes no chat of two: it speaks in a room of ChatAPI's."""

    def open(self):
        number = super().open()
        space = self.ok("alice", "GET", "/v1/spaces")["data"][0]["id"]
        self.path = f"/v1/spaces/{space}/chats/{cid(CID_CONVERSATION)(number)}/messages"
        return number

    def send(self, user, text):
        return self.call(user, "POST", self.path, json={"text": text})

    def edit(self, user, message, text):
        return self.call(user, "PATCH", f"{self.path}/{cid(CID_MESSAGE)(message)}", json={"text": text})

    def texts(self, user):
        return [message["content"]["text"] for message in self.ok(user, "GET", self.path)["messages"]]

    def search(self, user, query):
        found = self.ok(user, "POST", self.path.removesuffix("messages") + "search", json={"query": query})
        return [read_cid(result["message"]["id"]) for result in found["results"]]


class Conversations(Voice):
    def open(self):
        body = {"visibility": "group", "memberIds": ["bob"]}
        self.id = self.ok("alice", "POST", "/chat/conversations/create", json=body)["id"]
        return int(self.id)

    def send(self, user, text):
        return self.call(user, "POST", "/chat/messages/send", json={"conversationId": self.id, "content": text})

    def edit(self, user, message, text):
        return self.call(user, "POST", f"/chat/messages/{message}/update", json={"content": text})

    def texts(self, user):
        listing = self.ok(user, "POST", "/chat/messages/list", json={"conversationId": self.id})
        return [message["content"] for message in listing["data"]]

    def search(self, user, query):
        found = self.ok(user, "POST", "/chat/messages/search", json={"query": query})
        return [int(message["id"]) for message in found["data"]]


class Struct(Voice):
    """The thread begins with a chat of its own, which is left out of its texts."""

    def open(self):
        for user in self.clients:
            reply = self.tenant.as_backend().put(f"/admin/users/{user}", json={"role": "admin"})
            assert reply.status_code == 200, reply.text
        channel = self.ok("alice", "POST", "/v1/channels", json={"name": "books", "bits": {"chan_anyone": True}})
        body = {"text": "first", "xsr_ids": [channel["data"]["id"]]}
        self.id = self.ok("alice", "POST", "/v1/threads", json=body)["thread_id"]
        return int(self.id[2:], 16)

    def send(self, user, text):
        return self.call(user, "POST", "/v1/chats", json={"thread_id": self.id, "text": text})

    def edit(self, user, message, text):
        return self.call(user, "PUT", "/v1/chats", json={"id": struct(STRUCT_CHAT)(message), "text": text})

    def texts(self, user):
        chats = self.ok(user, "GET", f"/v1/chats/{self.id}")["chats"]
        return [chat["text"] for chat in sorted(chats, key=lambda chat: int(chat["id"][2:], 16))][1:]

    def search(self, user, query):
        """Threads, not messages."""
        found = self.ok(user, "POST", "/v1/search", json={"q": query, "query_by": "chats", "num_typos": 0})
        return [int(hit["document"]["id"][2:], 16) for hit in found["hits"]]


VOICES = [ChatApi, Anytype, Conversations, Struct]


@pytest.fixture(params=VOICES, ids=lambda voice: voice.__name__)
def voice(request, tenant):
    return request.param(tenant)


def log_of(voice, user="alice"):
    """The messages as Snapbooks shows them; without Struct's first one."""
    found = messages(voice.clients[user], voice.number)
    return found[1:] if isinstance(voice, Struct) else found


def wait_for(voice, count):
    return wait_until(lambda: (found := log_of(voice))[count - 1 :] and found)


def previewed(voice, text):
    """Sends it, and waits for its preview."""
    assert voice.send("alice", text).status_code < 300
    return wait_until(lambda: (found := log_of(voice)[-1])["action_mode"] == "preview" and found)


def test_a_preview_and_its_approval(voice):
    message = previewed(voice, action(CODE, "Look:\n"))
    assert message["action_items"][0]["needs_approval"] is True
    assert objects(voice.tenant, "invoice") == []
    assert voice.send("bob", APPROVAL).status_code < 300
    shown = wait_for(voice, 3)
    assert [found["action_mode"] for found in shown] == ["preview", None, "write"]
    for user in ("alice", "bob"):
        assert voice.texts(user) == [found["message"] for found in shown]
    assert shown[0]["message"].count(HIDDEN) == 2 and shown[2]["message"] == RESULT_ONLY
    [invoice] = objects(voice.tenant, "invoice")
    assert (invoice["fields"], invoice["created_by"]) == ({"amount": 100}, "bob")
    assert SECRET not in "".join(voice.said)


def test_what_needs_no_approval_runs_at_once(voice):
    set_policy(voice.tenant, [])
    assert voice.send("alice", action(CODE)).status_code < 300
    assert wait_for(voice, 2)[1]["action_mode"] == "write"
    assert voice.texts("bob")[1] == RESULT_ONLY
    assert len(objects(voice.tenant, "invoice")) == 1


def test_a_second_approval_is_refused(voice):
    assert voice.send("alice", APPROVAL).status_code == 400
    previewed(voice, action(CODE))
    assert voice.send("bob", APPROVAL).status_code < 300
    again = voice.send("bob", APPROVAL)
    assert again.status_code == 409 and "has been run already" in again.text
    assert wait_for(voice, 3)[2]["action_mode"] == "write"
    assert len(objects(voice.tenant, "invoice")) == 1


def test_an_edited_program_cannot_be_approved(voice):
    message = previewed(voice, action(CODE, "Look:\n"))
    edited = voice.edit("alice", message["id"], message["message"].replace("Look", "Please look"))
    assert edited.status_code < 300, edited.text
    assert log_of(voice)[0]["action_items"] == message["action_items"]
    assert voice.edit("alice", message["id"], action(CODE.replace("100", "1000000"))).status_code < 300
    refused = voice.send("bob", APPROVAL)
    assert refused.status_code == 409 and "edited after its preview" in refused.text
    assert log_of(voice)[0]["action_mode"] is None
    assert objects(voice.tenant, "invoice") == [] and SECRET not in "".join(voice.said)


@pytest.mark.parametrize("kind", [Anytype, Conversations, Struct])
def test_a_search_finds_what_stands_beside_the_code(tenant, kind):
    voice = kind(tenant)
    message = previewed(voice, action(CODE, "apricot\n"))
    wanted = voice.number if kind is Struct else message["id"]
    assert wait_until(lambda: voice.search("bob", "apricot")) == [wanted]
    # Later ones may repeat what was asked.
    assert SECRET not in "".join(voice.said)
    for word in (SECRET, "hush", "invoice", "amount"):
        assert voice.search("bob", word) == [], word


def test_what_snapbooks_sends_is_hidden_everywhere(tenant):
    voices = [kind(tenant) for kind in VOICES]
    alice = tenant.as_user("alice")
    for voice in voices:
        shown = post(alice, voice.number, action(CODE, "Look:\n"))["message"]
        assert voice.texts("bob") == [shown] and shown.count(HIDDEN) == 2
        assert SECRET not in "".join(voice.said)
    assert SECRET not in alice.post("/chat/conversations/list", json={}).text
