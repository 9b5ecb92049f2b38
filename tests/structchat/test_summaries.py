"""Subjects, summaries and tags appear by themselves: made here, or by a service that speaks like OpenAI's."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from structchat_support import Org, assert_error, ok, wait_until

SECONDS = 5  # within which a #word is a tag


def texts_of(org, thread, by="olga"):
    shown = org.opened(thread, by)["thread"]
    return shown["subject"], shown["summary"], shown["tags"]


def test_a_subject_a_summary_and_tags_appear(org):
    thread, _ = org.thread(org.channel(), "Typesense is slow today. Does anybody know why? #outage #Search")
    texts = wait_until(lambda: texts_of(org, thread)[0] and texts_of(org, thread), SECONDS)
    assert texts[0] == "Typesense is slow today"
    assert "Typesense is slow today." in texts[1]
    assert texts[2] == ["outage", "search"]
    shown = org.feed()[0]
    assert (shown["subject"], shown["url_path"]) == (texts[0], f"typesense-is-slow-today/{thread}")


def test_the_same_thread_always_gets_the_same(org):
    channel = org.channel()
    chats = ["The index is rebuilt at night.", "Rebuilding the index takes an hour #index", "An hour is fine, thanks"]
    made = []
    for _ in range(2):
        thread, _ = org.thread(channel, chats[0])
        for text in chats[1:]:
            org.chat(thread, text)
        made.append(wait_until(lambda: texts_of(org, thread)[2] and texts_of(org, thread)))
    assert made[0] == made[1]


def test_tags_follow_what_is_said(org):
    thread, first = org.thread(org.channel(), "Hello #world")
    wait_until(lambda: texts_of(org, thread)[2] == ["world"], SECONDS)
    later = org.chat(thread, "and #more")
    wait_until(lambda: texts_of(org, thread)[2] == ["more", "world"], SECONDS)
    ok(org["olga"].put("/v1/chats", json={"id": first, "text": "Hello #moon"}))
    wait_until(lambda: texts_of(org, thread)[2] == ["moon", "more"], SECONDS)
    ok(org["olga"].put("/v1/chats", json={"id": later, "bits": {"deleted": True}}))
    wait_until(lambda: texts_of(org, thread)[2] == ["moon"], SECONDS)
    assert texts_of(org, thread)[0] == "Hello #moon"


def test_what_was_edited_away_is_in_no_summary_at_once(org):
    channel = org.channel()
    for number in range(5):
        thread, chat = org.thread(channel, f"The password is tangerine{number}. Is it known? #tangerine{number}")
        wait_until(lambda: "tangerine" in texts_of(org, thread)[1] and texts_of(org, thread)[2], SECONDS)
        ok(org["olga"].put("/v1/chats", json={"id": chat, "text": "The password is no longer here."}))
        assert "tangerine" not in str(org.opened(thread))
        wait_until(lambda: texts_of(org, thread)[0] == "The password is no longer here", SECONDS)


def test_a_subject_that_was_given_stays(org):
    thread, _ = org.thread(org.channel(), "Something else #tag", subject="The subject")
    wait_until(lambda: texts_of(org, thread)[2] == ["tag"], SECONDS)
    assert texts_of(org, thread)[0] == "The subject"


def test_what_is_no_tag(org):
    thread, _ = org.thread(org.channel(), "#1 a#b ## #ok `#code` http://example.com/#anchor <@4N1> #-- #größe #ok")
    wait_until(lambda: texts_of(org, thread)[2], SECONDS)
    assert set(texts_of(org, thread)[2]) == {"ok", "größe"}


def test_tags_are_listed_as_far_as_one_sees(org, other_org):
    channel, closed = org.channel(), org.channel("chan_member", name="closed")
    for text, where in (("#often", channel), ("#often #seldom", channel), ("#secret #often", closed)):
        org.thread(where, text)
    wait_until(lambda: len(ok(org["olga"].get("/v1/tags"))["data"]) == 3, SECONDS)
    assert ok(org["olga"].get("/v1/tags")) == {
        "data": [{"tag": "often", "count": 3}, {"tag": "secret", "count": 1}, {"tag": "seldom", "count": 1}],
        "ok": True,
    }
    seen = [{"tag": "often", "count": 2}, {"tag": "seldom", "count": 1}]
    assert ok(org["mike"].get("/v1/tags"))["data"] == ok(org.stranger().get("/v1/tags"))["data"] == seen
    assert ok(other_org["mike"].get("/v1/tags"))["data"] == []
    assert_error(org.client().get("/v1/tags"), 401)


# By a service


class Service(ThreadingHTTPServer):
    """Answers with what `answer(texts)` returns: a status and a body, or a text for the message's content."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = lambda texts: "{}"
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers, body))
        texts = body["messages"][-1]["content"]
        answer = self.server.answer(texts)
        if isinstance(answer, str):
            answer = 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": answer}}]})
        status, text = answer
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # It did not wait.

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def service():
    service = Service()
    yield service
    service.shutdown()


