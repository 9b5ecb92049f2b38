"""`parlance import slack` on the sample: what each dialect shows of it, and what a second run does."""

import http.server
import json
import threading

import pytest
from harness.spelling import STRUCT_USER, prefixed, struct
from harness.tenant import Tenant
from importing_support import Command, chats, eventually, feed, get, message, sample, write_zip

ROOT = "slack-CGEN01-1614754663.032600"
IN_ALL = {
    "dry_run": False, "users": 7, "conversations": 7, "threads": 8, "messages": 14, "reactions": 3, "files": 2,
    "changed": 0, "already_here": 0, "passed_over": {"channel_join": 1, "tombstone": 1},
}  # fmt: skip
NOTHING = IN_ALL | {"users": 0, "conversations": 0, "threads": 0, "messages": 0, "reactions": 0, "files": 0, "already_here": 14}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return write_zip(tmp_path_factory.mktemp("export") / "export.zip", sample())


@pytest.fixture(scope="module")
def imported(server, binary, archive):
    """A tenant with the sample in it, brought in while no server ran, and the command."""
    tenant = Tenant.create(server)
    server.stop()
    command = Command(binary, server)
    said = command(archive, "--tenant", tenant.tenant_id)
    assert said == IN_ALL
    server.restart()
    yield tenant, command
    tenant.close()


@pytest.fixture
def ann(imported):
    return imported[0].as_user("slack-UANN01")


@pytest.fixture
def ben(imported):
    return imported[0].as_user("slack-UBEN02")


def ids_of(client):
    """Struct's ids of users by their Slack ids."""
    return {user["xid"].removeprefix("slack-"): user["id"] for user in get(client, "/v1/users")["data"]}


def imported_channels(client):
    """By name."""
    channels = get(client, "/v1/channels")["data"] or []
    return {channel["name"]: channel for channel in channels if channel["xid"].startswith("slack-")}


def test_users(ann):
    users = {user["xid"]: user for user in get(ann, "/v1/users")["data"]}
    assert set(users) == {f"slack-{id}" for id in ("UANN01", "UBEN02", "UCLEO3", "UGUEST", "USLACKBOT", "BDEPLOY", "UFOREIGN")}
    assert (users["slack-UANN01"]["name"], users["slack-UANN01"]["email"]) == ("Ann Árnadóttir", "ann@example.org")
    assert users["slack-BDEPLOY"]["name"] == "Deployer" and users["slack-UFOREIGN"]["name"] == "Fay Foreign"
    # Who owned the workspace there owns nothing here.
    assert users["slack-UANN01"]["bits"] == {}


def test_channels(imported, ann, ben):
    ids = ids_of(ann)
    channels = imported_channels(ann)
    assert set(channels) == {"general", "random", "secret"}, "the archived one is listed no more"
    general = channels["general"]
    assert (general["xid"], general["description"]) == ("slack-CGEN01", "Where all of us talk")
    assert general["bits"] == {"chan_member": True} and general["created_at"] == 1614600000
    assert set(general["members"]) == {ids["UANN01"], ids["UBEN02"], ids["UCLEO3"]}
    assert general["num_threads"] == 5
    assert channels["secret"]["bits"] == {"chan_hidden": True}
    assert set(imported_channels(ben)) == {"general", "random"}


def test_a_thread_with_its_answers(ann):
    ids = ids_of(ann)
    thread = feed(ann)[ROOT]
    assert (thread["created_at"], thread["updated_at"], thread["num_chats"]) == (1614754663, 1614840000, 4)
    assert thread["author_id"] == ids["UANN01"]
    assert set(thread["user_ids"]) == {ids["UANN01"], ids["UBEN02"], ids["UCLEO3"]}
    assert thread["reactions"] == [{"count": 2, "name": "+1"}, {"count": 1, "name": "raised_hands"}]
    assert thread["read"]["num_unread"] == 0
    said = chats(ann, thread)
    assert [chat["xid"] for chat in said] == [
        f"slack-CGEN01-{ts}" for ts in ("1614754663.032600", "1614754700.000200", "1614754900.000300", "1614840000.000500")
    ]
    assert [chat["created_at"] for chat in said] == [1614754663, 1614754700, 1614754900, 1614840000]
    assert said[0]["text"] == f"<@{ids['UBEN02']}>: are collections &amp; shards &gt; 100 MB fine? #typesense"
    assert said[1]["text"] == f"Yes, <@{ids['UANN01']}>, they are." and said[1]["author_id"] == ids["UBEN02"]
    assert said[2]["text"] == (
        "Here is the report\n<https://files.slack.example/F01/report.pdf|report &lt;final&gt;.pdf> (application/pdf, 12345 bytes)"
    )
    named = get(ann, f"/v1/chats/{said[0]['id']}")["chat"]["reactions"]
    assert {reaction["name"]: set(reaction["user_ids"]) for reaction in named} == {
        "+1": {ids["UBEN02"], ids["UCLEO3"]}, "raised_hands": {ids["UBEN02"]},
    }  # fmt: skip


