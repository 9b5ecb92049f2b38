"""A small organisation to search in, and how the table of searches speaks of it.

In the table <mike> is a user's id, <general> a channel's, <org> the organisation's, <thread:foxes> a thread's and
<time:foxes> the second in which it was made.
"""

import re
import time

from structchat_support import ok, wait_until

SAAS = (
    "Hello everybody! We are planning to use Typesense for our multi-tenant SaaS and would like to know how large one"
    " collection may become before we ought to think about cutting it into several ones, and what that costs later on."
)

CHANNELS = {
    "general": {"bits": "chan_anyone"},
    "random": {"bits": "chan_anyone"},
    "staff": {"bits": "chan_member"},
    "vault": {"bits": "chan_hidden"},
}

# In the order of their making, a second apart: channels, subject, and the chats with their authors.
THREADS = {
    "typesense": (
        ["general"],
        "Discussions on Typesense, Collections, and Dynamic Fields",
        [("mike", SAAS), ("mary", "Sharding is a beta feature. #databases"), ("olga", "you told me :grin:")],
    ),
    "release": (
        ["general"],
        "Release plan",
        [
            ("mary", "The quick brown fox release is due on Friday. #release"),
            ("mike", "Rollback: restore the snapshot, then tell <@4L6c8> &amp; everybody else."),
        ],
    ),
    "lunch": (
        ["random"],
        "Lunch",
        [
            ("mike", "Café crème and 日本語 menu today #food"),
            ("mary", "東京は日本の首都です"),
            ("adam", "I don't eat fish"),
        ],
    ),
    "foxes": (
        ["random", "general"],
        "Foxes",
        [("olga", "Brown foxes are quick, the dog is lazy #animals #food"), ("olga", "Волк и ёлка")],
    ),
    "outage": (["general"], "Old outage, fixed", [("adam", "The database was down #databases")]),
    "keys": (["staff"], "Key rotation", [("olga", "Rotate the typesense cluster key #secret")]),
    "plot": (["vault"], "The plot", [("olga", "A secret typesense plot #secret")]),
}

MEMBERS = {"staff": ["mary"]}

REFERENCE = re.compile(r"<((?:thread|time):)?([a-z]+)>")


class World:
    def __init__(self, org):
        self.org = org
        self.channels = {name: org.channel(name=name, **fields) for name, fields in CHANNELS.items()}
        for name, people in MEMBERS.items():
            for person in people:
                ok(org[person].post("/v1/channels/join", json={"id": self.channels[name]}))
        self.threads = {}
        for name, (channels, subject, chats) in THREADS.items():
            self._make(name, channels, subject, chats)
            time.sleep(1.05)
        ok(org["adam"].put("/v1/threads", json={"id": self.threads["outage"], "bits": {"resolved": True}}))
        for thread in self.threads.values():
            wait_until(lambda thread=thread: self._is_told(thread))
        documents = [org.opened(thread)["thread"] for thread in self.threads.values()]
        self.times = {name: thread["created_at"] for name, thread in zip(self.threads, documents)}
        self.names = {thread: name for name, thread in self.threads.items()}

    def _make(self, name, channels, subject, chats):
        author, text = chats[0]
        made = {"text": text, "subject": subject, "xsr_ids": [self.channels[channel] for channel in channels]}
        thread = ok(self.org[author].post("/v1/threads", json=made))["thread_id"]
        for author, text in chats[1:]:
            self.org.chat(thread, text, by=author)
        self.threads[name] = thread

    def _is_told(self, thread):
        told = self.org.opened(thread)["thread"]
        return told["summary"] and told["tags"]

    def filled(self, value):
        """A part of the table with the ids that it speaks of."""
        if isinstance(value, dict):
            return {self.filled(key): self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, str):
            return REFERENCE.sub(self._referred, value)
        return value

    def _referred(self, match):
        kind, name = match.groups()
        if kind == "thread:":
            return self.threads[name]
        if kind == "time:":
            return str(self.times[name])
        if name == "org":
            return self.org.id
        return self.org.ids.get(name) or self.channels.get(name) or match.group()

    def client(self, name):
        return self.org.stranger() if name == "nobody" else self.org[name]
