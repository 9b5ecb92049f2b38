"""Programs in messages on several nodes: each run happens once, whichever node takes it, also where one is killed."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from cluster_support import wait_until
from snapbooks_support import APPROVAL, RESULT_ONLY, action, create_thread, messages, post, run_sql, set_policy

TYPES = ["apple", "banana", "cherry"]


@pytest.fixture(scope="module")
def cluster(start_cluster):
    """Of this module alone: its node is killed."""
    return start_cluster(2)


class Sender(threading.Thread):
    """Posts programs that each make an object of every type, in any order, to one node."""

    def __init__(self, tenant, thread, count):
        super().__init__()
        self.client = httpx.Client(
            base_url=tenant.server.url, headers=tenant.headers("alice"), timeout=20, trust_env=False
        )
        self.thread, self.count = thread, count
        self.dice = random.Random(thread)
        self.acknowledged = []

    def run(self):
        try:
            for number in range(self.count):
                name = f"{self.thread}-{number}"
                kinds = self.dice.sample(TYPES, len(TYPES))
                code = " ".join(f"objects.create('{kind}', {{name = '{name}'}})" for kind in kinds)
                reply = self.client.post(f"/chat/threads/{self.thread}/messages", json={"message": action(code)})
                assert reply.status_code == 201, reply.text
                self.acknowledged.append(name)
        except httpx.HTTPError:
            pass  # The node was killed.
        finally:
            self.client.close()


def start_senders(tenant, count):
    alice = tenant.as_user("alice")
    senders = [Sender(tenant.at(index % 2), create_thread(alice)["id"], count) for index in range(4)]
    for sender in senders:
        sender.start()
    return senders


def names_of(tenant, kind):
    backend, names, page = tenant.as_backend(), [], 1
    while True:
        reply = backend.get(f"/admin/objects/{kind}", params={"page": page}).json()
        names += [found["fields"]["name"] for found in reply["data"]]
        if page >= reply["pagination"]["total_pages"]:
            return names
        page += 1


def check_runs(tenant, senders):
    alice = tenant.as_user("alice")

    def settled():
        texts = [found["message"] for sender in senders for found in messages(alice, sender.thread)]
        sent = sum("```codeaction" in text for text in texts)
        failed = sum(text.startswith("The action failed") for text in texts)
        return (sent, failed) if sum(text == RESULT_ONLY for text in texts) + failed == sent else None

    sent, failed = wait_until(settled, timeout=60)
    acknowledged = {name for sender in senders for name in sender.acknowledged}
    for kind in TYPES:
        names = names_of(tenant, kind)
        assert len(names) == len(set(names)) == sent - failed, kind
        assert len(acknowledged - set(names)) <= failed
    assert sent >= len(acknowledged) > 0
    return failed


def test_runs_of_both_nodes_on_the_same_types(tenant):
    set_policy(tenant, [])
    senders = start_senders(tenant, 12)
    for sender in senders:
        sender.join()
    assert check_runs(tenant, senders) <= 4, "they keep getting into each other's way"


def test_of_many_approvals_at_once_one_counts(tenant):
    clients = [tenant.at(node).as_user(user) for node in (0, 1) for user in ("alice", "bob", "carol")]
    for number in range(8):
        thread = create_thread(clients[0])["id"]
        post(clients[0], thread, action(f"objects.create('approved', {{n = {number}}})"))
        wait_until(lambda: messages(clients[0], thread)[0]["action_mode"] == "preview")
        with ThreadPoolExecutor(len(clients)) as pool:
            path = f"/chat/threads/{thread}/messages"
            replies = list(pool.map(lambda client: client.post(path, json={"message": APPROVAL}), clients))
        statuses = sorted(reply.status_code for reply in replies)
        assert statuses == [201] + [409] * (len(clients) - 1), [reply.text for reply in replies]
        wait_until(lambda: messages(clients[0], thread)[-1]["message"] == RESULT_ONLY)
        assert len(messages(clients[0], thread)) == 3
    assert len(tenant.as_backend().get("/admin/objects/approved").json()["data"]) == 8


def test_a_killed_node_leaves_its_runs_to_the_other(cluster, tenant):
    set_policy(tenant, [])
    senders = start_senders(tenant, 1_000_000)
    wait_until(lambda: all(len(sender.acknowledged) > 3 for sender in senders), timeout=30)
    cluster[0].kill()
    for sender in senders[0::2]:
        sender.join()
    wait_until(lambda: all(len(sender.acknowledged) > 8 for sender in senders[1::2]), timeout=30)
    for sender in senders[1::2]:
        sender.count = 0
    cluster[1].kill()
    for sender in senders[1::2]:
        sender.join()
    # Leases of the dead would end by themselves, in time.
    run_sql(cluster[1], "UPDATE jobs SET run_at = 1 WHERE kind = 'action'")
    cluster[1].restart()
    check_runs(tenant.at(1), senders)
    cluster[0].restart()
