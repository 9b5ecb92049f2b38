"""kill -9 under load: every acknowledged message is there once, sequence numbers without gaps."""

import threading
import time

import httpx
import pytest
from chatapi_support import Socket, all_messages, create_room

SENDERS = 8
ROUNDS = 4


class Sender(threading.Thread):
    """Sends until the server is gone; `acknowledged` holds what it was told is durable."""

    def __init__(self, tenant, room, user, round_number):
        super().__init__()
        self.client = httpx.Client(
            base_url=tenant.server.url, headers=tenant.headers(user), timeout=10, trust_env=False
        )
        self.room = room
        self.prefix = f"{round_number}/{user}/"
        self.acknowledged = {}
        self.problems = []

    def run(self):
        for number in range(1_000_000):
            text = self.prefix + str(number)
            try:
                reply = self.client.post(f"/rooms/{self.room}/messages", json={"content": text})
            except httpx.HTTPError:
                break
            if reply.status_code != 201:
                self.problems.append(reply.text)
                break
            self.acknowledged[text] = reply.json()
        self.client.close()


@pytest.fixture(scope="module")
def server(start_server):
    return start_server()


def test_nothing_acknowledged_is_lost(server, tenant):
    users = [f"user{number}" for number in range(SENDERS)]
    room = create_room(tenant.as_user("user0"), "group", users)
    acknowledged = {}
    for round_number in range(ROUNDS):
        senders = [Sender(tenant, room, user, round_number) for user in users]
        for sender in senders:
            sender.start()
        time.sleep(0.7 + 0.3 * round_number)
        server.kill()
        for sender in senders:
            sender.join()
            assert sender.problems == []
            acknowledged |= sender.acknowledged
        server.restart()
        check(tenant, room, acknowledged)
    assert len(acknowledged) > 100
    check_replay(server, tenant, room, acknowledged)


def check(tenant, room, acknowledged):
    found = all_messages(tenant.as_user("user0"), room)
    assert [message["seq"] for message in found] == list(range(1, len(found) + 1))
    by_text = {message["content"]: message for message in found}
    assert len(by_text) == len(found), "a message is there twice"
    for text, answer in acknowledged.items():
        assert by_text[text]["message_id"] == answer["message_id"]
        assert by_text[text]["seq"] == answer["seq"]
        assert by_text[text]["created_at"] == answer["created_at"]
    # What was sent but not acknowledged may be there: at most one of each sender and round.
    assert len(found) - len(acknowledged) <= SENDERS * ROUNDS


def check_replay(server, tenant, room, acknowledged):
    last = tenant.as_user("user0").get(f"/rooms/{room}").json()["last_seq"]
    with Socket(server, tenant, "user1") as socket:
        seqs = [socket.expect("message")["seq"] for _ in range(last)]
    assert seqs == list(range(1, last + 1))


def test_a_repeated_send_after_the_kill_is_one_message(server, tenant):
    """A client that got no answer sends again with its Idempotency-Key."""
    alice = tenant.as_user("alice")
    room = create_room(alice, "group", ["bob"])
    path = f"/rooms/{room}/messages"
    unsure = []
    stop = threading.Event()

    def work(worker):
        client = httpx.Client(base_url=server.url, headers=tenant.headers("alice"), timeout=10, trust_env=False)
        number = 0
        while not stop.is_set():
            key = f"{worker}-{number}"
            try:
                assert client.post(path, json={"content": key}, headers={"Idempotency-Key": key}).status_code == 201
                number += 1
            except httpx.HTTPError:
                unsure.append(key)
                return

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(SENDERS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()
    server.restart()
    client = tenant.as_user("alice")
    for key in unsure:
        for _ in range(2):
            reply = client.post(path, json={"content": key}, headers={"Idempotency-Key": key})
            assert reply.status_code == 201
    found = all_messages(client, room)
    texts = [message["content"] for message in found]
    assert len(texts) == len(set(texts)) and set(unsure) <= set(texts)
    assert [message["seq"] for message in found] == list(range(1, len(found) + 1))
