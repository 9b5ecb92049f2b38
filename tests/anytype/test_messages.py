"""Messages: exact JSON, content, edits, deletions, refusals."""

import time

import pytest
from anytype_support import FILE, MESSAGE, assert_error, decode_cid, encode_cid


def test_a_message_has_the_contracts_shape(chat):
    before = int(time.time())
    reply = chat("alice", "POST", "/messages", 201, json={"text": "Hello"})
    assert list(reply.json()) == ["message"]
    message = reply.json()["message"]
    assert before <= message["created_at"] <= time.time()
    assert decode_cid(message["id"])[0] == MESSAGE
    assert message == {
        "object": "chat_message",
        "id": message["id"],
        "order_id": "00",
        "state_id": message["state_id"],
        "creator": "alice",
        "created_at": message["created_at"],
        "modified_at": message["created_at"],
        "content": {"text": "Hello", "style": "paragraph"},
        "attachments": [],
        "reactions": {},
        "read": True,
        "has_mention": False,
        "mention_read": True,
    }
    assert len(message["state_id"]) == 24
    int(message["state_id"], 16)
    assert chat.get("alice", message) == message
    assert chat.get("bob", message) == message | {"read": False}


def test_every_part_comes_back(chat):
    first = chat.send("bob", "First")
    marks = [
        {"type": "bold", "from": 0, "to": 4},
        {"type": "link", "from": 5, "to": 9, "param": "https://example.org/"},
    ]
    attachments = [{"target": "bafyrei...", "type": "image"}, {"target": "https://example.org/", "type": "link"}]
    message = chat.send(
        "alice", "Bold link", style="quote", marks=marks, attachments=attachments, reply_to_message_id=first["id"]
    )
    assert message["content"] == {"text": "Bold link", "style": "quote", "marks": marks}
    assert message["attachments"] == attachments
    assert message["reply_to_message_id"] == first["id"]
    assert chat.get("alice", message) == message


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("header1", "header1"),
        ("header4", "header4"),
        ("callout", "callout"),
        ("description", "description"),
        ("bulleted", "marked"),
        ("fancy", "paragraph"),
        ("", "paragraph"),
    ],
)
def test_styles(chat, given, shown):
    assert chat.send("alice", "x", style=given)["content"]["style"] == shown


def test_an_attachment_of_unknown_type_is_a_file(chat):
    message = chat.send("alice", "x", attachments=[{"target": "a", "type": "hologram"}, {"target": "b"}])
    assert message["attachments"] == [{"target": "a", "type": "file"}, {"target": "b", "type": "file"}]


