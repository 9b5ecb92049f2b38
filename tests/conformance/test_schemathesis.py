"""Schemathesis against /openapi.json: generated requests, good and bad, on every route of the groups below.

No 5xx; statuses, content types and bodies as documented; what the document forbids is refused; no route without its
credential. The seed is fixed. A failure's "Reproduce with" is a curl command.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from harness.server import MASTER_KEY

GROUPS = ["admin", "process", "chatapi", "snapbooks", "structchat"]
SEED = 20251213
EXAMPLES = 12

# They open a WebSocket.
EXCLUDED = ["/ws", "/v1/ws"]

# Not asked for: positive_data_acceptance. Rules between fields, and what a text must look like, are in the messages of
# 400 replies and not in the document.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "unsupported_method",
]


@pytest.fixture
def known(tenant, other_tenant):
    """Ids that exist, so that generated requests get past the 404. The tenant that they may delete is not the one they use."""
    alice = tenant.as_user("alice")
    room = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
    message = alice.post(f"/rooms/{room}/messages", json={"content": "hello"}).json()["message_id"]
    space = tenant.as_backend().post("/admin/spaces", json={"name": "Home"}).json()["space_id"]
    thread = alice.post("/chat/threads", json={"message": "hello"}).json()
    tenant.as_backend().put("/admin/users/alice", json={"role": "owner"})
    channel = alice.post("/v1/channels", json={"name": "General", "bits": {"chan_anyone": True}}).json()["data"]["id"]
    struct = alice.post("/v1/threads", json={"text": "hello", "xsr_ids": [channel]}).json()
    feed = alice.post("/v1/feed", json={"name": "Mine"}).json()["data"]
    upload = alice.post("/v1/upload", files={"file": ("a.txt", b"hello")}).json()["data"]
    return {
        "": {
            "room_id": room,
            "message_id": message,
            "space": str(space),
            "tenant_id": other_tenant.tenant_id,
            "thread_id": str(thread["id"]),
        },
        "/chat/threads/{thread_id}/messages/{message_id}": {"message_id": str(thread["messages"][0]["id"])},
        "/v1/threads/{thread_id}": {"thread_id": struct["thread_id"]},
        "/v1/chats/{id}": {"id": struct["thread_id"]},
        "/v1/feed/{feed_id}": {"feed_id": feed["id"]},
        "/v1/users/{user_id}": {"user_id": feed["user_id"]},
        "/v1/upload/{handle}": {"handle": upload["handle"]},
    }


def configuration(known):
    """`known`: path, or nothing for all of them → name of a parameter → value."""
    text = ""
    for path, values in known.items():
        if path:
            text += f'[[operations]]\ninclude-path = "{path}"\n[operations.parameters]\n'
        else:
            text += "[parameters]\n"
        text += "".join(f'"{name}" = "{value}"\n' for name, value in values.items())
    return text


@pytest.mark.timeout(600)
def test_generated_requests(server, tenant, known, tmp_path):
    config = tmp_path / "schemathesis.toml"
    config.write_text(configuration(known))
    command = [Path(sys.executable).parent / "schemathesis", "--config-file", config, "run", server.url + "/openapi.json"]
    for group in GROUPS:
        command += ["--include-tag", group]
    for path in EXCLUDED:
        command += ["--exclude-path", path]
    headers = tenant.headers("alice") | {"X-Master-Key": MASTER_KEY}
    for name, value in headers.items():
        command += ["-H", f"{name}:{value}"]
    command += ["--checks", ",".join(CHECKS), "--seed", str(SEED), "-n", str(EXAMPLES), "--generation-deterministic"]
    command += ["--no-color", "--warnings", "off"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stdout + done.stderr
    server.assert_clean()
