"""Every sample of the source text, with its own ids where it has any, and the exact reply (times apart)."""

import base64
import re

import httpx
import pytest
from structchat_support import Org, Socket, number_of, ok, run_sql, set_next_id, settled, settled_field

# Every id that the source text shows.
SOURCE_IDS = """
1J1aeb8 2K284a 3M52 2K1da7 1J1af65 2Lc26 1J1ae97 1J1ae93 4K1fe9 1K6b0c 5N4 2K2d0c 1J1f000 1J1ae89 1J1aeb5 3Ld0d 4Lb29
6N1 6N2 6M10 6M13 3M18 4L6c8 4L6d3 4L6c7 4L6c5 4L6c3 2K3259 1J21760 1J21761 1J21762 1J21763 1J21764 2K5c1c 4Kfb24
1J2f7eb 1J2f901 1J2f902 1J2f903 1J2f904
""".split()


# A whole one, of one pixel: the server looks at what a file is.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def curl(client, path, data=None, method="POST"):
    """As curl sends -d: the body is JSON, its name says that it is a form."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if data else {}
    return client.request(method, path, content=data, headers=headers)


def next_chat(org, number):
    """The next chat of the server gets this id."""
    if org.server.database:
        return set_next_id(org.server, "messages", number)
    org.chat(org.filler, "SQLite counts on from the greatest id")
    run_sql(org.server, f"UPDATE messages SET id = {number - 1} WHERE id = (SELECT MAX(id) FROM messages)")


@pytest.fixture(scope="module")
def chatwoot(server):
    org = Org(server, "chatwoot")
    org.bearer = {"Authorization": f"Bearer {org.token_of('olga')}", "Host": "chatwoot.struct.is"}
    org.olga = org.client(**org.bearer)
    set_next_id(server, "conversations", 0x52)
    assert org.channel() == "3M52"
    org.filler, _ = org.thread("3M52")
    ok(org.olga.put("/v1/threads", json={"id": org.filler, "bits": {"hidden": True}}))
    set_next_id(server, "conversations", 0xC26)
    assert org.thread("3M52", "An older thread")[0] == "2Lc26"
    yield org
    org.olga.close()
    org.close()


@pytest.mark.parametrize("text", SOURCE_IDS)
def test_every_id_of_the_source_text_is_spelled_by_the_rule(text):
    assert number_of(text) > 0


def test_create_and_update_a_chat(chatwoot):
    next_chat(chatwoot, 0x1AE93)
    reply = curl(chatwoot.olga, "/v1/chats", '{"thread_id": "2Lc26", "text": "testing via HTTP apis"}')
    assert reply.text == '{"chat_id":"1J1ae93","ok":true}'
    body = '{"id": "1J1ae93", "thread_id": "2Lc26", "text": "testing this one too"}'
    assert curl(chatwoot.olga, "/v1/chats", body, "PUT").text == '{"ok":true}'

def test_create_a_channel(chatwoot):
    set_next_id(chatwoot.server, "conversations", 0xD0D)
    reply = curl(chatwoot.olga, "/v1/channels", '{"name": "testing", "bits": {"chan_member": true}}')
    settled_times = re.sub(r'_at":\d{10}', '_at":1698901018', reply.text)
    assert settled_times == (
        '{"data":{"id":"3Ld0d","xid":"","created_at":1698901018,"updated_at":1698901018,"bits":{"chan_member":true},'
        '"done_until":0,"name":"testing","description":"","org_ids":["%s"],"num_threads":0,"members":["%s"]},"ok":true}'
        % (chatwoot.id, chatwoot.ids["olga"])
    )

def test_create_a_thread(chatwoot):
    next_chat(chatwoot, 0x1AEB8)
    set_next_id(chatwoot.server, "conversations", 0x284A)
    body = '{"text": "Create a new thread please, w. rev1", "xsr_ids": ["3M52"]}'
    reply = curl(chatwoot.olga, "/v1/threads", body)
    assert reply.text == '{"chat_id":"1J1aeb8","ok":true,"thread_id":"2K284a"}'


def test_get_a_thread(chatwoot):
    opened = ok(chatwoot.olga.get("/v1/threads/2K284a"))
    assert list(opened) == ["thread", "chats", "similar", "ok"]
    thread = opened["thread"]
    thread.pop("subject"), thread.pop("summary"), thread.pop("url_path")
    assert thread.pop("joinChatUrl").startswith("http://chatwoot.struct.is/")
    assert settled(thread) == {
        "id": "2_ID",
        "xid": "",
        "created_at": "TIME",
        "updated_at": "TIME",
        "bits": {},
        "tags": None,
        "org_id": "5_ID",
        "author_id": "4_ID",
        "xsr_ids": ["3_ID"],
        "user_ids": ["4_ID"],
        "num_chats": 1,
        "reactions": None,
        "read": {"id": "0", "user_id": "4_ID", "thread_id": "2_ID", "chat_id": "0", "num_unread": 0, "muted_until": 0},
    }
    assert (thread["id"], thread["xsr_ids"]) == ("2K284a", ["3M52"])
    assert [chat["id"] for chat in opened["chats"]] == ["1J1aeb8"]
    (similar,) = opened["similar"]  # They share a word.
    assert similar["id"] == "2Lc26" and "chats" not in similar


def test_mark_a_thread_as_resolved(chatwoot):
    reply = curl(chatwoot.olga, "/v1/threads", '{"ids": ["2K284a"], "bits": {"resolved": true}}', "PUT")
    assert reply.text == '{"ok":true}'
    assert ok(chatwoot.olga.get("/v1/threads/2K284a"))["thread"]["bits"] == {"resolved": True}


def test_update_the_read_status(chatwoot):
    reply = curl(chatwoot.olga, "/v1/read", '{"thread_id": "2K284a", "chat_id": "1J1aeb8"}', "PUT")
    assert reply.text == '{"ok":true}'



def test_get_a_chat(chatwoot):
    anonymous = chatwoot.client(Host="chatwoot.struct.is")
    reply = ok(anonymous.get("/v1/chats/1J1ae93"))
    assert list(reply) == ["chat", "ok"]
    chat = reply["chat"]
    assert list(chat) == [
        "id", "xid", "created_at", "updated_at", "bits", "text", "author_id", "thread_id", "images", "reactions",
    ]  # fmt: skip
    assert settled(chat) == {
        "id": "1_ID",
        "xid": "",
        "created_at": "TIME",
        "updated_at": "TIME",
        "bits": {},
        "text": "testing this one too",
        "author_id": "4_ID",
        "thread_id": "2_ID",
        "images": None,
        "reactions": None,
    }
    assert chat["id"] == "1J1ae93" and chat["thread_id"] == "2Lc26"


def test_reactions_are_written_blindly(chatwoot):
    for body in ('{"chat_id": "1J1ae93", "name": "+1", "set": true}', '{"chat_id": "1J1ae93", "name": "+1", "delete": true}'):
        for _ in range(2):
            assert curl(chatwoot.olga, "/v1/reactions", body).text == '{"ok":true}'
    curl(chatwoot.olga, "/v1/reactions", '{"chat_id": "1J1ae93", "name": "+1", "set": true}')
    reply = httpx.get(
        chatwoot.server.url + "/v1/chats/1J1ae93", headers={"x-struct-orgid": chatwoot.id}, trust_env=False
    )
    expected = [{"count": 1, "name": "+1", "user_ids": [chatwoot.ids["olga"]]}]
    assert ok(reply)["chat"]["reactions"] == expected


def test_page_through_the_chats_of_a_thread(chatwoot):
    anonymous = chatwoot.client(Host="chatwoot.struct.is")
    page = ok(anonymous.get("/v1/chats/2Lc26?num=100&before=1J1f000"))
    assert list(page) == ["chats", "ok"]
    assert [chat["id"] for chat in page["chats"]] [:1] == ["1J1ae93"]
    assert len(page["chats"]) == 2
    first = page["chats"][1]["id"]
    before = ok(anonymous.get("/v1/chats/2Lc26?num=10&before=1J1ae93"))
    assert [chat["id"] for chat in before["chats"]] == [first]
    assert ok(anonymous.get(f"/v1/chats/2Lc26?num=10&before={first}"))["chats"] == []



def test_list_the_feeds(chatwoot):
    reply = ok(chatwoot.olga.get("/v1/feeds"))
    everybodys = {"user_id": "0", "org_id": "0", "channel_ids": None, "user_ids": None}
    assert reply["data"] == [
        everybodys | {"id": "6N1", "name": "Omni", "bits": {}},
        everybodys | {"id": "6N2", "name": "Yours Truly", "bits": {}},
        everybodys | {"id": "6N3", "name": "Direct Messages", "bits": {"feed_dm": True}},
    ]
    assert list(reply["data"][0]) == ["id", "user_id", "org_id", "name", "channel_ids", "user_ids", "bits"]


def test_create_and_replace_a_feed(chatwoot):
    set_next_id(chatwoot.server, "feeds", 0x13 - 0xF)
    heart = chatwoot.ids["mike"]
    body = '{"name": "only-community-kishore", "channel_ids": ["3M52"], "user_ids": ["%s"], "bits": {"feed_dm": true}}'
    expected = {
        "data": {
            "id": "6M13",
            "user_id": chatwoot.ids["olga"],
            "org_id": chatwoot.id,
            "name": "only-community-kishore",
            "channel_ids": ["3M52"],
            "user_ids": [heart],
            "bits": {"feed_dm": True},
        },
        "ok": True,
    }
    assert curl(chatwoot.olga, "/v1/feed", body % heart).json() == expected
    body = '{"id": "6M13", "channel_ids": ["3M52"], "user_ids": ["%s"], "name": "Community heart Kishore"}' % heart
    expected["data"] |= {"name": "Community heart Kishore", "bits": {}}
    assert curl(chatwoot.olga, "/v1/feed", body, "PUT").json() == expected
    deleted = curl(chatwoot.olga, "/v1/feed", '{"id": "6M13", "bits": {"deleted": true}}', "PUT")
    assert ok(deleted)["data"]["id"] == "6M13"
    assert len(ok(chatwoot.olga.get("/v1/feeds"))["data"]) == 3


FEED_THREAD = [
    "id", "xid", "created_at", "updated_at", "bits", "subject", "summary", "tags", "org_id", "author_id", "xsr_ids",
    "user_ids", "num_chats", "reactions", "url_path", "read", "chats",
]  # fmt: skip


def test_get_a_page_of_a_feed(chatwoot):
    reply = ok(chatwoot.olga.get("/v1/feed/6N1?page=1&per_page=20"))
    newest, older = reply["data"]
    assert list(newest) == list(older) == FEED_THREAD
    assert (newest["id"], older["id"]) == ("2K284a", "2Lc26")
    assert older["reactions"] == [{"count": 1, "name": "+1"}]
    assert older["chats"][-1]["reactions"] == [{"count": 1, "name": "+1"}]
    assert [chat["id"] for chat in older["chats"]][1:] == ["1J1ae93"]
    assert ok(chatwoot.olga.get("/v1/feed/6N1?page=2&per_page=20"))["data"] == []
    for path in ("/v1/feed", "/v1/feed/"):
        assert ok(chatwoot.olga.get(path)) == ok(chatwoot.olga.get("/v1/feed/6N1"))


def test_upload_a_file(chatwoot):
    image = PNG
    reply = chatwoot.olga.post("/v1/upload", files={"file": ("launch-blog-cover.png", image)})
    body = ok(reply)
    handle = body["data"].pop("handle")
    assert re.fullmatch(r"img-\d{16}", handle)
    assert body == {"data": {"ctype": "image/png", "fname": "launch-blog-cover.png", "size": len(image)}, "ok": True}
    assert list(reply.json()["data"]) == ["ctype", "fname", "handle", "size"]
    assert chatwoot.olga.get(f"/v1/upload/{handle}").content == image


def test_anons(server):
    reply = httpx.get(server.url + "/v1/anons", trust_env=False)
    data = ok(reply)["data"]
    expected = [f"adams-{word}" for word in "alpha bravo charlie delta echo foxtrot golf".split()]
    assert data["adams-alpha"][:7] == expected
    for group, names in data.items():
        surname = group.removesuffix("-alpha")
        assert names[0] == group and all(name.startswith(surname + "-") for name in names)


def test_create_an_organisation(chatwoot):
    body = '{"name": "test", "title": "Test", "description": "Description", "hostname": "testing-local"}'
    made = ok(curl(chatwoot.olga, "/create-org", body))
    assert settled({key: value for key, value in made["data"].items() if key != "join_secret"}) == {
        "id": "5_ID",
        "xid": "",
        "created_at": "TIME",
        "bits": {},
        "last_sync": 0,
        "name": "test",
        "title": "Test",
        "description": "Description",
        "hostname": "testing-local",
        "num_threads": 0,
        "num_valid_threads": 0,
        "num_resolved_threads": 0,
    }
    owner = chatwoot.client(Authorization=f"Bearer {made['token']}", Host="testing-local.struct.is")
    users = ok(owner.get("/v1/users"))["data"]
    assert [(user["xid"], user["bits"]) for user in users] == [("olga", {"owner": True})]


def test_get_the_organisation(chatwoot):
    org = ok(chatwoot.olga.get("/v1/org"))["data"]
    assert org["hostname"] == "chatwoot" and org["id"] == chatwoot.id
    assert org["num_threads"] >= org["num_valid_threads"] >= org["num_resolved_threads"] == 1


def test_renew_the_join_secret(chatwoot):
    first = ok(curl(chatwoot.olga, "/v1/join-secret", "{}", "PUT"))["data"]["join_secret"]
    second = ok(curl(chatwoot.olga, "/v1/join-secret", "{}", "PUT"))["data"]["join_secret"]
    assert first and second and first != second


def test_presence_frames(chatwoot):
    with Socket(chatwoot, "mike") as mike, Socket(chatwoot, "mary") as mary:
        mike.send('{"path": "/presence"}')
        assert mike.expect("/presence") == {
            "path": "/presence",
            "update_id": 1,
            "data": {"status": "active", "user_ids": [chatwoot.ids["mike"]]},
        }
        mary.send('{"path": "/presence", "args": {"users": true}}')
        ids = sorted((chatwoot.ids["mike"], chatwoot.ids["mary"]), key=number_of)
        listed = next(frame for frame in iter(mary.next, None) if "update_id" not in frame)
        assert listed == {"path": "/presence", "data": {"status": "active", "user_ids": ids}}


def test_feed_frames(chatwoot):
    unknown, _ = chatwoot.thread("3M52", "pushing a new chat")
    with Socket(chatwoot, "olga") as olga:
        olga.feed("6N1", ["2K284a"])
        chatwoot.chat("2K284a", "hey jason, looking into it. will revert soon on this.", "mike")
        frame = olga.expect("server/feed")
        assert frame == {"thread_id": "2K284a", "path": "server/feed", "update_id": 1, "action": "move_to_top"}
        chatwoot.chat(unknown, "pushing a new chat", "mike")
        frame = olga.expect("server/feed")
        assert list(frame) == ["thread_id", "path", "update_id", "action", "data"]
        data = frame.pop("data")
        assert frame == {"thread_id": unknown, "path": "server/feed", "update_id": 2, "action": "move_to_top"}
        assert list(data) == FEED_THREAD
        assert data == next(thread for thread in chatwoot.feed() if thread["id"] == unknown)
        assert settled_field("read", data["read"]) == {
            "id": "0", "user_id": "4_ID", "thread_id": "2_ID", "chat_id": "0", "num_unread": 1, "muted_until": 0,
        }  # fmt: skip
        chatwoot.chat(unknown, "pushing a new chat", "mike")
        assert olga.expect("server/feed") == frame | {"update_id": 3}
