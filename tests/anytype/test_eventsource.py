"""The stream as npm's EventSource reads it, reconnecting by itself."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from anytype_support import Chat
from harness.tenant import Tenant

HERE = Path(__file__).parent / "eventsource"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """client.js with its modules, in a folder of its own."""
    folder = tmp_path_factory.mktemp("eventsource")
    for name in ("package.json", "package-lock.json", "client.js"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "client.js"


class Reader:
    def __init__(self, script, url, tenant, user, *names):
        command = ["node", str(script), url, tenant.api_key, user, *names]
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment)
        self.events = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.events.put(json.loads(line))

    def next(self, name, timeout=20):
        while True:
            event = self.events.get(timeout=timeout)
            if event["name"] == name:
                return event

    def close(self):
        self.process.kill()
        self.process.communicate()


def test_an_event_source_reconnects_and_loses_nothing(start_server, client):
    server = start_server()
    tenant = Tenant.create(server)
    chat = Chat.main(tenant)
    chat.send("alice", "zero")
    names = ("initial", "add", "update", "delete", "reactions", "state", "ping")
    reader = Reader(client, f"{server.url}{chat.url}/subscribe", tenant, "bob", *names)
    try:
        initial = json.loads(reader.next("initial")["data"])
        assert [message["content"]["text"] for message in initial["messages"]] == ["zero"]
        first = chat.send("alice", "one")
        added = reader.next("add")
        assert json.loads(added["data"])["message"]["id"] == first["id"]

        server.restart()
        chat.edit("alice", first, "one!")
        chat.react("carol", first, "🦉")
        second = chat.send("alice", "two")
        chat.delete("alice", first)
        again = json.loads(reader.next("initial")["data"])
        assert "messages" not in again
        assert "reset" not in again
        third = chat.send("alice", "three")
        found = []
        while not found or found[-1] != ("add", third["id"]):
            event = reader.events.get(timeout=20)
            data = json.loads(event["data"]) if event.get("data") else {}
            if event["name"] in ("add", "update", "reactions"):
                found.append((event["name"], data["message"]["id"]))
            if event["name"] == "delete":
                found.append((event["name"], data["deleted"]))
        # What is about a message that is gone by now is left out of a replay, unless it was sent before it went.
        assert [each for each in found if each[1] != first["id"]] == [("add", second["id"]), ("add", third["id"])]
        assert found.count(("delete", first["id"])) == 1
        assert len(set(found)) == len(found)
    finally:
        reader.close()
        tenant.close()
