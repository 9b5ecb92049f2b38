"""Imports that are killed in the middle, come again, or meet a broken archive; and what is shown meanwhile."""

import json
import os
import pty
import signal
import struct
import subprocess
import time
import zipfile

import pytest
from harness.tenant import Tenant
from importing_support import Command, chats, feed, get, large_export, message, sample, write_zip

MESSAGES = 3000


@pytest.fixture
def tenant(start_server):
    tenant = Tenant.create(start_server())
    yield tenant
    tenant.close()


@pytest.fixture
def command(tenant, binary):
    return Command(binary, tenant.server)


def test_a_killed_import_goes_on_where_it_was(tenant, command, tmp_path):
    archive = write_zip(tmp_path / "large.zip", large_export(MESSAGES))
    kills = 0
    for delay in (0.4, 0.8, 1.2, 1.6):
        process = subprocess.Popen(
            command.arguments(archive), env=command.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
    said = command(archive)
    assert kills > 0
    assert said["messages"] + said["already_here"] == MESSAGES
    assert command(archive)["already_here"] == MESSAGES
    one = tenant.as_user("slack-UONE")
    threads = feed(one)
    assert len(threads) == MESSAGES // 3
    last = threads[max(threads)]
    assert [chat["text"] for chat in chats(one, last)] == [f"message {MESSAGES - 3 + n}" for n in range(3)]


def test_two_imports_at_once_are_one(tenant, command, tmp_path):
    archive = write_zip(tmp_path / "large.zip", large_export(900))
    processes = [
        subprocess.Popen(
            command.arguments(archive), env=command.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = []
    for process in processes:
        output, problem = process.communicate(timeout=120)
        assert process.returncode == 0, problem
        said.append(json.loads(output))
    assert sum(counts["messages"] for counts in said) == 900
    assert sum(counts["threads"] for counts in said) == 300
    assert command(archive)["already_here"] == 900
    one = tenant.as_user("slack-UONE")
    threads = feed(one)
    assert len(threads) == 300 and {thread["num_chats"] for thread in threads.values()} == {3}
    assert sorted(user["xid"] for user in get(one, "/v1/users")["data"]) == ["slack-UONE", "slack-UTWO"]


def test_it_works_beside_a_server_that_writes(tenant, command, tmp_path):
    archive = write_zip(tmp_path / "large.zip", large_export(900))
    process = subprocess.Popen(
        command.arguments(archive), env=command.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    alice = tenant.as_user("alice")
    room = alice.post("/rooms", json={"type": "group", "name": "live", "members": ["bob"]})
    assert room.status_code == 201, room.text
    sent = 0
    while process.poll() is None or sent == 0:
        reply = alice.post(f"/rooms/{room.json()['room_id']}/messages", json={"content": f"live {sent}"})
        assert reply.status_code == 201, reply.text
        sent += 1
    _, problem = process.communicate()
    assert process.returncode == 0, problem
    assert len(feed(tenant.as_user("slack-UONE"))) >= 300


def test_a_bar_on_a_terminal_and_lines_elsewhere(command, tmp_path):
    archive = write_zip(tmp_path / "export.zip", sample())
    lines = command.run(archive).stderr.splitlines()
    assert "general: 8 messages" in lines and "DDUO01: 2 messages" in lines
    master, slave = pty.openpty()
    done = subprocess.run(
        command.arguments(archive), env=command.environment(), stdout=subprocess.PIPE, stderr=slave, timeout=60
    )
    os.close(slave)
    shown = os.read(master, 65536).decode()
    os.close(master)
    assert done.returncode == 0
    assert "100 %  14 messages" in shown and "\r" in shown and "[####" in shown
    assert "general: 8 messages" not in shown


BROKEN = {
    "not a list": ({"general/2021-03-03.json": "{}"}, "general/2021-03-03.json: entry 0 at byte 0: this is not a JSON list"),
    "cut off": ({"general/2021-03-04.json": '[{"ts":"1.0","text":"x"},{"ts":'}, "general/2021-03-04.json: entry 2 at byte 25: "),
    "no time": (
        {"random/2021-03-05.json": [message("soon", "UBEN02", "x")]},
        'random/2021-03-05.json: entry 1: ts is no time of Slack\'s: "soon"',
    ),
    "no UTF-8": ({"random/2021-03-05.json": b'[{"ts":"1.0","text":"\xff"}]'}, "random/2021-03-05.json: entry 1 at byte 1: "),
    "too deep": ({"random/2021-03-05.json": "[" * 1000 + "]" * 1000}, "random/2021-03-05.json: entry 1 at byte 1: "),
    "users without ids": ({"users.json": [{"name": "x"}]}, 'users.json: entry 1: id is no id of Slack\'s: ""'),
    "a channel that is a number": ({"channels.json": [7]}, "channels.json: entry 1: a channel must be an object"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_file_and_the_place_are_named(command, tmp_path, name):
    change, wanted = BROKEN[name]
    archive = write_zip(tmp_path / "broken.zip", sample() | change)
    for more in ([], ["--dry-run"]):
        assert wanted in command.refusal(archive, *more)
    # What was broken comes in once it is whole.
    assert command(write_zip(tmp_path / "whole.zip", sample()))["messages"] >= 1


def test_archives_that_are_none(command, tmp_path):
    assert "No such file" in command.refusal(tmp_path / "absent.zip")
    (tmp_path / "text.zip").write_text("hello")
    assert "Not a zip archive" in command.refusal(tmp_path / "text.zip")
    (tmp_path / "empty.zip").write_bytes(b"")
    assert "empty.zip: " in command.refusal(tmp_path / "empty.zip")
    assert "no users.json" in command.refusal(write_zip(tmp_path / "other.zip", {"readme.txt": "x"}))
    whole = write_zip(tmp_path / "whole.zip", sample()).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert "cut.zip: " in command.refusal(tmp_path / "cut.zip")


@pytest.mark.parametrize("name", ["../../etc/users.json", "/users.json", "general\\..\\users.json"])
def test_names_that_lead_out_are_refused(command, tmp_path, name):
    archive = tmp_path / "tricky.zip"
    write_zip(archive, sample() | {name: "[]"})
    assert "has a name that leads out of it" in command.refusal(archive)


def test_one_name_twice_is_refused(command, tmp_path):
    archive = tmp_path / "twice.zip"
    with zipfile.ZipFile(archive, "w") as zip, pytest.warns(UserWarning):
        for _ in range(2):
            zip.writestr("users.json", "[]")
    assert "it holds users.json twice" in command.refusal(archive)


def test_a_bomb_is_refused_at_once(command, tmp_path):
    """An entry of a few bytes that claims to be 4 GB: patched into the directory of a real archive."""
    archive = write_zip(tmp_path / "bomb.zip", {"users.json": "[]", "general/2021-03-03.json": "[]"})
    content = bytearray(archive.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 0xF0000000)
    archive.write_bytes(content)
    began = time.monotonic()
    assert "ZIP bomb" in command.refusal(archive)
    assert time.monotonic() - began < 10


def test_which_tenant(command, tenant, tmp_path):
    archive = write_zip(tmp_path / "export.zip", sample())
    assert "there is no tenant nobody" in command.refusal(archive, "--tenant", "nobody")
    Tenant.create(tenant.server).close()
    assert "name one with --tenant" in command.refusal(archive)
    done = subprocess.run([command.binary, "import", "slack"], capture_output=True, text=True)
    assert done.returncode == 2 and "archive is required" in done.stderr
    done = subprocess.run([command.binary, "import", "slack", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "--dry-run" in done.stdout
