"""Tickets, signed uploads, finalizing, attaching, downloading, and what each refuses."""

import hashlib
import struct
import urllib.parse
import zlib

import httpx
import pytest
from conversations_support import assert_error, call, create, messages, refuse, send, upload, walk


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def group(alice):
    return create(alice, "group", ["bob"])["id"]


def png() -> bytes:
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def ticket_of(client, conversation, size=5, kind="text/plain", name="notes.txt"):
    body = {"conversationId": conversation, "fileName": name, "contentType": kind, "size": size}
    return call(client, "/chat/attachments/upload-ticket", body)


def put(url, content, kind="text/plain", **headers):
    return httpx.put(url, content=content, headers={"Content-Type": kind, **headers}, timeout=10, trust_env=False)


def altered(url, **changes):
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query)) | changes
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(query)))


def test_from_the_ticket_to_the_download(server, alice, bob, group):
    content = b"hello, attachment"
    ticket = ticket_of(alice, group, len(content), name="notes ä.txt")
    assert set(ticket) == {"uploadId", "uploadUrl", "method", "headers", "expiresAt"}
    assert ticket["method"] == "PUT" and ticket["headers"] == {"Content-Type": "text/plain"}
    assert ticket["uploadUrl"].startswith(server.url)
    assert put(ticket["uploadUrl"], content).status_code == 200
    digest = hashlib.sha256(content).hexdigest()
    done = call(alice, "/chat/attachments/finalize", {"uploadId": ticket["uploadId"], "sha256": digest})
    attachment = done["attachment"]
    assert attachment == {
        "id": ticket["uploadId"],
        "fileName": "notes ä.txt",
        "contentType": "text/plain",
        "size": len(content),
        "url": attachment["url"],
    }
    assert call(alice, "/chat/attachments/finalize", {"uploadId": ticket["uploadId"]}) == done, "twice is fine"
    assert bob.get(attachment["url"]).status_code == 403, "no message carries it yet"
    sent = call(alice, "/chat/messages/send", {"conversationId": group, "attachmentIds": [attachment["id"]]})
    assert sent["content"] == "" and sent["attachments"] == [attachment]
    assert messages(bob, group)["data"] == [sent]
    got = bob.get(attachment["url"])
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, content, "text/plain")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in got.headers["content-security-policy"]


def test_a_download_takes_ranges(alice, group):
    url = upload(alice, group, b"0123456789")["url"]
    part = alice.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert alice.get(url, headers={"Range": "bytes=-3"}).content == b"789"
    beyond = alice.get(url, headers={"Range": "bytes=10-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */10")
    etag = alice.get(url).headers["etag"]
    assert alice.get(url, headers={"Range": "bytes=0-0", "If-Range": etag}).status_code == 206
    assert alice.get(url, headers={"Range": "bytes=0-0", "If-Range": '"other"'}).status_code == 200
    head = alice.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "10", b"")


def test_a_picture_is_shown_in_place(alice, group):
    attachment = upload(alice, group, png(), "dot.png", "image/png")
    assert alice.get(attachment["url"]).headers["content-disposition"].startswith("inline")
    page = b"<html><script>alert(1)</script>"
    html = upload(alice, group, page, "page.html", "text/html")
    assert alice.get(html["url"]).headers["content-disposition"].startswith("attachment")


def test_finalize_looks_at_the_content(alice, bob, group):
    finalize = "/chat/attachments/finalize"
    ticket = ticket_of(alice, group)
    body = {"uploadId": ticket["uploadId"]}
    refuse(alice, finalize, body, 409, "conflict")
    assert put(ticket["uploadUrl"], b"hello").status_code == 200
    refuse(alice, finalize, {**body, "sha256": "0" * 64}, 400, "invalid_argument", "sha256")
    refuse(bob, finalize, body, 404, "not_found")
    assert call(alice, finalize, body)["attachment"]["size"] == 5
    assert put(ticket["uploadUrl"], b"again").status_code == 409, "it is settled"
    lying = ticket_of(alice, group, kind="image/png")
    assert put(lying["uploadUrl"], b"hello", "image/png").status_code == 200
    refuse(alice, finalize, {"uploadId": lying["uploadId"]}, 400, "invalid_argument", "contentType")
    for bad in (7, "x", None):
        refuse(alice, finalize, {"uploadId": bad}, 400, "invalid_argument", "uploadId")
    refuse(alice, finalize, {"uploadId": "999999"}, 404, "not_found")


