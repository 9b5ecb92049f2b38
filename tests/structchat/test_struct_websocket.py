"""GET /v1/ws: feeds whose threads come to the top, and who is there."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from structchat_support import Org, Socket, assert_error, is_move, number_of, ok, wait_until
from test_feeds import direct, make_feed
from websockets.exceptions import InvalidStatus


@pytest.fixture
def channel(org):
    return org.channel()


def test_credentials_are_checked_before_the_upgrade(server, org, other_org):
    def status(path="/v1/ws", **headers):
        with pytest.raises(InvalidStatus) as refused:
            Socket(org, None, path, headers)
        return refused.value.response.status_code

    token = org.token_of("mike")
    assert status() == 401
    assert status(Authorization="Bearer nothing") == 401
    assert status("/v1/ws?token=nothing") == 401
    assert status(Authorization=f"Bearer {token}", **{"x-struct-orgid": other_org.id}) == 404
    assert status(f"/v1/ws?token={token}", **{"x-struct-orgid": "5Jfffff"}) == 404
    assert_error(org["mike"].get("/v1/ws"), 400, "WebSocket")


def test_ways_to_show_a_credential(org):
    single_use = org["mike"].post("/ws/token").json()["token"]
    named = {"Authorization": f"Bearer {org.token_of('mike')}", "x-struct-orgid": org.id}
    for path, headers in (
        (f"/v1/ws?token={org.token_of('mike')}", {}),
        (f"/v1/ws?token={single_use}", {}),
        ("/v1/ws", named),
        ("/v1/ws", org.tenant.headers("mike")),
    ):
        with Socket(org, None, path, headers) as mike:
            mike.presence(users=True)
            assert org.ids["mike"] in mike.expect("/presence")["data"]["user_ids"]
    with pytest.raises(InvalidStatus):
        Socket(org, None, f"/v1/ws?token={single_use}", {})


def test_a_known_thread_is_a_marker_and_an_unknown_one_comes_whole_once(org, channel):
    known, _ = org.thread(channel, "known")
    unknown, _ = org.thread(channel, "unknown")
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [known])
        for thread in (known, unknown, unknown, known):
            org.chat(thread, "again")
            time.sleep(0.15)  # One after the other, not gathered.
        assert mike.moves() == [known, unknown + "+", unknown, known]
        moved = [frame["update_id"] for frame in mike.seen if is_move(frame)]
        assert moved == [1, 2, 3, 4]


def test_a_new_thread_comes_whole_and_is_known(org, channel):
    with Socket(org, "mike") as mike:
        mike.feed("6N1")
        thread, chat = org.thread(channel, "brand new", by="mary")
        data = mike.expect("server/feed")["data"]
        assert (data["id"], data["author_id"], data["chats"][0]["id"]) == (thread, org.ids["mary"], chat)
        assert data["read"]["user_id"] == org.ids["mike"] and data["read"]["num_unread"] == 1
        org.chat(thread, "again", by="mike")
        assert mike.moves() == [thread]


def test_what_comes_together_is_told_together_and_in_order(org, channel):
    threads = [org.thread(channel, str(number))[0] for number in range(5)]
    with Socket(org, "mike") as mike:
        mike.feed("6N1", threads)
        for _ in range(4):
            for thread in threads:
                org.chat(thread, "again")
        moves = mike.moves()
        assert moves[-5:] == threads and len(moves) <= 20
        assert org.in_feed(by="mike") == threads[::-1]


def test_nothing_is_told_before_a_feed_is_shown(org, channel):
    with Socket(org, "mike") as mike:
        mike.presence()
        org.thread(channel)
        assert mike.moves() == []


def test_each_feed_has_its_own_threads(org, channel):
    other = org.channel(name="other")
    mine = make_feed(org, channel_ids=[other], user_ids=[org.ids["mary"]])["id"]
    with Socket(org, "mike") as a, Socket(org, "mike") as b, Socket(org, "mike") as c, Socket(org, "mike") as d:
        a.feed("6N1"), b.feed("6N2"), c.feed("6N3"), d.feed(mine)
        strange, _ = org.thread(channel, "nothing to do with Mike", by="mary")
        own, _ = org.thread(channel, "Mike's", by="mike")
        told = direct(org, "mary", "mike")
        chosen, _ = org.thread(other, "in the chosen channel", by="mary")
        org.thread(other, "not by Mary", by="olga")
        assert a.moves()[:4] == [strange + "+", own + "+", told + "+", chosen + "+"]
        assert b.moves() == [own + "+", told + "+"]
        assert c.moves() == [told + "+"]
        assert d.moves() == [chosen + "+"]
        assert own != strange


def test_another_feed_takes_the_place_of_the_first(org, channel):
    thread, _ = org.thread(channel, "open", by="mary")
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [thread])
        mike.feed("6N3")
        org.chat(thread, "not shown any more")
        assert mike.moves() == []
        mike.feed("6N1")
        org.chat(thread, "shown again, and forgotten")
        assert mike.moves() == [thread + "+"]


def test_an_admins_change_moves_a_thread_and_a_made_subject_does_not(org, channel):
    with Socket(org, "mike") as mike:
        thread, _ = org.thread(channel, "What is the plan? #plans")
        mike.feed("6N1", [thread])
        wait_until(lambda: org.opened(thread)["thread"]["tags"] == ["plans"])
        mike.moves()  # The beginning of it may be told or not.
        org.chat(thread, "There is another one. #another")
        wait_until(lambda: org.opened(thread)["thread"]["tags"] == ["another", "plans"])
        assert mike.moves() == [thread]
        ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"resolved": True}}))
        assert mike.moves() == [thread]
        ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"hidden": True}}))
        org.chat(thread, "in hiding")
        assert mike.moves() == []
        ok(org["adam"].put("/v1/threads", json={"id": thread, "bits": {"hidden": False}}))
        assert mike.moves() == [thread]


def test_access_counts_at_the_moment_of_sending(org):
    closed = org.channel("chan_hidden")
    thread, _ = org.thread(closed)
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [thread])
        org.chat(thread, "behind closed doors")
        assert mike.moves() == []
        ok(org["olga"].put("/v1/channel-bits", json={"id": closed, "bits": {"chan_member": True}}))
        ok(org["mike"].post("/v1/channels/join", json={"id": closed}))
        org.chat(thread, "welcome")
        assert mike.moves() == [thread]
        ok(org["mike"].post("/v1/channels/leave", json={"id": closed}))
        org.chat(thread, "he is gone")
        assert mike.moves() == []


def test_a_lost_role_counts_at_the_moment_of_sending(org):
    """A channel of all members, as Conversations has them: a guest is not among these."""
    body = {"visibility": "global", "name": "News"}
    news = org.tenant.as_user("olga").post("/chat/conversations/create", json=body).json()["id"]
    thread = f"2{chr(ord('O') - len(f'{int(news):x}'))}{int(news):x}"
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [thread])
        org.chat(thread, "for all members")
        assert mike.moves() == [thread]
        ok(org["olga"].put("/v1/users", json={"id": org.ids["mike"], "bits": {"guest": True}}))
        org.chat(thread, "not for guests")
        assert mike.moves() == []
        ok(org["olga"].put("/v1/users", json={"id": org.ids["mike"], "bits": "no_op"}))
        org.chat(thread, "welcome back")
        assert mike.moves() == [thread]


def test_other_organisations_hear_nothing(org, other_org, channel):
    thread, _ = org.thread(channel)
    with Socket(other_org, "mike") as stranger, Socket(org, "mike") as mike:
        stranger.feed("6N1", [thread]), mike.feed("6N1", [thread])
        mike.presence()
        org.chat(thread, "for us only")
        assert mike.moves() == [thread]
        assert stranger.settle() == []


def test_what_moved_meanwhile_is_told_on_coming_back(org, channel):
    first, second = org.thread(channel, "first")[0], org.thread(channel, "second")[0]
    quiet, _ = org.thread(channel, "quiet")
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [first, second, quiet])
    shown = org.feed(by="mike")
    time.sleep(1.1)
    org.chat(second, "while away"), org.chat(first, "while away")
    new, _ = org.thread(channel, "while away")
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [first, second, quiet], since=max(thread["updated_at"] for thread in shown) + 1)
        assert mike.moves() == [second, first, new + "+"]
        org.chat(first, "live again")
        assert mike.moves() == [first]
        assert [frame["update_id"] for frame in mike.seen if is_move(frame)] == [1, 2, 3, 4]


def test_since_a_second_means_the_whole_second(org, channel):
    thread, _ = org.thread(channel)
    updated_at = org.feed()[0]["updated_at"]
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [thread], since=updated_at)
        assert mike.moves() == [thread]
        mike.feed("6N1", [thread], since=updated_at + 1)
        assert mike.moves() == []


def test_nothing_is_lost_between_the_look_back_and_what_is_live(org, channel):
    threads = [org.thread(channel, str(number))[0] for number in range(4)]
    since = int(time.time())
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(lambda: [org.chat(threads[number % 4], str(number)) for number in range(60)])
        with Socket(org, "mike") as mike:
            while not sending.done():
                mike.feed("6N1", threads, since=since)
            sending.result()
            mike.feed("6N1", threads, since=since)
            order = []
            for thread in mike.moves():
                order = [other for other in order if other != thread] + [thread]
    assert order == org.in_feed(by="mike")[::-1]


def test_too_much_missed_means_to_load_again(org, channel):
    threads = [org.thread(channel, str(number))[0] for number in range(3)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: org.thread(channel, str(number)), range(201)))
    with Socket(org, "mike") as mike:
        mike.feed("6N1", threads, since=0)
        assert mike.next() == {"path": "server/feed", "update_id": 1, "action": "reset"}
        org.chat(threads[0], "live")
        assert mike.moves() == [threads[0]]


def test_a_feed_that_goes_is_said_to_be_gone(org, channel):
    feed = make_feed(org)["id"]
    with Socket(org, "mike") as mike:
        mike.feed(feed)
        ok(org["mike"].put("/v1/feed", json={"id": feed, "bits": {"deleted": True}}))
        org.thread(channel)
        frame = mike.expect("server/error")
        assert frame == {"path": "server/error", "ok": False, "error": "no such feed", "request_path": "/feed"}
        org.thread(channel)
        assert mike.settle() == []


def test_bad_frames_are_answered_and_the_connection_stays(org, channel):
    feed = make_feed(org, by="mary")["id"]
    bad = {
        "{": "",
        "[]": "a frame must be a JSON object",
        '"/feed"': "a frame must be a JSON object",
        "{}": "path must be the name of a frame",
        '{"path": 5}': "path must be the name of a frame",
        '{"path": "/nothing"}': "path must be /presence or /feed",
        '{"path": "/feed", "args": []}': "args must be an object",
        '{"path": "/feed", "args": {"feed_id": 5}}': "feed_id",
        '{"path": "/feed", "args": {"feed_id": "2N1"}}': "feed_id must be the id of a feed",
        '{"path": "/feed", "args": {"feed_id": "6N4"}}': "no such feed",
        '{"path": "/feed", "args": {"feed_id": "%s"}}' % feed: "no such feed",
        '{"path": "/feed", "args": {"thread_ids": ["x"]}}': "thread_ids must be ids of threads",
        '{"path": "/feed", "args": {"thread_ids": "2N1"}}': "thread_ids",
        '{"path": "/feed", "args": {"since": "yesterday"}}': "since",
        '{"path": "/feed", "args": {"since": -5}}': "since must be a time in unix seconds",
        '{"path": "/presence", "args": {"users": "all"}}': "users",
        json.dumps({"path": "/feed", "args": {"thread_ids": ["2N1"] * 1001}}): "1000",
    }
    with Socket(org, "mike") as mike:
        for payload, words in bad.items():
            mike.send(payload)
            frame = mike.next()
            assert (frame["path"], frame["ok"]) == ("server/error", False), (payload, frame)
            assert frame["error"] and words in frame["error"], (payload, frame)
        mike.feed("6N1")
        thread, _ = org.thread(channel)
        assert mike.moves() == [thread + "+"]


def test_a_thousand_threads_may_be_shown(org, channel):
    thread, _ = org.thread(channel)
    shown = [f"2K{number:x}" for number in range(0x1000, 0x1000 + 999)]
    with Socket(org, "mike") as mike:
        mike.feed("6N1", [*shown, thread])
        org.chat(thread, "again")
        assert mike.moves() == [thread]


def test_what_is_no_text_ends_the_connection(org):
    with Socket(org, "mike") as mike:
        mike.send(b"\x00\x01")
        assert mike.closing() == (1003, "only text frames are understood")
    with Socket(org, "mike") as mike:
        mike.send(json.dumps({"path": "/presence", "args": {"x": "y" * 70_000}}))
        assert mike.closing()[0] == 1009


def test_frames_count_against_the_rate(server):
    org = Org(server, rate_limit=50)
    time.sleep(1)
    with Socket(org, "mike") as mike:
        for _ in range(80):
            mike.presence()
        errors = [frame for frame in mike.settle() if frame["path"] == "server/error"]
        assert errors[0]["error"] == "too many requests" and errors[0]["request_path"] == "/presence"
    org.close()


def test_a_credentials_end_is_the_connections(org):
    made = org.tenant.as_backend().post("/admin/tokens", json={"user_id": "mike", "expires_in": 2}).json()
    with Socket(org, None, headers={"Authorization": f"Bearer {made['token']}"}) as mike:
        assert mike.closing() == (1008, "credential expired")


def test_who_does_not_read_keeps_nobody_waiting(org, channel):
    """Long threads, more of them than a connection's queue holds: they wait until the client reads."""
    text = "x" * 60_000
    threads = [org.thread(channel, text)[0] for _ in range(12)]
    with Socket(org, "mike", max_queue=1) as slow, Socket(org, "mary") as quick:
        slow.feed("6N1"), quick.feed("6N1")
        for thread in threads:
            for _ in range(4):
                org.chat(thread, text)
        moved = [move.rstrip("+") for move in quick.moves(2)]
        assert moved[-1] == threads[-1] and set(moved) == set(threads)
        moves = slow.moves(2)
        assert {move for move in moves if move.endswith("+")} == {thread + "+" for thread in threads}