def test_marks_count_in_utf16_units(chat):
    text = "🦉 is an owl, ä is not"
    mark = {"type": "italic", "from": 0, "to": 2}
    assert chat.send("alice", text, marks=[mark])["content"]["marks"] == [mark]
    end = {"type": "emoji", "from": len(text.encode("utf-16-le")) // 2 - 1, "to": len(text.encode("utf-16-le")) // 2}
    assert chat.send("alice", text, marks=[end])["content"]["marks"] == [end]


@pytest.mark.parametrize(
    ("mark", "field"),
    [
        ({"type": "bold", "from": 1, "to": 3}, "marks[0].from"),
        ({"type": "bold", "from": 0, "to": 1}, "marks[0].to"),
        ({"type": "bold", "from": -1, "to": 3}, "marks[0].from"),
        ({"type": "bold", "from": 4, "to": 3}, "marks[0].to"),
        ({"type": "bold", "from": 6, "to": 6}, "marks[0].from"),
        ({"type": "bold", "from": 0, "to": 7}, "marks[0].to"),
        ({"type": "blink", "from": 0, "to": 2}, "marks[0].type"),
        ({"type": "bold", "to": 2}, "marks[0].from"),
        ({"type": "bold", "from": "0", "to": 2}, "marks[0].from"),
        ({"type": "bold", "from": 0, "to": 2, "param": 7}, "marks[0].param"),
    ],
)
def test_bad_marks_are_refused_by_field(chat, mark, field):
    body = {"text": "🦉 owl", "marks": [mark]}
    assert_error(chat("alice", "POST", "/messages", json=body), 400, "bad_request", field=field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": 7}, "text"),
        ({"text": "x" * 65537}, "text"),
        ({"text": "x", "attachments": [{"type": "file"}]}, "attachments[0].target"),
        ({"text": "x", "attachments": [{"target": ""}]}, "attachments[0]"),
        ({"text": "x", "attachments": [{"target": encode_cid(FILE, 99_999_999)}]}, "attachments[0]"),
        ({"text": "x", "attachments": [{"target": "t"}] * 21}, "attachments"),
        ({"text": "x", "reply_to_message_id": "nonsense"}, "reply_to_message_id"),
        ({"text": "x", "reply_to_message_id": encode_cid(FILE, 1)}, "reply_to_message_id"),
        ({"text": "x", "reply_to_message_id": encode_cid(MESSAGE, 99_999_999)}, "reply_to_message_id"),
        ([], "body"),
    ],
)
def test_a_bad_message_is_refused_by_field(chat, body, field):
    assert_error(chat("alice", "POST", "/messages", json=body), 400, "bad_request", field=field)


def test_a_body_that_is_no_json_is_refused(chat):
    headers = {"Content-Type": "application/json"}
    assert_error(chat("alice", "POST", "/messages", content=b"{", headers=headers), 400, "bad_request", field="body")


def test_an_edit_replaces_the_text_keeps_attachments_and_drops_marks(chat):
    message = chat.send(
        "alice",
        "Bold",
        style="quote",
        marks=[{"type": "bold", "from": 0, "to": 4}],
        attachments=[{"target": "bafyrei...", "type": "image"}],
    )
    time.sleep(1.1)
    edited = chat.edit("alice", message, "Plain")
    assert edited["modified_at"] > message["modified_at"]
    assert edited == message | {
        "content": {"text": "Plain", "style": "quote"},
        "modified_at": edited["modified_at"],
    }
    assert chat.get("bob", message)["content"]["text"] == "Plain"
    again = chat.edit("alice", message, "Both", marks=[{"type": "italic", "from": 0, "to": 4}], attachments=[],
                      style="code")
    assert again["content"] == {"text": "Both", "style": "code", "marks": [{"type": "italic", "from": 0, "to": 4}]}
    assert again["attachments"] == []


def test_a_bad_edit_changes_nothing(chat):
    message = chat.send("alice", "Text")
    url = f"/messages/{message['id']}"
    assert_error(chat("alice", "PATCH", url, json={"text": ""}), 400, "bad_request", field="text")
    assert_error(chat("alice", "PATCH", url, json={"style": "code"}), 400, "bad_request", field="text")
    marks = [{"type": "bold", "from": 0, "to": 5}]
    assert_error(chat("alice", "PATCH", url, json={"text": "Text", "marks": marks}), 400, "bad_request",
                 field="marks[0].to")
    assert chat.get("alice", message) == message


def test_anothers_message_is_not_to_be_touched(chat):
    message = chat.send("alice", "Mine")
    url = f"/messages/{message['id']}"
    assert_error(chat("bob", "PATCH", url, json={"text": "Yours"}), 403, "forbidden")
    assert_error(chat("bob", "DELETE", url), 403, "forbidden")
    assert chat.get("alice", message) == message


def test_a_deleted_message_is_gone(chat):
    kept = chat.send("alice", "Kept")
    message = chat.send("alice", "Gone")
    url = f"/messages/{message['id']}"
    reply = chat("alice", "DELETE", url, 204)
    assert reply.content == b""
    for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
        assert_error(chat("alice", method, url, json=body), 404, "object_not_found", "message not found")
    reply = chat("bob", "POST", url + "/reactions", json={"emoji": "👍"})
    assert_error(reply, 404, "object_not_found", "message not found")
    assert chat.page("bob")["messages"] == [kept | {"read": False}]