def test_an_upload_that_is_not_finished_is_no_attachment(alice, group):
    ticket = upload(alice, group, b"hello", finish=False)
    body = {"conversationId": group, "attachmentIds": [ticket["uploadId"]]}
    refuse(alice, "/chat/messages/send", body, 400, "invalid_argument", "attachmentIds[0]")
    assert alice.get(f"/chat/attachments/{ticket['uploadId']}").status_code == 404


def test_a_later_content_takes_the_place_of_an_earlier_one(alice, group):
    ticket = ticket_of(alice, group)
    assert put(ticket["uploadUrl"], b"first").status_code == 200
    assert put(ticket["uploadUrl"], b"again").status_code == 200
    attachment = call(alice, "/chat/attachments/finalize", {"uploadId": ticket["uploadId"]})["attachment"]
    assert alice.get(attachment["url"]).content == b"again"


def test_the_signature_binds_every_part_of_the_url(alice, group, other_tenant):
    ticket = ticket_of(alice, group)
    url = ticket["uploadUrl"]
    foreign = urllib.parse.urlsplit(
        ticket_of(other_tenant.as_user("x"), create(other_tenant.as_user("x"), "group")["id"])["uploadUrl"]
    )
    tenant_number = dict(urllib.parse.parse_qsl(foreign.query))["tenant"]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    forged = [
        altered(url, size="6"),
        altered(url, type="image/png"),
        altered(url, expires=str(int(query["expires"]) + 1)),
        altered(url, tenant=tenant_number),
        altered(url, tenant="999999"),
        altered(url, signature="0" * 64),
        altered(url, signature=""),
        url.replace(f"/uploads/{ticket['uploadId']}?", f"/uploads/{int(ticket['uploadId']) + 1}?"),
        url.split("?")[0],
    ]
    for bad in forged:
        assert_error(put(bad, b"hello"), 403, "forbidden")
    assert put(url, b"hello").status_code == 200


def test_size_and_type_of_the_upload_are_held_to_the_ticket(alice, group):
    url = ticket_of(alice, group)["uploadUrl"]
    assert_error(put(url, b"hell"), 400, "invalid_argument", "Content-Length")
    assert_error(put(url, b"hello!"), 400, "invalid_argument", "Content-Length")
    assert_error(put(url, b"hello", "image/png"), 415, "unsupported_media")
    chunked = lambda *pieces: httpx.put(
        url, content=iter(pieces), headers={"Content-Type": "text/plain"}, timeout=10, trust_env=False
    )
    assert_error(chunked(b"hel", b"lo!"), 413, "payload_too_large")
    assert_error(chunked(b"hel"), 400, "invalid_argument", "size")
    assert chunked(b"hel", b"lo").status_code == 200


BAD_TICKETS = [
    ({"size": 0}, "size"),
    ({"size": -1}, "size"),
    ({"size": "5"}, "size"),
    ({"fileName": ""}, "fileName"),
    ({"fileName": "a\nb"}, "fileName"),
    ({"fileName": "x" * 256}, "fileName"),
    ({"contentType": "text"}, "contentType"),
    ({"contentType": "text/plain; charset=x\r\nX: y"}, "contentType"),
    ({"contentType": ""}, "contentType"),
    ({"conversationId": 5}, "conversationId"),
]


@pytest.mark.parametrize("change, field", BAD_TICKETS, ids=lambda value: str(value)[:40])
def test_a_bad_ticket_names_its_field(alice, group, change, field):
    body = {"conversationId": group, "fileName": "a.txt", "contentType": "text/plain", "size": 5, **change}
    refuse(alice, "/chat/attachments/upload-ticket", body, 400, "invalid_argument", field)


def test_a_file_can_be_too_large(alice, group):
    body = {"conversationId": group, "fileName": "a", "contentType": "text/plain", "size": 1 << 40}
    refuse(alice, "/chat/attachments/upload-ticket", body, 413, "payload_too_large", "size")