@pytest.fixture(scope="module")
def served(start_server, service):
    """An organisation of a server that asks the service."""
    server = start_server(
        PARLANCE_SUMMARIZER_URL=service.url,
        PARLANCE_SUMMARIZER_KEY="s3cret",
        PARLANCE_SUMMARIZER_MODEL="tiny",
        PARLANCE_SUMMARIZER_TIMEOUT_MS=700,
        PARLANCE_RETRY_BASE_MS=100,
        PARLANCE_RETRY_MAX_ATTEMPTS=3,
    )
    org = Org(server)
    org.general = org.channel()
    yield org
    org.close()


def test_the_service_is_asked_and_its_answer_kept(service, served):
    service.answer = lambda texts: '{"subject": "Lunch\\nplans", "summary": "They eat.", "tags": ["Food", "noon", 5]}'
    thread, _ = served.thread(served.general, "Lunch at noon? #lunch")
    wait_until(lambda: texts_of(served, thread) == ("Lunch plans", "They eat.", ["food", "lunch", "noon"]))
    path, headers, body = service.asked[-1]
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer s3cret"
    assert body["model"] == "tiny" and [each["role"] for each in body["messages"]] == ["system", "user"]
    assert "Lunch at noon? #lunch" in body["messages"][1]["content"]


def test_a_fence_around_the_answer_is_no_harm(service, served):
    service.answer = lambda texts: 'Sure!\n```json\n{"subject": "Fenced", "summary": "In backticks."}\n```'
    thread, _ = served.thread(served.general, "Anything")
    wait_until(lambda: texts_of(served, thread) == ("Fenced", "In backticks.", None))


def test_a_given_subject_stays_here_too(service, served):
    service.answer = lambda texts: '{"subject": "Another", "summary": "From the service."}'
    thread, _ = served.thread(served.general, "Anything", subject="Mine")
    wait_until(lambda: texts_of(served, thread) == ("Mine", "From the service.", None))


LOCAL = ("The beginning of it", "The beginning of it. #tagged", ["tagged"])


@pytest.mark.parametrize(
    "answer",
    [
        (500, "broken"),
        (429, "{}"),
        (200, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, '{"choices": []}'),
        (200, '{"choices": [{"message": null}]}'),
        (200, '{"choices": [{"message": {"content": 5}}]}'),
        "no JSON at all",
        "{",
        "}{",
        '{"subject": 5, "summary": {}}',
        '{"summary": "without a subject"}',
        "{" * 1000 + "}" * 1000,
        (200, "x" * 1_000_000),
    ],
    ids=lambda answer: str(answer)[:24],
)
def test_garbage_leaves_what_was_made_here(service, served, answer):
    service.answer = lambda texts: answer
    asked = len(service.asked)
    thread, _ = served.thread(served.general, "The beginning of it. #tagged")
    wait_until(lambda: texts_of(served, thread) == LOCAL, SECONDS)
    wait_until(lambda: len(service.asked) >= asked + 3)  # It is tried again, and given up.
    time.sleep(0.2)
    assert texts_of(served, thread) == LOCAL


def test_a_service_that_does_not_answer_keeps_nobody_waiting(service, served):
    service.answer = lambda texts: time.sleep(3) or '{"subject": "Too late"}'
    begun = time.monotonic()
    thread, _ = served.thread(served.general, "The beginning of it. #tagged")
    wait_until(lambda: texts_of(served, thread) == LOCAL, SECONDS)
    served.chat(thread, "and #more")
    wait_until(lambda: texts_of(served, thread)[2] == ["more", "tagged"], SECONDS)
    assert time.monotonic() - begun < SECONDS
    service.answer = lambda texts: '{"subject": "In time", "summary": "At last."}'
    served.chat(thread, "again")
    wait_until(lambda: texts_of(served, thread)[:2] == ("In time", "At last."))


def test_what_failed_is_tried_again(service, served):
    answers = [(503, "later"), '{"subject": "Second try", "summary": "It came back."}']
    service.answer = lambda texts: answers.pop(0) if len(answers) > 1 else answers[0]
    thread, _ = served.thread(served.general, "Anything at all")
    wait_until(lambda: texts_of(served, thread)[0] == "Second try")


def test_nobody_at_the_address(start_server):
    org = Org(start_server(PARLANCE_SUMMARIZER_URL="http://127.0.0.1:9/v1", PARLANCE_RETRY_BASE_MS=50))
    thread, _ = org.thread(org.channel(), "The beginning of it. #tagged")
    wait_until(lambda: texts_of(org, thread) == LOCAL, SECONDS)
    org.close()
