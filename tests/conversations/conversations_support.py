"""What the Conversations tests share: readable calls and what an error must look like."""

import time


def call(client, path, body=None, status=200):
    """The reply's JSON; everything is a POST."""
    reply = client.post(path, json={} if body is None else body)
    assert reply.status_code == status, (path, reply.status_code, reply.text)
    return reply.json()


def create(client, visibility="group", members=(), status=201, **more):
    body = {"visibility": visibility, **more}
    if members:
        body["memberIds"] = list(members)
    return call(client, "/chat/conversations/create", body, status)


def send(client, conversation, content, **more):
    return call(client, "/chat/messages/send", {"conversationId": conversation, "content": content, **more})


def send_many(client, conversation, count):
    return [send(client, conversation, f"message {number}") for number in range(1, count + 1)]


def messages(client, conversation, **query):
    return call(client, "/chat/messages/list", {"conversationId": conversation, **query})


def contents(listing):
    return [message["content"] for message in listing["data"]]


def walk(client, path, body=None, back=False):
    """Every entry of a list, page by page."""
    found, cursor = [], None
    name = "prevCursor" if back else "nextCursor"
    while True:
        page = call(client, path, {**(body or {}), **({"cursor": cursor} if cursor else {})})
        found.append(page["data"])
        assert page["page"]["hasMore"] == (page["page"]["nextCursor"] is not None)
        cursor = page["page"][name]
        if cursor is None:
            return found


def assert_error(reply, status, code, field=None):
    assert reply.status_code == status, (reply.status_code, reply.text)
    assert reply.headers["content-type"].startswith("application/json")
    error = reply.json()["error"]
    assert set(reply.json()) == {"error"} and set(error) <= {"code", "message", "details"}
    assert error["code"] == code, error
    assert error["message"]
    if field is not None:
        assert error["details"]["field"] == field, error


def refuse(client, path, body, status, code, field=None):
    assert_error(client.post(path, json=body), status, code, field)


def wait_until(condition, timeout=15.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        outcome = condition()
        if outcome:
            return outcome
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def upload(client, conversation, content, name="notes.txt", kind="text/plain", finish=True, **more):
    """A whole upload; the attachment, or the ticket where it is not to be finished."""
    ticket = call(
        client,
        "/chat/attachments/upload-ticket",
        {"conversationId": conversation, "fileName": name, "contentType": kind, "size": len(content)},
    )
    reply = client.build_request("PUT", ticket["uploadUrl"], content=content, headers=ticket["headers"])
    for header in ("X-API-Key", "X-User-Id"):
        del reply.headers[header]
    done = client.send(reply)
    assert done.status_code == 200, done.text
    if not finish:
        return ticket
    return call(client, "/chat/attachments/finalize", {"uploadId": ticket["uploadId"], **more})["attachment"]
