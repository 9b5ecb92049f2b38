"""Contents leave the disk with what referred to them."""

import hashlib
import os
import subprocess
import time

import httpx
import pytest
from anytype_support import Chat

from harness.server import MASTER_KEY
from harness.tenant import Tenant


@pytest.fixture(scope="module")
def server(start_server):
    """Collects often, and what has waited for two seconds."""
    return start_server("--unused-file-ms", 2000, "--file-collection-ms", 200)


def upload(chat, content, user="alice"):
    reply = chat.tenant.as_user(user).post(f"/v1/spaces/{chat.space}/files", files={"file": ("a.txt", content)})
    assert reply.status_code == 200, reply.text
    return reply.json()["object_id"]


def attach(chat, file):
    return chat.send("alice", "look", attachments=[{"target": file, "type": "file"}])


def is_stored(server, content):
    digest = hashlib.sha256(content).hexdigest()
    return (server.data / "files" / digest[:2] / digest[2:]).exists()


def eventually(condition, timeout=10):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_an_attachment_goes_with_its_message(chat, server):
    kept, deleted, abandoned = b"kept", b"deleted", b"abandoned"
    attach(chat, upload(chat, kept))
    message = attach(chat, upload(chat, deleted))
    upload(chat, abandoned)
    time.sleep(2.5)
    assert is_stored(server, deleted)
    chat.delete("alice", message)
    assert eventually(lambda: not is_stored(server, deleted))
    assert eventually(lambda: not is_stored(server, abandoned))
    assert is_stored(server, kept)


@pytest.fixture(scope="module")
def patient(start_server):
    """Collects once a day."""
    return start_server()


@pytest.mark.parametrize("way", ["over HTTP", "on the command line"])
def test_a_tenants_files_go_with_it(patient, binary, way):
    leaving, staying = Tenant.create(patient), Tenant.create(patient)
    own, shared = f"own {way}".encode(), f"shared {way}".encode()
    for tenant, content in ((leaving, own), (leaving, shared), (staying, shared)):
        chat = Chat.main(tenant)
        attach(chat, upload(chat, content))
    assert is_stored(patient, own) and is_stored(patient, shared)
    if way == "over HTTP":
        url = f"{patient.url}/admin/tenants/{leaving.tenant_id}"
        assert httpx.delete(url, headers={"X-Master-Key": MASTER_KEY}, trust_env=False).status_code == 204
    else:
        command = [binary, "tenant", "delete", leaving.tenant_id, "--yes", "--data", patient.data]
        database = ["--database", patient.database] if patient.database else []
        own_environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLANCE_")}
        subprocess.run(command + database, check=True, timeout=30, env=own_environment)
    assert eventually(lambda: not is_stored(patient, own))
    assert is_stored(patient, shared)
    leaving.close()
    staying.close()
