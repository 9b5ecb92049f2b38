"""Streams that break off and go on: no event is lost, none comes twice."""

import random
import sqlite3
import subprocess
import threading

import pytest
from anytype_support import Chat
from harness.tenant import Tenant


def names(events):
    return [event.name for event in events]


def missed(stream, last_text):
    """What came after `initial` up to the add of that text, states and pings left out."""
    events = stream.until(lambda event: event.name == "add" and event.text == last_text)
    return [event for event in events if event.name not in ("initial", "state", "ping")]


@pytest.mark.parametrize("way", ["header", "query"])
def test_a_resumed_stream_brings_exactly_what_was_missed(chat, way):
    message = chat.send("alice", "one")
    with chat.stream("bob") as events:
        events.next("initial")
        chat.send("alice", "two")
        last_id = events.next("add").id
    chat.edit("alice", message, "one!")
    chat.react("carol", message, "👍")
    other = chat.send("alice", "three")
    chat.delete("alice", other)
    chat.send("alice", "four")
    options = {"last_id": last_id} if way == "header" else {"last_event_id": last_id}
    with chat.stream("bob", **options) as events:
        first = events.next()
        assert first.name == "initial"
        assert first.data == {"type": "initial", "state": chat.state("bob")}
        rest = missed(events, "four")
        assert names(rest) == ["update", "reactions", "delete", "add"]
        assert rest[2].data["deleted"] == other["id"]
        chat.send("alice", "five")
        assert events.next("add").text == "five"


def test_the_header_is_newer_than_the_query(chat):
    with chat.stream("bob") as events:
        old = events.next("initial").id
        chat.send("alice", "one")
        new = events.next("add").id
    chat.send("alice", "two")
    with chat.stream("bob", last_id=new, last_event_id=old) as events:
        assert [event.text for event in missed(events, "two")] == ["two"]


def test_a_state_id_is_a_position_too(chat):
    message = chat.send("alice", "one")
    chat.send("alice", "two")
    with chat.stream("bob", last_id=message["state_id"]) as events:
        assert "reset" not in events.next("initial").data
        assert [event.text for event in missed(events, "two")] == ["two"]


def test_the_first_event_alone_moves_no_position_on_resuming(chat):
    with chat.stream("bob") as events:
        last_id = events.next("initial").id
    chat.send("alice", "one")
    with chat.stream("bob", last_id=last_id) as events:
        assert events.next("initial").id == last_id


@pytest.mark.parametrize("last_id", ["nonsense", "ffffffff0000000000000001", "00000000000000000000ffff", "7"])
def test_a_position_that_cannot_be_followed_is_a_reset(chat, last_id):
    message = chat.send("alice", "one")
    with chat.stream("bob", last_id=last_id) as events:
        first = events.next()
        assert first.data == {
            "type": "initial",
            "reset": True,
            "messages": [message | {"read": False}],
            "state": chat.state("bob"),
        }
        chat.send("alice", "two")
        assert events.next("add").text == "two"


def test_a_trimmed_position_is_a_reset(chat, server, engine):
    with chat.stream("bob") as events:
        last_id = events.next("initial").id
    for text in ("one", "two", "three"):
        chat.send("alice", text)
    forget_oldest_events(server, engine)
    with chat.stream("bob", last_id=last_id) as events:
        first = events.next()
        assert first.data["reset"] is True
        assert [message["content"]["text"] for message in first.data["messages"]] == ["one", "two", "three"]


def forget_oldest_events(server, engine):
    """What the trimming job does after event_retention_hours."""
    statement = "DELETE FROM events WHERE id NOT IN (SELECT id FROM events ORDER BY id DESC LIMIT 1)"
    if engine == "sqlite":
        with sqlite3.connect(server.data / "parlance.db", timeout=10) as database:
            database.execute(statement)
        return
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, server.database], check=True)


def test_a_stream_outlives_a_crash_of_the_server(start_server):
    server = start_server()
    tenant = Tenant.create(server)
    chat = Chat.main(tenant)
    with chat.stream("bob") as events:
        events.next("initial")
        chat.send("alice", "before")
        events.next("add")
        server.kill()
        events.wait_for_end()
        last_id = events.last_id
    server.restart()
    chat.send("alice", "after")
    with chat.stream("bob", last_id=last_id) as events:
        assert "reset" not in events.next("initial").data
        assert [event.text for event in missed(events, "after")] == ["after"]
    tenant.close()


def test_a_long_absence_is_replayed_whole(chat):
    with chat.stream("bob") as events:
        last_id = events.next("initial").id
    text = "x" * 8000
    for number in range(400):
        chat.send("alice", f"{number} {text}")
    with chat.stream("bob", last_id=last_id) as events:
        found = [events.next("add", timeout=30).text.split()[0] for _ in range(400)]
    assert found == [str(number) for number in range(400)]


def test_mentions_in_a_replay_know_whether_they_were_read(chat):
    marks = [{"type": "mention", "from": 0, "to": 4, "param": "bob"}]
    with chat.stream("bob") as events:
        last_id = events.next("initial").id
    first = chat.send("alice", "@bob", marks=marks)
    chat.read("bob", type="mentions", before_order_id=first["order_id"])
    chat.send("alice", "@bob", marks=marks)
    with chat.stream("bob", last_id=last_id) as events:
        flags = [events.next("add").data["message"]["mention_read"] for _ in range(2)]
    assert flags == [True, False]


def test_breaking_off_again_and_again_loses_nothing(chat):
    """Writers at work while the reader reconnects at random: the sum of all connections is the log."""
    stop = threading.Event()

    def write(user):
        for number in range(40):
            chat.send(user, f"{user} {number}")
        stop.set()

    randomness = random.Random(5)
    with chat.stream("bob") as events:
        last_id = events.next("initial").id
    writers = [threading.Thread(target=write, args=(user,)) for user in ("alice", "carol")]
    for writer in writers:
        writer.start()
    seen = []
    while len(seen) < 80:
        with chat.stream("bob", last_id=last_id) as events:
            assert "reset" not in events.next("initial").data
            for _ in range(randomness.randint(0, 12)):
                event = events.next()
                if event.name == "add":
                    seen.append(event.text)
                if len(seen) == 80:
                    break
            last_id = events.last_id
    for writer in writers:
        writer.join()
    assert seen == chat.texts("bob", limit=1000)