def test_the_longest_chats_are_left_out_of_what_is_pushed(org, channel):
    """Five chats that JSON makes six times as long: more than may wait for a connection."""
    thread, _ = org.thread(channel)
    for _ in range(5):
        org.chat(thread, "\u0001" * 20_000)
    with Socket(org, "mike") as mike:
        mike.feed("6N1")
        org.chat(thread, "short")
        data = mike.expect("server/feed")["data"]
        assert data["chats"][-1]["text"] == "short" and 1 <= len(data["chats"]) < 5


def test_shutdown(start_server):
    org = Org(start_server())
    with Socket(org, "mike") as mike:
        mike.feed("6N1")
        with ThreadPoolExecutor(1) as pool:
            stopping = pool.submit(org.server.stop)
            assert mike.expect("server/shutdown") == {"path": "server/shutdown", "reconnect_after_ms": 5000}
            assert mike.closing() == (1001, "server shutdown")
            stopping.result()
    org.close()


def test_more_than_may_wait_ends_the_connection(start_server):
    """One thread alone is longer than this server lets anything wait: the client is told, and comes back."""
    org = Org(start_server(PARLANCE_WS_QUEUE_BYTES=4096))
    channel = org.channel()
    with Socket(org, "mike") as mike:
        mike.feed("6N1")
        org.thread(channel, "x" * 60_000)
        assert mike.closing() == (1008, "slow reader")
    org.close()