def test_a_large_file_comes_through_whole(alice, group):
    content = bytes(range(256)) * 12_000
    attachment = upload(alice, group, content, "big.bin", "application/octet-stream")
    assert alice.get(attachment["url"]).content == content


def test_finalize_can_attach_to_a_message_that_was_sent(alice, bob, group):
    sent = send(alice, group, "see below")
    attachment = upload(alice, group, b"late", messageId=sent["id"])
    shown = messages(bob, group)["data"][0]
    assert shown["attachments"] == [attachment] and shown["editedAt"] is not None
    assert bob.get(attachment["url"]).content == b"late"
    others = upload(bob, group, b"mine", finish=False)
    body = {"uploadId": others["uploadId"], "messageId": sent["id"]}
    refuse(bob, "/chat/attachments/finalize", body, 403, "forbidden")


def test_nobody_attaches_or_reads_what_is_not_theirs_to_see(tenant, other_tenant, alice, bob, group):
    private = upload(alice, group, b"only alice")
    body = {"conversationId": group, "content": "x", "attachmentIds": [private["id"]]}
    refuse(bob, "/chat/messages/send", body, 400, "invalid_argument", "attachmentIds[0]")
    assert_error(bob.get(private["url"]), 403, "forbidden")
    assert_error(other_tenant.as_user("alice").get(private["url"]), 404, "not_found")
    assert_error(alice.get("/chat/attachments/abc"), 404, "not_found")
    send(alice, group, "here", attachmentIds=[private["id"]])
    assert bob.get(private["url"]).status_code == 200
    assert bob.get("/api/v1" + private["url"]).status_code == 200
    assert_error(tenant.as_user("stranger").get(private["url"]), 403, "forbidden")
    assert httpx.get(str(alice.base_url) + private["url"], timeout=10).status_code == 401


def test_files_of_before_the_joining_stay_hidden(tenant, alice):
    secret = create(alice, "private", historyMode="since_join")["id"]
    old = upload(alice, secret, b"old")
    send(alice, secret, "old", attachmentIds=[old["id"]])
    call(alice, f"/chat/conversations/{secret}/members/add", {"userId": "carol"})
    carol = tenant.as_user("carol")
    assert_error(carol.get(old["url"]), 403, "forbidden")
    assert call(carol, f"/chat/conversations/{secret}/attachments/list")["data"] == []


def test_shared_files_are_listed_latest_first(alice, bob, group):
    names = []
    for number in range(3):
        pair = [upload(alice, group, b"%d%d" % (number, part), f"{number}-{part}.txt")["id"] for part in range(2)]
        message = send(alice, group, f"files {number}", attachmentIds=pair)
        names.append(message)
    pages = walk(bob, f"/chat/conversations/{group}/attachments/list", {"limit": 4})
    assert [item["fileName"] for page in pages for item in page] == [
        "2-0.txt", "2-1.txt", "1-0.txt", "1-1.txt", "0-0.txt", "0-1.txt",
    ]
    first = pages[0][0]
    assert first == {
        "id": first["id"],
        "fileName": "2-0.txt",
        "contentType": "text/plain",
        "size": 2,
        "url": first["url"],
        "messageId": names[2]["id"],
        "senderId": "alice",
        "createdAt": names[2]["createdAt"],
    }
    path = f"/chat/conversations/{group}/attachments/list"
    page = call(bob, path, {"limit": 4})
    rest = call(bob, path, {"limit": 4, "cursor": page["page"]["nextCursor"]})
    assert call(bob, path, {"limit": 4, "cursor": rest["page"]["prevCursor"]})["data"] == page["data"]
    call(alice, f"/chat/messages/{names[2]['id']}/delete")
    assert len(call(bob, path)["data"]) == 4


def test_a_deleted_message_takes_its_attachments_out_of_sight(alice, bob, group):
    attachment = upload(alice, group, b"gone soon")
    sent = send(alice, group, "x", attachmentIds=[attachment["id"]])
    call(alice, f"/chat/messages/{sent['id']}/delete")
    assert messages(bob, group)["data"][0]["attachments"] == []
    assert_error(bob.get(attachment["url"]), 403, "forbidden")


def test_an_upload_survives_a_crash(server, alice, group):
    attachment = upload(alice, group, b"durable")
    server.kill()
    server.restart()
    assert alice.get(attachment["url"]).content == b"durable"
