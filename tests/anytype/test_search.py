"""Search in a chat."""

import pytest
from anytype_support import assert_error


def test_a_result_has_the_contracts_shape(chat):
    message = chat.send("alice", "The 🦉 owl is not what it seems")
    chat.send("alice", "Something else")
    reply = chat("bob", "POST", "/search", 200, json={"query": "owl"})
    assert list(reply.json()) == ["results"]
    (result,) = reply.json()["results"]
    assert isinstance(result["score"], int)
    assert result == {
        "chat_id": chat.id,
        "message_id": message["id"],
        "score": result["score"],
        "highlight": "The 🦉 owl is not what it seems",
        "highlight_ranges": [{"from": 7, "to": 10}],
        "message": message | {"read": False},
    }


def test_what_was_acknowledged_is_found_and_what_is_gone_is_not(chat):
    message = chat.send("alice", "quicksilver")
    assert len(chat.search("bob", "quicksilver")) == 1
    chat.edit("alice", message, "mercury")
    assert chat.search("bob", "quicksilver") == []
    assert len(chat.search("bob", "mercury")) == 1
    chat.delete("alice", message)
    assert chat.search("bob", "mercury") == []


def test_all_words_must_occur_and_the_last_may_go_on(chat):
    chat.send("alice", "a red balloon")
    chat.send("alice", "a blue balloon")
    assert [each["highlight"] for each in chat.search("bob", "balloon red")] == ["a red balloon"]
    assert len(chat.search("bob", "ballo")) == 2
    assert chat.search("bob", "green") == []
    assert chat.search("bob", "?!") == []


def test_results_come_in_pages(chat):
    for number in range(5):
        chat.send("alice", f"needle {number}")
    everything = [each["message_id"] for each in chat.search("bob", "needle")]
    assert len(everything) == 5
    pages = [each["message_id"] for offset in (0, 2, 4) for each in
             chat.search("bob", "needle", limit=2, offset=offset)]
    assert pages == everything


def test_only_this_chat_is_searched(chat):
    chat.send("alice", "here be dragons")
    alice = chat.tenant.as_user("alice")
    made = alice.post(f"/v1/spaces/{chat.space}/chats", json={"name": "Other"}).json()["chat"]
    url = f"/v1/spaces/{chat.space}/chats/{made['id']}/search"
    assert alice.post(url, json={"query": "dragons"}).json() == {"results": []}


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": 7}])
def test_a_bad_query_is_refused(chat, body):
    assert_error(chat("alice", "POST", "/search", json=body), 400, "bad_request", field="query")


def test_a_bad_limit_is_refused(chat):
    reply = chat("alice", "POST", "/search", params={"limit": 0}, json={"query": "x"})
    assert_error(reply, 400, "bad_request", "limit must be between 1 and 1000", "limit")
