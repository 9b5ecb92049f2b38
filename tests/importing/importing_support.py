"""What the tests of imports share: the sample zipped, changed or broken, and runs of the command."""

import json
import os
import subprocess
import time
import zipfile
from pathlib import Path

SAMPLE = Path(__file__).parent / "sample"


def sample() -> dict[str, bytes]:
    """The files of the sample by their names in the archive."""
    return {str(path.relative_to(SAMPLE)): path.read_bytes() for path in sorted(SAMPLE.rglob("*.json"))}


def write_zip(path: Path, files: dict) -> Path:
    """`files`: bytes, texts, or anything else to be written as JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if not isinstance(content, bytes | str):
                content = json.dumps(content)
            archive.writestr(name, content)
    return path


def message(ts, user, text, **more):
    return {"type": "message", "ts": ts, "user": user, "text": text, **more}


def large_export(message_count: int) -> dict:
    """One channel; every third message begins a thread that the next two answer."""
    days, root = {}, None
    for number in range(message_count):
        ts = f"{1_600_000_000 + number * 60}.000{number % 1000:03}"
        more = {"thread_ts": root, "parent_user_id": "UONE"} if number % 3 else {}
        if not more:
            root = ts
        day = f"busy/2020-{10 + number // 28000:02}-{1 + number // 1000 % 28:02}.json"
        days.setdefault(day, []).append(message(ts, "UONE" if number % 2 else "UTWO", f"message {number}", **more))
    users = [{"id": "UONE", "name": "one"}, {"id": "UTWO", "name": "two"}]
    channels = [{"id": "CBUSY", "name": "busy", "created": 1_600_000_000, "members": ["UONE", "UTWO"]}]
    return {"users.json": users, "channels.json": channels, **days}


class Command:
    """`parlance import slack` on the database of a server that may or may not run."""

    def __init__(self, binary, server):
        self.binary = binary
        self.server = server

    def arguments(self, archive, *more):
        command = [str(self.binary), "import", "slack", str(archive), "--data", str(self.server.data)]
        if self.server.database:
            command += ["--database", self.server.database]
        return command + [str(argument) for argument in more]

    def environment(self):
        return {name: value for name, value in os.environ.items() if not name.startswith("PARLANCE_")}

    def run(self, archive, *more):
        command = self.arguments(archive, *more)
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=120)
        assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
        return done

    def __call__(self, archive, *more):
        """What it says it has done."""
        done = self.run(archive, *more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refusal(self, archive, *more):
        """The last line of a run that fails."""
        done = self.run(archive, *more)
        assert done.returncode == 1 and done.stdout == "", (done.returncode, done.stdout, done.stderr)
        return done.stderr.splitlines()[-1]


def get(client, path, status=200):
    reply = client.get(path)
    assert reply.status_code == status, (path, reply.status_code, reply.text)
    return reply.json()


def feed(client):
    """Every thread of the feed by its xid."""
    threads = {}
    for page in range(1, 100):
        data = get(client, f"/v1/feed/6N1?page={page}&per_page=100")["data"] or []
        threads |= {thread["xid"]: thread for thread in data}
        if len(data) < 100:
            return threads
    raise AssertionError("a feed without an end")


def chats(client, thread):
    """The whole of a thread, the oldest first."""
    return list(reversed(get(client, f"/v1/chats/{thread['id']}?num=1000")["chats"]))


def eventually(check, timeout=15.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if check():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")
