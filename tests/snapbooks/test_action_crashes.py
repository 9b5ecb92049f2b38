"""kill -9 at random points of write runs: each happened once or is reported as failed, never twice."""

import contextlib
import random
import threading
import time

import httpx
import pytest
from snapbooks_support import (
    APPROVAL, RESULT_ONLY, action, create_thread, messages, run_sql, set_policy, wait_until
)

ROUNDS = 5
SENDERS = 4


class Sender(threading.Thread):
    """Posts programs that each make one object of a name of its own, and approves them, until the server is gone."""

    def __init__(self, tenant, thread, prefix, approves):
        super().__init__()
        self.client = httpx.Client(
            base_url=tenant.server.url, headers=tenant.headers("alice"), timeout=10, trust_env=False
        )
        self.path = f"/chat/threads/{thread}/messages"
        self.prefix = prefix
        self.approves = approves
        self.acknowledged = []

    def run(self):
        with contextlib.suppress(httpx.HTTPError):
            for number in range(1_000_000):
                name = f"{self.prefix}-{number}"
                self.post(action(f"objects.create('thing', {{name = '{name}'}}) thread.post('made {name}')"))
                if self.approves:
                    self.post(APPROVAL)
                self.acknowledged.append(name)
        self.client.close()

    def post(self, message):
        # 409: what is to be approved has not been previewed yet.
        while (reply := self.client.post(self.path, json={"message": message})).status_code == 409:
            time.sleep(0.01)
        assert reply.status_code == 201, reply.text


def all_objects(tenant):
    found, page = [], 1
    while True:
        reply = tenant.as_backend().get("/admin/objects/thing", params={"page": page}).json()
        found += reply["data"]
        if page >= reply["pagination"]["total_pages"]:
            return found
        page += 1


@pytest.mark.parametrize("approves", [False, True], ids=["at once", "approved"])
def test_every_run_happens_once(server, tenant, approves):
    alice = tenant.as_user("alice")
    set_policy(tenant, "all" if approves else [])
    dice = random.Random(6)
    threads, acknowledged = [], []
    for round_number in range(ROUNDS):
        mine = [create_thread(alice)["id"] for _ in range(SENDERS)]
        threads += mine
        senders = [Sender(tenant, thread, f"{round_number}-{i}", approves) for i, thread in enumerate(mine)]
        for sender in senders:
            sender.start()
        time.sleep(0.3 + dice.random())
        server.kill()
        for sender in senders:
            sender.join()
            acknowledged += sender.acknowledged
        run_sql(server, "UPDATE jobs SET run_at = 1 WHERE kind = 'action'")
        server.restart()

    def settled():
        texts = [message["message"] for thread in threads for message in messages(alice, thread)]
        sent = sum(text == APPROVAL if approves else "```codeaction" in text for text in texts)
        ended = sum(text == RESULT_ONLY or text.startswith("The action failed") for text in texts)
        return (texts, sent) if ended == sent else None

    texts, sent = wait_until(settled, timeout=60)
    names = [thing["fields"]["name"] for thing in all_objects(tenant)]
    assert len(names) == len(set(names)), "a run happened twice"
    posted = [text.removeprefix("made ") for text in texts if text.startswith("made ")]
    assert sorted(posted) == sorted(names)
    failed = sum(text.startswith("The action failed") for text in texts)
    assert len(names) + failed == sent
    assert len(set(acknowledged) - set(names)) <= failed
    assert len(acknowledged) > 10