def test_what_stands_alone_is_a_thread_too(ann):
    threads = feed(ann)
    alone = threads["slack-CGEN01-1614755000.000400"]
    assert [chat["text"] for chat in chats(ann, alone)] == ["A lone remark about lighthouses"]
    bot = threads["slack-CGEN01-1614841000.000600"]
    assert [chat["text"] for chat in chats(ann, bot)] == ["Build 7\npassed"]


def test_a_thread_without_its_beginning(ann):
    thread = feed(ann)["slack-CGEN01-1600000000.000100"]
    assert thread["author_id"] == ids_of(ann)["UCLEO3"] and thread["created_at"] == 1600000000
    assert [chat["xid"] for chat in chats(ann, thread)] == ["slack-CGEN01-1614842000.000700"]


def test_what_is_private_stays_private(ann, ben):
    assert "slack-GSEC01-1614900001.000100" in feed(ann)
    hidden = feed(ann)["slack-GSEC01-1614900001.000100"]["id"]
    assert "slack-GSEC01-1614900001.000100" not in feed(ben)
    get(ben, f"/v1/threads/{hidden}", 404)
    assert ben.post("/v1/search", json={"q": "psst"}).json()["found"] == 0


def test_an_archived_channels_threads_can_still_be_read(ann):
    assert feed(ann)["slack-COLD03-1614600100.000100"]["num_chats"] == 1


def test_direct_messages_in_the_conversations_dialect(imported, ann, ben):
    listed = ben.post("/chat/conversations/list", json={}).json()["data"]
    kinds = {conversation["visibility"]: conversation for conversation in listed}
    dm = ben.post("/chat/messages/list", json={"conversationId": kinds["dm"]["id"]}).json()["data"]
    url = "https://files.slack.example/F02/plan.txt"
    assert [entry["content"] for entry in dm] == ["just for Ben", f"answer for Ann\n<{url}|plan.txt> (text/plain, 77 bytes)"]
    assert [attachment["url"] for attachment in dm[1]["attachments"]] == [url]
    assert dm[1]["replyToId"] == dm[0]["id"] and dm[0]["senderId"] == "slack-UANN01"
    assert dm[0]["createdAt"].startswith("2021-03-04T23:20:02")
    assert kinds["dm"]["unreadCount"] == 0
    assert kinds["group"]["memberCount"] == 3 and kinds["group"]["lastMessage"]["content"] == "the three of us"
    cleo = imported[0].as_user("slack-UCLEO3")
    stranger = cleo.post("/chat/messages/list", json={"conversationId": kinds["dm"]["id"]})
    assert stranger.status_code in (403, 404)


def test_it_is_found(ann):
    found = ann.post("/v1/search", json={"q": "lighthouses"}).json()
    assert [hit["document"]["xid"] for hit in found["hits"]] == ["slack-CGEN01-1614755000.000400"]
    assert ann.post("/v1/search", json={"q": "report.pdf"}).json()["found"] == 1, "files are found by their names"


def test_it_goes_on_from_there(ben):
    """The room of ChatAPI is the same thread; a chat that is added now follows what was brought in."""
    thread = feed(ben)[ROOT]
    done = ben.post("/v1/chats", json={"thread_id": thread["id"], "text": "answered here"})
    assert done.status_code == 200, done.text
    assert [chat["text"] for chat in chats(ben, thread)][-1] == "answered here"
    room = prefixed("room_")(int(thread["id"][2:], 16))
    assert len(get(ben, f"/rooms/{room}/messages")) == 5


