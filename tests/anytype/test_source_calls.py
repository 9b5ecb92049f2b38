"""The calls of the source text's discussion, as they stand there, run by curl in a shell."""

import json
import subprocess

import pytest
from anytype_support import Chat, wait_until

READ = r"""
curl -X POST "http://localhost:31012/v1/spaces/$SPACE/chats/$CHAT/read" \
  -H "Authorization: Bearer $API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"type":"messages","before_order_id":"!!Xz","last_state_id":"..."}'
"""

UPLOAD = r"""
curl -X POST "http://localhost:31012/v1/spaces/$SPACE/files" \
  -H "Authorization: Bearer $API_KEY" \
  -F "file=@image.png" \
  -F "type=image"
"""

ATTACH = r"""
curl -X POST "http://localhost:31012/v1/spaces/$SPACE/chats/$CHAT/messages" \
  -H "Authorization: Bearer $API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"text":"Check this out","attachments":[{"target":"bafyrei...","type":"image"}]}'
"""


@pytest.fixture
def token(tenant):
    """What the source text calls an API key: it names the user, too."""
    reply = tenant.as_backend().post("/admin/tokens", json={"user_id": "bot"})
    assert reply.status_code in (200, 201), reply.text
    return reply.json()["token"]


@pytest.fixture
def curl(server, token, tenant, tmp_path):
    """Runs a call with the address replaced by ours, and gives (status, body)."""
    chat = Chat.main(tenant)
    (tmp_path / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    def run(script):
        script = script.strip().replace("http://localhost:31012", server.url)
        script = script.replace("curl ", "curl -sS -w '\\n%{http_code}' --noproxy '*' ", 1)
        environment = {"SPACE": chat.space, "CHAT": chat.id, "API_KEY": token, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, env=environment, capture_output=True, text=True,
                              timeout=30)
        assert done.returncode == 0, done.stderr
        body, status = done.stdout.rsplit("\n", 1)
        return int(status), body

    run.chat = chat
    return run


def test_mark_messages_as_read(curl):
    curl.chat.send("alice", "unread")
    assert curl(READ) == (204, "")


def test_mark_messages_as_read_with_what_the_state_said(curl):
    message = curl.chat.send("alice", "unread")
    call = READ.replace("!!Xz", message["order_id"]).replace('"..."', f'"{message["state_id"]}"')
    assert curl(call) == (204, "")
    assert curl.chat.state("bot")["messages"]["counter"] == 0


def test_upload_a_file(curl):
    status, body = curl(UPLOAD)
    assert status == 200
    assert json.loads(body)["object"] == "file"
    assert json.loads(body)["object_id"].startswith("bafy")


def test_use_the_uploaded_file_in_a_message(curl):
    status, body = curl(ATTACH)
    assert status == 201
    assert json.loads(body)["message"]["attachments"] == [{"target": "bafyrei...", "type": "image"}]
    file = json.loads(curl(UPLOAD)[1])["object_id"]
    status, body = curl(ATTACH.replace("bafyrei...", file))
    assert status == 201
    assert json.loads(body)["message"]["attachments"] == [{"target": file, "type": "image"}]


def test_react_as_the_discussion_tried_it(curl):
    message = curl.chat.send("alice", "🦉")
    call = r"""
curl -X POST "http://localhost:31012/v1/spaces/$SPACE/chats/$CHAT/messages/MESSAGE/reactions" \
  -H "Authorization: Bearer $API_KEY" -H "Content-Type: application/json" -d '{"emoji":"🦉"}'
"""
    status, body = curl(call.replace("MESSAGE", message["id"]))
    assert (status, json.loads(body)) == (200, {"added": True})
    assert curl.chat.get("alice", message)["reactions"] == {"🦉": ["bot"]}


def test_subscribe_as_the_discussion_proposed_it(curl, server, token):
    url = f"{server.url}{curl.chat.url}/subscribe"
    command = ["curl", "-sN", "--noproxy", "*", "-H", f"Authorization: Bearer {token}", "-H",
               "Accept: text/event-stream", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = []

        def has(text):
            lines.append(process.stdout.readline())
            return text in "".join(lines)

        wait_until(lambda: has("event: initial"))
        curl.chat.send("alice", "live")
        wait_until(lambda: has("event: add"))
        process.kill()
