"""Uploads and downloads."""

import hashlib

import pytest
from anytype_support import FILE, SPACE, Chat, assert_error, decode_cid, encode_cid

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea7"
    "35819d0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--max-upload-bytes", 1 << 20)


def url_of(chat):
    return f"/v1/spaces/{chat.space}/files"


def upload(chat, user="alice", name="image.png", content=PNG, **form):
    reply = chat.tenant.as_user(user).post(url_of(chat), files={"file": (name, content)}, data=form)
    assert reply.status_code == 200, reply.text
    assert reply.headers["anytype-version"] == "2025-11-08"
    return reply.json()


def download(chat, file, user="alice", **headers):
    return chat.tenant.as_user(user).get(f"{url_of(chat)}/{file['object_id']}", headers=headers)


def leftovers(server):
    return sorted((server.data / "files" / "tmp").iterdir())


def test_an_upload_answers_with_an_id(chat, server):
    file = upload(chat, type="image")
    assert decode_cid(file["object_id"])[0] == FILE
    assert file == {
        "object": "file",
        "object_id": file["object_id"],
        "name": "image.png",
        "media": "image/png",
        "size_in_bytes": len(PNG),
    }
    assert leftovers(server) == []


def test_the_type_is_told_by_the_content(chat):
    assert upload(chat, name="image.png", content=b"just text\n")["media"] == "text/plain"
    assert upload(chat, name="x.txt", content=PNG)["media"] == "image/png"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\Users\\a.txt", "a.txt"), ("ä 🦉.png", "ä 🦉.png"), ("x" * 300, "x" * 255)],
)
def test_a_name_is_a_name_not_a_path(chat, name, shown):
    assert upload(chat, name=name)["name"] == shown


def test_a_file_is_attached_and_downloaded(chat):
    file = upload(chat)
    attachment = {"target": file["object_id"], "type": "image"}
    message = chat.send("alice", "Check this out", attachments=[attachment])
    assert chat.get("bob", message)["attachments"] == [attachment]
    reply = download(chat, file, "bob")
    assert reply.status_code == 200
    assert reply.content == PNG
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-disposition"] == 'inline; filename="image.png"'
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["etag"] == f'"{hashlib.sha256(PNG).hexdigest()}"'
    assert reply.headers["anytype-version"] == "2025-11-08"


def test_what_could_run_is_not_shown_in_place(chat):
    for name, content in (("x.html", b"<!doctype html><script>alert(1)</script>"),
                          ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')):
        reply = download(chat, upload(chat, name=name, content=content))
        assert reply.headers["content-disposition"].startswith("attachment"), name


def test_ranges(chat):
    content = bytes(range(256)) * 16
    file = upload(chat, name="bytes", content=content)
    etag = download(chat, file).headers["etag"]
    part = download(chat, file, Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    assert download(chat, file, Range="bytes=-6").content == content[-6:]
    assert download(chat, file, Range="bytes=4000-").content == content[4000:]
    past = download(chat, file, Range="bytes=5000-")
    assert (past.status_code, past.headers["content-range"]) == (416, f"bytes */{len(content)}")
    same = download(chat, file, Range="bytes=0-3", **{"If-Range": etag})
    assert (same.status_code, same.content) == (206, content[:4])
    other = download(chat, file, Range="bytes=0-3", **{"If-Range": '"other"'})
    assert (other.status_code, other.content) == (200, content)
    assert download(chat, file, **{"If-None-Match": etag}).status_code == 304
    head = chat.tenant.as_user("alice").head(f"{url_of(chat)}/{file['object_id']}")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(content)), b"")


def test_an_empty_file_is_a_file(chat):
    file = upload(chat, name="empty", content=b"")
    assert file["size_in_bytes"] == 0
    assert download(chat, file).content == b""