# Presence


def ids(org, *names):
    return sorted((org.ids[name] for name in names), key=number_of)


def listed(socket):
    socket.presence(users=True)
    while True:
        frame = socket.expect("/presence")
        if "update_id" not in frame:
            assert frame["data"]["status"] == "active"
            return frame["data"]["user_ids"]


def test_who_is_there_is_told_to_all_of_the_organisation(org, other_org):
    with Socket(org, "mike") as mike, Socket(org, "mary") as mary, Socket(other_org, "mike") as stranger:
        assert listed(mike) == ids(org, "mike")
        frame = mary.expect("/presence")
        assert frame["data"] == {"status": "active", "user_ids": ids(org, "mike")} and frame["update_id"] == 1
        assert listed(mary) == ids(org, "mike", "mary")
        assert listed(stranger) == [other_org.ids["mike"]]
        for frame in mike.settle():
            assert other_org.ids["mike"] not in frame["data"]["user_ids"]


def test_saying_it_again_is_told_to_nobody(org):
    with Socket(org, "mike") as mike, Socket(org, "mary") as mary:
        for _ in range(5):
            mike.presence()
        assert [frame["data"]["status"] for frame in mary.settle()] == ["active"]


@pytest.fixture(scope="module")
def hasty(start_server):
    """Whoever is silent for a second and a half is away."""
    org = Org(start_server(PARLANCE_STRUCT_AWAY_MS=1500))
    yield org
    org.close()


