"""What preferences do: whom the webhook tells while they are away, and whose own channel names a mention."""

import http.server
import json
import threading
import time

import pytest
from conversations_support import call, create, messages, send, wait_until
from test_conversations_live import Live


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((body["recipient_id"], body["message"]["content"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--webhook-allow-private")


@pytest.fixture
def hook(tenant):
    """Where the tenant's webhook goes; `heard` is who was told of what."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.heard = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    body = {"url": f"http://127.0.0.1:{server.server_address[1]}/", "secret": "s", "events": ["message.new"]}
    assert tenant.as_backend().put("/admin/webhooks", json=body).status_code == 200
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def group(alice):
    return create(alice, "group", ["bob", "carol"])["id"]


def prefer(client, conversation, **change):
    call(client, f"/chat/conversations/{conversation}/preferences/update", change)


SAID = ["hello", "<@bob>, look", "@everyone, lunch"]
WANTED = {"all": SAID, "mentions": SAID[1:], "everyone": SAID[2:], "none": []}


@pytest.mark.parametrize("level", WANTED)
def test_the_webhook_follows_the_level(alice, bob, group, hook, level):
    prefer(bob, group, notifyLevel=level)
    for content in SAID:
        send(alice, group, content)
    # Carol wants everything, so when she has been told of all, bob has been told of his.
    wait_until(lambda: len([1 for user, _ in hook.heard if user == "carol"]) == len(SAID))
    wait_until(lambda: sorted(content for user, content in hook.heard if user == "bob") == sorted(WANTED[level]))
    assert [content for user, content in hook.heard if user == "alice"] == []
    # They are about telling alone.
    assert len(messages(bob, group)["data"]) == len(SAID)
    assert call(bob, f"/chat/conversations/{group}/get")["unreadCount"] == len(SAID)
    assert call(bob, f"/chat/conversations/{group}/get")["mentionCount"] == 1


def test_a_mute_lasts_until_its_time(alice, bob, group, hook):
    prefer(bob, group, muteUntil="9999-12-31T23:59:59Z")
    send(alice, group, "<@bob>, muted")
    wait_until(lambda: ("carol", "<@bob>, muted") in hook.heard)
    prefer(bob, group, muteUntil="2020-01-01T00:00:00Z")
    send(alice, group, "over")
    wait_until(lambda: ("bob", "over") in hook.heard)
    assert ("bob", "<@bob>, muted") not in hook.heard


def test_a_dm_that_notifies_of_nothing(alice, bob, hook):
    quiet, other = create(alice, "dm", ["bob"])["id"], create(alice, "dm", ["carol"])["id"]
    prefer(bob, quiet, notifyLevel="none")
    send(alice, quiet, "quiet")
    send(alice, other, "later")
    wait_until(lambda: ("carol", "later") in hook.heard)
    time.sleep(0.5)
    prefer(bob, quiet, notifyLevel="all")
    send(alice, quiet, "loud")
    wait_until(lambda: ("bob", "loud") in hook.heard)
    assert ("bob", "quiet") not in hook.heard


@pytest.fixture
def live(server, bob):
    live = Live(server, bob)
    yield live
    live.socket.close()


def test_a_users_own_channel_names_only_wanted_mentions(alice, bob, group, live):
    named = []
    for number, (change, is_wanted) in enumerate(
        [
            ({"notifyLevel": "all"}, True),
            ({"notifyLevel": "mentions"}, True),
            ({"notifyLevel": "everyone"}, False),
            ({"notifyLevel": "none"}, False),
            ({"notifyLevel": "all", "muteUntil": "9999-12-31T23:59:59Z"}, False),
            ({"muteUntil": None}, True),
        ]
    ):
        prefer(bob, group, **change)
        sent = send(alice, group, f"<@bob> {number}")
        if is_wanted:
            named.append(sent["id"])

    def mentions():
        return [event["data"]["messageId"] for event in live.events("user:bob") if event["type"] == "mention"]

    wait_until(lambda: live.rpc("list-conversations") and mentions() == named)
