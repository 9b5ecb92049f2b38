"""A live stream ends where its user's sight does: whatever took it away, in whichever dialect, the next message does not
come, while those of another conversation go on coming.

Every case makes two places that the reader sees. In both a message arrives; then the first is taken away, and a message
is sent into each.
"""

import json
import time

import pytest
from anytype_support import EventStream
from centrifugo_support import RawClient, connection_token
from chatapi_support import Socket as ChatApiSocket
from harness.spelling import CID_CONVERSATION, STRUCT_THREAD, cid, prefixed, read_cid, read_prefixed, read_struct, struct
from structchat_support import Socket as StructSocket

EVERYTHING = "6N1"
ROOM, CHAT, THREAD = prefixed("room_"), cid(CID_CONVERSATION), struct(STRUCT_THREAD)


def done(reply):
    assert reply.status_code < 300, (reply.request.url, reply.status_code, reply.text)
    return reply.json() if reply.content else None


class World:
    """A tenant whose owner writes and whose reader is a plain member."""

    def __init__(self, tenant):
        self.tenant = tenant
        self.server = tenant.server
        self.backend = tenant.as_backend()
        done(self.backend.put("/admin/users/owner", json={"role": "owner"}))
        done(self.backend.put("/admin/users/reader", json={"role": "member"}))
        self.owner = tenant.as_user("owner")
        self.reader = tenant.as_user("reader")
        self.general = next(s["id"] for s in done(self.owner.get("/v1/spaces"))["data"] if s["name"] == "General")

    def channel(self, bits="chan_anyone"):
        return done(self.owner.post("/v1/channels", json={"name": bits, "bits": {bits: True}}))["data"]["id"]

    def thread(self, channel):
        made = done(self.owner.post("/v1/threads", json={"text": "first", "xsr_ids": [channel]}))
        return Place(self, read_struct(made["thread_id"]))

    def open_thread(self):
        return self.thread(self.channel())


class Place:
    """A conversation, by its number; of the space whose id Anytype wants beside it."""

    def __init__(self, world, number, space=None):
        self.world = world
        self.number = number
        self.chat_url = f"/v1/spaces/{space or world.general}/chats/{CHAT(number)}"

    def send(self, text):
        done(self.world.owner.post(f"/rooms/{ROOM(self.number)}/messages", json={"content": text}))

    def is_seen(self):
        status = self.world.reader.get(f"/rooms/{ROOM(self.number)}/messages").status_code
        assert status in (200, 403, 404)
        return status == 200


# What takes the first place away: a function that makes it, and returns it with what takes it.


def out_of_the_space(world):
    members = [{"user_id": "owner", "role": "owner"}, {"user_id": "reader", "role": "editor"}]
    made = done(world.backend.post("/admin/spaces", json={"name": "finance", "members": members}))
    space = next(s for s in done(world.owner.get("/v1/spaces"))["data"] if s["name"] == "finance")
    place = Place(world, read_cid(space["chat_id"]), space["id"])
    return place, lambda: done(world.backend.delete(f"/admin/spaces/{made['space_id']}/members/reader"))


def leaves_the_channel(world):
    channel = world.channel("chan_member")
    done(world.reader.post("/v1/channels/join", json={"id": channel}))
    return world.thread(channel), lambda: done(world.reader.post("/v1/channels/leave", json={"id": channel}))


def put_out_of_the_channel(world):
    channel = world.channel("chan_member")
    done(world.reader.post("/v1/channels/join", json={"id": channel}))
    url = f"/chat/conversations/{read_struct(channel)}/members/remove"
    return world.thread(channel), lambda: done(world.owner.post(url, json={"userId": "reader"}))


def hide(world, channel):
    done(world.owner.put("/v1/channel-bits", json={"id": channel, "bits": {"chan_hidden": True}}))


def channel_of_the_thread_is_hidden(world):
    channel = world.channel()
    return world.thread(channel), lambda: hide(world, channel)


def channel_of_the_thread_is_for_members(world):
    channel = world.channel()
    body = {"id": channel, "bits": {"chan_member": True}}
    return world.thread(channel), lambda: done(world.owner.put("/v1/channel-bits", json=body))


def channel_is_hidden(world):
    channel = world.channel()
    return Place(world, read_struct(channel)), lambda: hide(world, channel)


