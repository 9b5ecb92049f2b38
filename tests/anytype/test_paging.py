"""Cursor pages and the ids that order them."""

import random

import pytest
from anytype_support import decode_cid

COUNT = 140


@pytest.fixture(scope="module")
def long_chat(server):
    from anytype_support import Chat
    from harness.tenant import Tenant

    tenant = Tenant.create(server)
    chat = Chat.main(tenant)
    chat.messages = [chat.send("alice", str(number)) for number in range(COUNT)]
    yield chat
    tenant.close()


def numbers(page):
    return [int(message["content"]["text"]) for message in page["messages"]]


def test_order_ids_sort_bytewise_and_need_no_escape(long_chat):
    order_ids = [message["order_id"] for message in long_chat.messages]
    assert sorted(order_ids, key=str.encode) == order_ids
    assert len(set(order_ids)) == COUNT
    shuffled = random.Random(7).sample(order_ids, COUNT)
    assert sorted(shuffled) == order_ids
    allowed = set("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
    assert set("".join(order_ids)) <= allowed


def test_state_ids_sort_by_arrival(long_chat):
    state_ids = [message["state_id"] for message in long_chat.messages]
    assert sorted(state_ids) == state_ids
    assert long_chat.state("alice")["last_state_id"] == state_ids[-1]


def test_message_ids_hold_their_number(long_chat):
    ids = [decode_cid(message["id"]) for message in long_chat.messages]
    assert [kind for kind, _ in ids] == [3] * COUNT
    assert sorted(ids) == ids


def test_without_a_cursor_the_newest_come_ascending(long_chat):
    assert numbers(long_chat.page("alice")) == list(range(COUNT - 100, COUNT))
    assert numbers(long_chat.page("alice", limit=3)) == [COUNT - 3, COUNT - 2, COUNT - 1]
    assert numbers(long_chat.page("alice", limit=1000)) == list(range(COUNT))


def test_an_offset_is_ignored(long_chat):
    assert numbers(long_chat.page("alice", limit=2, offset=50)) == [COUNT - 2, COUNT - 1]


def test_bounds_are_exclusive(long_chat):
    tenth = long_chat.messages[10]["order_id"]
    assert numbers(long_chat.page("alice", before_order_id=tenth, limit=3)) == [7, 8, 9]
    assert numbers(long_chat.page("alice", after_order_id=tenth, limit=3)) == [11, 12, 13]


def test_after_wins(long_chat):
    tenth, twentieth = (long_chat.messages[index]["order_id"] for index in (10, 20))
    page = long_chat.page("alice", after_order_id=twentieth, before_order_id=tenth, limit=2)
    assert numbers(page) == [21, 22]


def test_unknown_cursors_compare_as_strings(long_chat):
    assert numbers(long_chat.page("alice", after_order_id="!!Xz", limit=2)) == [0, 1]
    assert numbers(long_chat.page("alice", before_order_id="!!Xz")) == []
    assert numbers(long_chat.page("alice", after_order_id="~")) == []
    assert numbers(long_chat.page("alice", before_order_id="~", limit=1)) == [COUNT - 1]
    between = long_chat.messages[10]["order_id"] + "!"
    assert numbers(long_chat.page("alice", after_order_id=between, limit=1)) == [11]
    assert numbers(long_chat.page("alice", before_order_id=between, limit=1)) == [10]


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_in_either_direction_join_without_gap_or_overlap(long_chat, limit):
    forward, cursor = [], ""
    while page := long_chat.page("alice", after_order_id=cursor, limit=limit)["messages"] if cursor else (
        long_chat.page("alice", after_order_id="!", limit=limit)["messages"]
    ):
        forward += page
        cursor = page[-1]["order_id"]
    assert forward == long_chat.messages
    backward, cursor = [], "~"
    while page := long_chat.page("alice", before_order_id=cursor, limit=limit)["messages"]:
        backward = page + backward
        cursor = page[0]["order_id"]
    assert backward == long_chat.messages


def test_an_empty_chat_has_a_state(tenant):
    from anytype_support import Chat

    assert Chat.main(tenant).page("alice") == {
        "messages": [],
        "state": {"messages": {"counter": 0}, "mentions": {"counter": 0}, "order": 1},
    }
