"""A disk that really is full: nothing is acknowledged that is not stored, reads go on, and the server recovers."""

import os
import subprocess

import httpx
import pytest
from harness.database import engine as engine_name
from harness.server import Server
from harness.tenant import Tenant

DISK = "24m"

needs_a_small_disk = pytest.mark.skipif(
    os.geteuid() != 0 or engine_name() != "sqlite",
    reason="mounts a small file system, which takes root; PostgreSQL's disk is not ours to fill",
)


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting is not permitted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def server(binary, small_disk):
    server = Server(binary, small_disk.parent, None)
    server.start()
    yield server
    server.finish()


def fill(path):
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def contents(client, room):
    found = []
    while True:
        page = client.get(f"/rooms/{room}/messages", params={"after_seq": len(found), "limit": 100}).json()
        found += page
        if len(page) < 100:
            assert [message["seq"] for message in found] == list(range(1, len(found) + 1))
            return [message["content"] for message in found]


@needs_a_small_disk
def test_a_full_disk(server, small_disk):
    tenant = Tenant.create(server)
    client = tenant.as_user("ada")
    room = client.post("/rooms", json={"type": "group", "members": ["ada", "bob"]}).json()["room_id"]
    acknowledged = []

    def send(text):
        reply = client.post(f"/rooms/{room}/messages", json={"content": text})
        if reply.status_code == 201:
            acknowledged.append(text)
        else:
            assert reply.status_code == 503, reply.text
            assert int(reply.headers["Retry-After"]) >= 1
            assert reply.json()["success"] is False
        return reply.status_code

    assert send("before") == 201
    fill(small_disk / "filler")
    # What the database's files have room for is still taken.
    statuses = [send(f"{number} " + "x" * 800) for number in range(400)]
    assert 503 in statuses and server.is_running()
    assert [send(f"full {number}") for number in range(5)] == [503] * 5
    assert contents(client, room) == acknowledged
    assert httpx.get(f"{server.url}/livez", trust_env=False).status_code == 200

    (small_disk / "filler").unlink()
    assert send("after") == 201
    assert contents(client, room) == acknowledged
    server.kill()
    server.restart()
    assert contents(tenant.as_user("ada"), room) == acknowledged
    tenant.close()