def thread_is_moved(world):
    place = world.open_thread()
    hidden = world.channel("chan_hidden")
    body = {"ids": [THREAD(place.number)], "xsr_ids": [hidden], "bits": {"resolved": False}}
    return place, lambda: done(world.owner.put("/v1/threads", json=body))


def becomes_a_guest(world):
    """Who may read what is everybody's."""
    made = done(world.owner.post("/chat/conversations/create", json={"visibility": "global", "name": "All"}))
    return Place(world, int(made["id"])), lambda: done(world.backend.put("/admin/users/reader", json={"role": "guest"}))


CASES = [
    out_of_the_space,
    leaves_the_channel,
    put_out_of_the_channel,
    channel_of_the_thread_is_hidden,
    channel_of_the_thread_is_for_members,
    channel_is_hidden,
    thread_is_moved,
    becomes_a_guest,
]


# How each dialect reads two places at once.


class ChatApi:
    def __init__(self, world, *places):
        self.socket = ChatApiSocket(world.server, world.tenant, "reader")
        for place in places:
            self.socket.send({"type": "subscribe", "room_id": ROOM(place.number)})

    def hears(self, text):
        return comes(lambda: self.socket.expect("message", timeout=1, content=text))

    def settle(self):
        self.socket.settle()
        return json.dumps(self.socket.seen)

    def close(self):
        self.socket.close()


class Anytype:
    def __init__(self, world, *places):
        self.streams = [EventStream(world.tenant, "reader", place.chat_url + "/subscribe") for place in places]
        for stream in self.streams:
            stream.__enter__()
            assert stream.next().name == "initial"
        self.heard = []

    def hears(self, text):
        for _ in range(20):
            self._collect(0.05)
            if any(text in event for event in self.heard):
                return True
        return False

    def settle(self):
        self._collect(0.4)
        return "\n".join(self.heard)

    def _collect(self, seconds):
        time.sleep(seconds)
        for stream in self.streams:
            while not stream._events.empty():
                event = stream._events.get()
                self.heard.append("end" if event is None else event.name + json.dumps(event.data))

    def close(self):
        for stream in self.streams:
            stream.__exit__(None, None, None)


class Centrifugo:
    def __init__(self, world, *places):
        self.client = RawClient(world.server)
        self.client.connect(connection_token(world.tenant, "reader"))
        for place in places:
            self.client.result("subscribe", {"channel": f"chat:{place.number}"})

    def hears(self, text):
        return comes(lambda: self.client.push("pub", timeout=1, where=lambda pub: text in json.dumps(pub)))

    def settle(self):
        self.client.settle()
        return "".join(self.client.frames)

    def close(self):
        self.client.__exit__()


class Struct:
    """Which is told that a thread has moved to the top, and of its text only where it is new: so here a frame about the
    first place is what must not come."""

    def __init__(self, world, *places):
        self.socket = StructSocket(world, None, headers=world.tenant.headers("reader"))
        self.socket.feed(EVERYTHING)
        self.place, self.other = (THREAD(place.number) for place in places)
        self.settled = 0

    def hears(self, text):
        where = self.place if text == "before" else self.other
        return comes(lambda: self.socket.expect("server/feed", timeout=1, action="move_to_top", thread_id=where))

    def settle(self):
        self.socket.settle()
        news, self.settled = self.socket.seen[self.settled :], len(self.socket.seen)
        return "SECRET" if any(frame.get("thread_id") == self.place for frame in news) else ""

    def close(self):
        self.socket.close()


def comes(wait):
    try:
        wait()
    except TimeoutError:
        return False
    return True


def say_until_heard(stream, place, text):
    """Who follows a conversation from now on misses what is said before it is followed."""
    for _ in range(20):
        place.send(text)
        if stream.hears(text):
            return
    raise AssertionError(f"{text} has not come")


@pytest.fixture
def world(tenant):
    return World(tenant)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("dialect", [ChatApi, Anytype, Centrifugo, Struct], ids=lambda dialect: dialect.__name__)
def test_nothing_comes_of_what_cannot_be_read_any_more(world, case, dialect):
    place, take_away = case(world)
    other = world.open_thread()
    stream = dialect(world, place, other)
    try:
        say_until_heard(stream, place, "before")
        say_until_heard(stream, other, "before, too")
        stream.settle()
        assert place.is_seen()
        take_away()
        place.send("SECRET")
        assert not place.is_seen() and other.is_seen()
        say_until_heard(stream, other, "after")
        assert "SECRET" not in stream.settle()
    finally:
        stream.close()