@pytest.mark.parametrize("message", ["nonsense", encode_cid(MESSAGE, 99_999_999), encode_cid(FILE, 1)])
def test_what_is_no_message_is_not_found(chat, message):
    for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
        reply = chat("alice", method, f"/messages/{message}", json=body)
        assert_error(reply, 404, "object_not_found", "message not found")


def test_a_message_is_found_in_its_own_chat_only(chat):
    message = chat.send("alice", "Here")
    other = chat("alice", "GET", "").json()["chat"]
    made = chat.tenant.as_user("alice").post(f"/v1/spaces/{other['space_id']}/chats", json={"name": "There"})
    url = f"/v1/spaces/{chat.space}/chats/{made.json()['chat']['id']}/messages"
    alice = chat.tenant.as_user("alice")
    assert_error(alice.get(f"{url}/{message['id']}"), 404, "object_not_found", "message not found")
    reply = alice.post(url, json={"text": "Re:", "reply_to_message_id": message["id"]})
    assert_error(reply, 400, "bad_request", field="reply_to_message_id")


def test_a_repeated_send_is_one_message(chat):
    headers = {"Idempotency-Key": "once"}
    first = chat("alice", "POST", "/messages", 201, json={"text": "Once"}, headers=headers)
    again = chat("alice", "POST", "/messages", 201, json={"text": "Once"}, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert chat.texts("bob") == ["Once"]
    other = chat("alice", "POST", "/messages", json={"text": "Twice"}, headers=headers)
    assert_error(other, 422, "idempotency_mismatch", field="Idempotency-Key")


def test_reactions_toggle(chat):
    message = chat.send("alice", "React!")
    assert chat.react("bob", message, "🦉") is True
    assert chat.react("alice", message, "🦉") is True
    assert chat.react("alice", message, "👍") is True
    shown = chat.get("carol", message)
    assert shown["reactions"] == {"🦉": ["bob", "alice"], "👍": ["alice"]}
    assert list(shown["reactions"]) == ["🦉", "👍"]
    assert chat.react("bob", message, "🦉") is False
    assert chat.react("alice", message, "👍") is False
    assert chat.get("carol", message)["reactions"] == {"🦉": ["alice"]}
    reply = chat("bob", "POST", f"/messages/{message['id']}/reactions", 200, json={"emoji": "🦉"})
    assert reply.json() == {"added": True}


@pytest.mark.parametrize("body", [{}, {"emoji": ""}, {"emoji": 7}, {"emoji": "x" * 65}, {"emoji": "a\nb"}])
def test_a_bad_reaction_is_refused(chat, body):
    message = chat.send("alice", "React!")
    reply = chat("bob", "POST", f"/messages/{message['id']}/reactions", json=body)
    assert_error(reply, 400, "bad_request", field="emoji")


def test_the_words_of_a_refused_credential(server, tenant):
    url = f"{server.url}/v1/spaces"
    import httpx

    assert_error(httpx.get(url), 401, "unauthorized", "missing authorization header")
    headers = {"Authorization": "Basic YTpi"}
    assert_error(httpx.get(url, headers=headers), 401, "unauthorized", "invalid authorization header format")
    headers = {"Authorization": "Bearer nonsense"}
    assert_error(httpx.get(url, headers=headers), 401, "unauthorized", "invalid api key")
    headers = {"Authorization": f"Bearer {tenant.api_key}"}
    assert_error(httpx.get(url, headers=headers), 401, "unauthorized")
    assert httpx.get(url, headers=headers | {"X-User-Id": "alice"}).status_code == 200


def test_a_method_that_a_path_does_not_take(chat):
    assert_error(chat("alice", "PUT", "/messages", json={}), 405, "bad_request")
