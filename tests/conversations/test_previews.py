"""Link previews: they arrive after the message, as an update, and never from inside this network."""

import http.server
import threading
import time

import pytest
from conversations_support import call, create, messages, send, wait_until

HOSTILE = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://017700000001:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http://0.0.0.0:{port}/",
    "gopher://127.0.0.1:{port}/_x",
    "file:///etc/passwd",
]


class Pages:
    """A web server of the test's own; `paths` is what was asked of it."""

    def __init__(self):
        pages = self
        self.paths = []
        self.bodies = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                pages.paths.append(self.path)
                if self.path == "/moved":
                    self.send_response(302)
                    self.send_header("Location", "/article")
                    self.end_headers()
                    return
                body = pages.bodies.get(self.path, "<title>any page</title>").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def pages():
    pages = Pages()
    yield pages
    pages.close()


@pytest.fixture(scope="module")
def server(start_server):
    return start_server(PARLANCE_UNFURL_ALLOW_PRIVATE="true")


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def group(alice):
    return create(alice, "group", ["bob"])["id"]


def previews_of(client, conversation, message):
    found = [item for item in messages(client, conversation)["data"] if item["id"] == message["id"]]
    return found[0]["linkPreviews"]


def test_a_preview_arrives_after_the_message(alice, group, pages):
    pages.bodies["/article"] = """<meta property="og:title" content="An article"><meta property="og:image" content="/i.png">
        <meta property="og:description" content="About things"><meta property="og:site_name" content="The Site">"""
    sent = send(alice, group, f"read {pages.url}/article and {pages.url}/moved!")
    assert sent["linkPreviews"] == []
    article = {
        "title": "An article",
        "description": "About things",
        "imageUrl": f"{pages.url}/i.png",
        "siteName": "The Site",
    }
    wanted = [{"url": f"{pages.url}/article", **article}, {"url": f"{pages.url}/moved", **article}]
    assert wait_until(lambda: previews_of(alice, group, sent)) == wanted
    assert messages(alice, group)["data"][0]["editedAt"] is None, "a preview is no edit"


def test_an_edit_has_its_own_previews(alice, group, pages):
    pages.bodies |= {"/one": "<title>one</title>", "/two": "<title>two</title>"}
    sent = send(alice, group, f"{pages.url}/one")
    assert wait_until(lambda: previews_of(alice, group, sent))[0]["title"] == "one"
    edited = call(alice, f"/chat/messages/{sent['id']}/update", {"content": f"{pages.url}/two"})
    assert edited["linkPreviews"] == []
    assert wait_until(lambda: previews_of(alice, group, sent))[0]["title"] == "two"


def test_at_most_three_links_are_looked_at(alice, group, pages):
    sent = send(alice, group, " ".join(f"{pages.url}/{number}" for number in range(6)))
    assert len(wait_until(lambda: previews_of(alice, group, sent))) == 3
    assert sorted(pages.paths) == ["/0", "/1", "/2"]


def test_a_deleted_message_gets_none(alice, group, pages):
    sent = send(alice, group, f"{pages.url}/x")
    call(alice, f"/chat/messages/{sent['id']}/delete")
    other = send(alice, group, f"{pages.url}/y")
    wait_until(lambda: previews_of(alice, group, other))
    assert previews_of(alice, group, sent) == []


def test_by_default_nobody_inside_is_called(start_server, pages):
    from harness.tenant import Tenant

    tenant = Tenant.create(start_server())
    alice = tenant.as_user("alice")
    group = create(alice, "group")["id"]
    for link in HOSTILE:
        send(alice, group, "look " + link.format(port=pages.port))
    time.sleep(2)
    assert pages.paths == []
    assert all(message["linkPreviews"] == [] for message in messages(alice, group)["data"])
    tenant.close()


def test_previews_can_be_switched_off(start_server, pages):
    from harness.tenant import Tenant

    tenant = Tenant.create(start_server("--unfurl-links", "false", PARLANCE_UNFURL_ALLOW_PRIVATE="true"))
    alice = tenant.as_user("alice")
    send(alice, create(alice, "group")["id"], f"{pages.url}/x")
    time.sleep(1.5)
    assert pages.paths == []
    tenant.close()