class Hook(http.server.BaseHTTPRequestHandler):
    """Notes every call."""

    def do_POST(self):
        self.server.calls.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.calls = []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_nobody_is_told(start_server, binary, tmp_path, hook):
    """Neither webhooks nor previews follow, beside what is said now; but threads get their subjects."""
    server = start_server(PARLANCE_UNFURL_ALLOW_PRIVATE="true", PARLANCE_WEBHOOK_ALLOW_PRIVATE="true")
    tenant = Tenant.create(server)
    hooked = {"url": f"{hook.url}/hook", "secret": "s", "events": ["message.new"]}
    assert tenant.as_backend().put("/admin/webhooks", json=hooked).status_code == 200
    files = sample()
    files["random/2021-03-06.json"] = [message("1614990000.000100", "UBEN02", f"<{hook.url}/old-page>")]
    Command(binary, server)(write_zip(tmp_path / "links.zip", files))
    ann = tenant.as_user("slack-UANN01")
    dm = ann.post("/chat/conversations/list", json={}).json()["data"]
    id = next(conversation["id"] for conversation in dm if conversation["visibility"] == "dm")
    sent = ann.post("/chat/messages/send", json={"conversationId": id, "content": f"see {hook.url}/new-page"})
    assert sent.status_code == 200, sent.text
    eventually(lambda: len(hook.calls) >= 2)
    # A link alone says nothing that could be a subject; direct messages have none.
    eventually(lambda: all(thread["subject"] for xid, thread in feed(ann).items() if xid.startswith("slack-CGEN01-")))
    assert feed(ann)["slack-CGEN01-1614755000.000400"]["subject"].startswith("A lone remark")
    assert sorted(hook.calls) == ["/hook", "/new-page"]
    tenant.close()


def test_a_second_run_adds_nothing(imported, archive, ann):
    tenant, command = imported
    before = feed(ann)
    assert command(archive, "--tenant", tenant.tenant_id) == NOTHING
    assert feed(ann) == before


def test_a_dry_run_says_it_and_writes_nothing(start_server, binary, archive):
    server = start_server()
    tenant = Tenant.create(server)
    command = Command(binary, server)
    said = command(archive, "--dry-run")
    # A thread whose beginning is missing is only known when it is made.
    assert said == IN_ALL | {"dry_run": True, "threads": 7}
    assert imported_channels(tenant.as_user("slack-UANN01")) == {}
    assert command(archive)["messages"] == 14
    assert command(archive, "--dry-run") == NOTHING | {"dry_run": True}
    tenant.close()


def test_a_later_export_adds_what_is_new(start_server, binary, archive, tmp_path):
    server = start_server()
    tenant = Tenant.create(server)
    command = Command(binary, server)
    command(archive)
    files = sample()
    day = json.loads(files["general/2021-03-03.json"])
    day[1]["reactions"].append({"name": "tada", "users": ["UANN01"], "count": 1})
    day[2] |= {"text": "Yes, they really are.", "edited": {"user": "UBEN02", "ts": "1700000000.000000"}}
    day.append(message("1614755100.000000", "UCLEO3", "one more", thread_ts="1614754663.032600"))
    files["general/2021-03-03.json"] = json.dumps(day)
    channels = json.loads(files["channels.json"])
    channels[1] |= {"members": ["UANN01", "UBEN02", "UCLEO3"], "is_archived": True}
    files["channels.json"] = json.dumps([*channels, {"id": "CNEW04", "name": "new", "created": 1, "members": ["UBEN02"]}])
    files["new/2021-04-01.json"] = json.dumps([message("1617300000.000000", "UBEN02", "a beginning")])
    said = command(write_zip(tmp_path / "later.zip", files))
    assert (said["conversations"], said["threads"], said["messages"], said["reactions"]) == (1, 1, 2, 1)
    assert (said["changed"], said["already_here"], said["users"]) == (3, 12, 0)
    ben = tenant.as_user("slack-UBEN02")
    texts = [chat["text"] for chat in chats(ben, feed(ben)[ROOT])]
    assert texts[1] == "Yes, they really are." and texts[-1] == "one more"
    assert "slack-CNEW04-1617300000.000000" in feed(ben)
    assert set(imported_channels(ben)) == {"general", "new"}
    tenant.close()


def test_who_is_here_by_email_is_the_same_person(start_server, binary, archive):
    server = start_server()
    tenant = Tenant.create(server)
    made = tenant.as_backend().put("/admin/users/ann-of-ours", json={"email": "ann@example.org", "name": "Ann"})
    assert made.status_code in (200, 201)
    assert Command(binary, server)(archive)["users"] == 6
    ann = tenant.as_user("ann-of-ours")
    assert feed(ann)[ROOT]["author_id"] == struct(STRUCT_USER)(made.json()["id"])
    tenant.close()


def test_two_tenants_keep_their_own(imported, archive, server):
    _, command = imported
    other = Tenant.create(server)
    assert command(archive, "--tenant", other.tenant_id)["messages"] == 14
    assert len(feed(other.as_user("slack-UANN01"))) == 10, "threads and direct messages"
    other.close()
