"""One of everything that has an id, made in a tenant through the server's own routes."""

import time

from harness.spelling import read_cid, read_prefixed, read_struct

# No server of a test has made so many of anything.
ABSENT_NUMBER = 2_000_000_011

ABSENT_TEXTS = {
    "dead_letter": "job_zzzzzz",
    "object_type": "no_such_type",
    "user": "nobody-of-that-name",
    "member": "nobody-of-that-name",
    "handle": "img-1",
}


class World:
    """`world["message"]` and the like: an integer, or a text where every dialect writes the same."""

    def __init__(self, tenant):
        self.tenant = tenant
        done(tenant.as_backend().put("/admin/users/alice", json={"role": "owner"}))
        self.alice = tenant.as_user("alice")
        self.ids = {"tenant": read_prefixed(tenant.tenant_id), "user": "bob"}
        self._make_room()
        self._make_space()
        self._make_thread()
        self._make_attachment()
        self._make_struct_thread()
        self.token = done(tenant.as_backend().post("/admin/tokens", json={"user_id": "alice"}))
        self.ids["token"] = self.token["id"]
        self.ids["dead_letter"] = self._make_dead_letter()

    def __getitem__(self, noun):
        return self.ids[noun]

    def _make_room(self):
        self.room = done(self.alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}))["room_id"]
        sent = done(self.alice.post(f"/rooms/{self.room}/messages", json={"content": "secret"}))
        subscribed = done(self.alice.post("/subscriptions", json={"topic": "secret"}))
        self.ids |= {
            "room": read_prefixed(self.room),
            "message": read_prefixed(sent["message_id"]),
            "subscription": subscribed["id"],
        }

    def _make_space(self):
        space = done(self.alice.post("/v1/spaces", json={"name": "Secret"}))["space"]
        self.chat_url = f"/v1/spaces/{space['id']}/chats/{space['chat_id']}"
        sent = done(self.alice.post(f"{self.chat_url}/messages", json={"text": "secret"}))["message"]
        self.files_url = f"/v1/spaces/{space['id']}/files"
        file = done(self.alice.post(self.files_url, files={"file": ("secret.txt", b"secret")}))
        self.file_url = f"{self.files_url}/{file['object_id']}"
        self.ids |= {
            "space": read_cid(space["id"]),
            "chat": read_cid(space["chat_id"]),
            "chat_message": read_cid(sent["id"]),
            "file": read_cid(file["object_id"]),
            "member": f"_participant_{space['id']}_alice",
        }
        member = f"/admin/spaces/{self['space']}/members/bob"
        done(self.tenant.as_backend().put(member, json={"role": "editor"}))

    def _make_thread(self):
        """With a program that has made an object of a type of this tenant's own."""
        done(self.tenant.as_backend().put("/admin/action-policy", json={"needs_approval": []}))
        thread = done(self.alice.post("/chat/threads", json={"client_account_id": self["space"], "subject": "Secret"}))
        self.thread_url = f"/chat/threads/{thread['id']}"
        self.ids |= {"thread": thread["id"], "object_type": f"secret_{self.tenant.tenant_id}"}
        code = f"```codeaction\nobjects.create('{self['object_type']}', {{}})\n```"
        sent = done(self.alice.post(f"{self.thread_url}/messages", json={"message": code}))
        self.ids["thread_message"] = sent["id"]
        for _ in range(200):
            if done(self.tenant.as_backend().get(f"/admin/objects/{self['object_type']}"))["data"]:
                return
            time.sleep(0.05)
        raise AssertionError("the program has made no object")

    def _upload(self):
        ticket = {"conversationId": str(self["room"]), "fileName": "a.txt", "contentType": "text/plain", "size": 6}
        ticket = done(self.alice.post("/chat/attachments/upload-ticket", json=ticket))
        request = self.alice.build_request("PUT", ticket["uploadUrl"], content=b"secret", headers=ticket["headers"])
        done(self.alice.send(request))
        return ticket["uploadId"]

    def _make_attachment(self):
        self.ids["upload"] = int(self._upload())
        finished = done(self.alice.post("/chat/attachments/finalize", json={"uploadId": self._upload()}))
        self.ids["attachment"] = int(finished["attachment"]["id"])

    def _make_struct_thread(self):
        body = {"name": "Secret", "bits": {"chan_member": True}}
        self.channel = done(self.alice.post("/v1/channels", json=body))["data"]["id"]
        made = done(self.alice.post("/v1/threads", json={"text": "secret", "xsr_ids": [self.channel]}))
        self.struct_thread = made["thread_id"]
        self._wait_for_subject()
        feed = done(self.alice.post("/v1/feed", json={"name": "Secret"}))["data"]
        bob = next(user for user in done(self.alice.get("/v1/users"))["data"] if user["xid"] == "bob")
        upload = done(self.alice.post("/v1/upload", files={"file": ("secret.txt", b"secret")}))
        self.ids |= {
            "struct_channel": read_struct(self.channel),
            "struct_thread": read_struct(self.struct_thread),
            "struct_chat": read_struct(made["chat_id"]),
            "struct_feed": read_struct(feed["id"]),
            "person": read_struct(bob["id"]),
            "handle": upload["data"]["handle"],
        }

    def _wait_for_subject(self):
        """It is made in the background, and is part of the snapshot."""
        for _ in range(200):
            if done(self.alice.get(f"/v1/threads/{self.struct_thread}"))["thread"]["subject"]:
                return
            time.sleep(0.05)
        raise AssertionError("the thread got no subject")

    def _make_dead_letter(self):
        """The server of these tests gives up after one attempt."""
        query = {"tenant_id": self.tenant.tenant_id}
        done(self.alice.post("/notify", json={"topic": "t", "payload": {}, "targets": {"user_ids": ["bob"]}}))
        for _ in range(200):
            found = done(self.tenant.as_backend().get("/admin/dead-letters", params=query))["failed_notifications"]
            if found:
                return found[0]["id"]
            time.sleep(0.05)
        raise AssertionError("the notification did not become a dead letter")

    def snapshot(self):
        """What nobody else may change."""
        client = self.alice
        bearer = {"Authorization": f"Bearer {self.token['token']}"}
        return {
            "room": done(client.get(f"/rooms/{self.room}")),
            "members": done(client.get(f"/rooms/{self.room}/members")),
            "messages": done(client.get(f"/rooms/{self.room}/messages")),
            "subscriptions": done(client.get("/subscriptions")),
            "chat": done(client.get(self.chat_url)),
            "chat messages": done(client.get(f"{self.chat_url}/messages"))["messages"],
            "file": client.get(self.file_url).text,
            "thread": done(client.get(self.thread_url)),
            "objects": done(self.tenant.as_backend().get(f"/admin/objects/{self['object_type']}")),
            "struct thread": done(client.get(f"/v1/threads/{self.struct_thread}"))["thread"],
            "channels": done(client.get("/v1/channels")),
            "feeds": done(client.get("/v1/feeds")),
            "people": done(client.get("/v1/users")),
            "organisation": done(client.get("/v1/org")),
            "token": client.get("/v1/spaces", headers=bearer).json(),
            "dead letters": done(
                self.tenant.as_backend().get("/admin/dead-letters", params={"tenant_id": self.tenant.tenant_id})
            )["failed_notifications"],
        }


def done(reply):
    assert reply.status_code < 300, (reply.request.url, reply.status_code, reply.text)
    return reply.json()