def test_a_file_at_the_limit_and_one_over_it(chat, server):
    upload(chat, content=b"x" * (1 << 20))
    files = {"file": ("big", b"x" * ((1 << 20) + 1))}
    reply = chat.tenant.as_user("alice").post(url_of(chat), files=files)
    assert_error(reply, 413, "payload_too_large")
    files = {"file": ("huge", b"x" * (4 << 20))}
    reply = chat.tenant.as_user("alice").post(url_of(chat), files=files)
    assert_error(reply, 413, "payload_too_large")
    assert leftovers(server) == []


def test_a_form_without_a_file_is_refused(chat, server):
    alice = chat.tenant.as_user("alice")
    reply = alice.post(url_of(chat), files={"other": ("a.txt", b"a")})
    assert_error(reply, 400, "bad_request", field="file")
    assert_error(alice.post(url_of(chat), json={"file": "x"}), 415, "unsupported_media_type", field="Content-Type")
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    cut = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf'
    assert_error(alice.post(url_of(chat), content=cut, headers=headers), 400, "bad_request")
    two = [("file", ("a", b"a")), ("file", ("b", b"b"))]
    assert_error(alice.post(url_of(chat), files=two), 400, "bad_request", field="file")
    assert leftovers(server) == []


def test_a_repeated_upload_is_one_file(chat):
    headers = {"Idempotency-Key": "file-1"}
    alice = chat.tenant.as_user("alice")
    first, again = (alice.post(url_of(chat), files={"file": ("a", b"same")}, headers=headers) for _ in range(2))
    assert again.json() == first.json()
    other = alice.post(url_of(chat), files={"file": ("a", b"else")}, headers=headers)
    assert_error(other, 422, "idempotency_mismatch", field="Idempotency-Key")


def test_who_may_not_see_the_space_finds_no_file(tenant, other_tenant):
    alice = tenant.as_user("alice")
    space = alice.post("/v1/spaces", json={"name": "Private"}).json()["space"]
    chat = Chat(tenant, space["id"], space["chat_id"])
    file = upload(chat)
    mallory = tenant.as_user("mallory")
    assert_error(mallory.get(f"{url_of(chat)}/{file['object_id']}"), 404, "object_not_found")
    general = Chat.main(tenant)
    assert_error(mallory.get(f"{url_of(general)}/{file['object_id']}"), 404, "object_not_found", "file not found")
    reply = mallory.post(url_of(chat), files={"file": ("a", b"a")})
    assert_error(reply, 404, "object_not_found", "space not found")
    body = {"text": "Look", "attachments": [{"target": file["object_id"], "type": "file"}]}
    assert_error(general("mallory", "POST", "/messages", json=body), 400, "bad_request", field="attachments[0]")
    other = other_tenant.as_user("alice")
    own = other.get("/v1/spaces").json()["data"][0]
    assert_error(other.get(f"/v1/spaces/{own['id']}/files/{file['object_id']}"), 404, "object_not_found",
                 "file not found")


@pytest.mark.parametrize("file", ["nonsense", encode_cid(FILE, 99_999_999), encode_cid(SPACE, 1)])
def test_what_is_no_file_is_not_found(chat, file):
    reply = chat.tenant.as_user("alice").get(f"{url_of(chat)}/{file}")
    assert_error(reply, 404, "object_not_found", "file not found")


def test_who_loses_the_space_loses_the_file(tenant):
    alice = tenant.as_user("alice")
    space = alice.post("/v1/spaces", json={"name": "Shared"}).json()["space"]
    chat = Chat(tenant, space["id"], space["chat_id"])
    backend = tenant.as_backend()
    assert backend.put(f"/admin/spaces/{space['id']}/members/bob", json={"role": "viewer"}).status_code == 200
    file = upload(chat)
    assert download(chat, file, "bob").status_code == 200
    assert backend.delete(f"/admin/spaces/{space['id']}/members/bob").status_code in (200, 204)
    assert download(chat, file, "bob").status_code == 404