def test_silence_means_away(hasty):
    org = hasty
    with Socket(org, "mike") as mike, Socket(org, "mary") as mary:
        mike.presence()
        came = mary.expect("/presence", timeout=5)
        assert came["data"] == {"status": "active", "user_ids": ids(org, "mike")}
        gone = mary.expect("/presence", timeout=5)
        assert gone["data"] == {"status": "away", "user_ids": ids(org, "mike")}
        assert gone["update_id"] > came["update_id"]
        assert listed(mary) == ids(org, "mary")
        assert mike.expect("/presence", timeout=5)["data"]["status"] == "active"


def test_one_of_several_windows_is_enough(hasty):
    org = hasty
    time.sleep(2)
    with Socket(org, "olga") as olga, Socket(org, "mike") as first:
        first.presence()
        assert olga.expect("/presence")["data"] == {"status": "active", "user_ids": ids(org, "mike")}
        with Socket(org, "mike") as second:
            for _ in range(5):
                second.presence()
                time.sleep(0.5)
            assert listed(olga) == ids(org, "mike", "olga")
        # A closed window says nothing about the other one; only silence does.
        assert listed(olga) == ids(org, "mike", "olga")
        frames = olga.settle(2.5)
        assert {"status": "away", "user_ids": ids(org, "mike")} in [frame["data"] for frame in frames]


def test_what_is_told_while_nobody_listens_is_known_later(hasty):
    org = hasty
    time.sleep(2)
    with Socket(org, "adam") as adam:
        adam.presence()
        adam.settle(0.2)
    with Socket(org, "mary") as mary:
        assert org.ids["adam"] in listed(mary)
    time.sleep(2)
    with Socket(org, "mary") as mary:
        assert listed(mary) == ids(org, "mary")
