"""Files: uploaded, named by their handles, shown to who may see where they are."""

import httpx
from structchat_support import assert_error, ok
from test_struct_source_samples import PNG


def upload(org, by="mike", name="photo.png", content=PNG):
    return ok(org[by].post("/v1/upload", files={"file": (name, content)}))["data"]


def test_a_handle_goes_into_a_chat_and_comes_back(org):
    thread, _ = org.thread(org.channel())
    photo, text = upload(org)["handle"], upload(org, name="notes.txt", content=b"plain text\n")
    assert (text["ctype"], text["fname"], text["size"]) == ("text/plain", "notes.txt", 11)
    chat = org.chat(thread, "look", by="mike", images=[photo, text["handle"]])
    images = ok(org["mary"].get(f"/v1/chats/{chat}"))["chat"]["images"]
    assert images == [photo, text["handle"]]
    shown = org["mary"].get(f"/v1/upload/{images[0]}")
    assert shown.content == PNG and shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")


def test_nobody_sees_a_file_but_its_owner_and_who_reads_where_it_is(org, other_org):
    closed = org.channel("chan_member")
    photo = upload(org, "olga")["handle"]
    assert org["olga"].get(f"/v1/upload/{photo}").status_code == 200
    assert_error(org["mike"].get(f"/v1/upload/{photo}"), 404)
    org.thread(closed, "look", images=[photo])
    assert_error(org["mike"].get(f"/v1/upload/{photo}"), 404)
    assert_error(org.stranger().get(f"/v1/upload/{photo}"), 404)
    assert_error(other_org["olga"].get(f"/v1/upload/{photo}"), 404)
    ok(org["mike"].post("/v1/channels/join", json={"id": closed}))
    assert org["mike"].get(f"/v1/upload/{photo}").content == PNG
    ok(org["olga"].put("/v1/channel-bits", json={"id": closed, "bits": {"chan_anyone": True}}))
    assert org.stranger().get(f"/v1/upload/{photo}").content == PNG


def test_a_chat_carries_only_files_that_its_author_may_see(org, other_org):
    thread, _ = org.thread(org.channel())
    photo = upload(org, "olga")["handle"]
    foreign = upload(other_org, "olga")["handle"]
    for handle in (photo, foreign, "img-1", "img-x", "file-1", "", "nothing"):
        reply = org["mike"].post("/v1/chats", json={"thread_id": thread, "text": "look", "images": [handle]})
        assert_error(reply, 404, "images")
    assert len(org.chats(thread)) == 1


def test_an_edit_replaces_the_files(org):
    thread, _ = org.thread(org.channel())
    photo = upload(org)["handle"]
    chat = org.chat(thread, "look", by="mike", images=[photo])
    ok(org["mike"].put("/v1/chats", json={"id": chat, "text": "looked"}))
    assert ok(org["mike"].get(f"/v1/chats/{chat}"))["chat"]["images"] == [photo]
    ok(org["mike"].put("/v1/chats", json={"id": chat, "images": []}))
    shown = ok(org["mike"].get(f"/v1/chats/{chat}"))["chat"]
    assert (shown["text"], shown["images"]) == ("looked", None)


def test_a_file_of_another_dialect_has_a_handle_too(org):
    mike = org.tenant.as_user("mike")
    space = mike.get("/v1/spaces").json()["data"][0]
    file = mike.post(f"/v1/spaces/{space['id']}/files", files={"file": ("photo.png", PNG)}).json()
    chat = f"/v1/spaces/{space['id']}/chats/{space['chat_id']}/messages"
    body = {"text": "look", "attachments": [{"target": file["object_id"], "type": "image"}]}
    assert mike.post(chat, json=body).status_code == 201
    (shown,) = org.feed(by="mary")
    (handle,) = shown["chats"][0]["images"]
    assert org["mary"].get(f"/v1/upload/{handle}").content == PNG


def test_script_in_a_file_is_not_run(org):
    page = upload(org, name="page.html", content=b"<!DOCTYPE html><script>alert(1)</script>")["handle"]
    shown = org["mike"].get(f"/v1/upload/{page}")
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]


def test_names_lose_their_folders(org):
    assert upload(org, name="../../etc/passwd")["fname"] == "passwd"


def test_a_browser_asks_again_and_gets_parts(org):
    photo = upload(org)["handle"]
    shown = org["mike"].get(f"/v1/upload/{photo}")
    again = org["mike"].get(f"/v1/upload/{photo}", headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = org["mike"].get(f"/v1/upload/{photo}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, PNG[:4])
    assert part.headers["content-range"] == f"bytes 0-3/{len(PNG)}"
    assert org["mike"].get(f"/v1/upload/{photo}", headers={"Range": f"bytes={len(PNG)}-"}).status_code == 416


def test_bad_forms_are_refused(org, server):
    post = org["mike"].post
    assert_error(post("/v1/upload", files={"photo": ("a.png", PNG)}), 400, "file")
    assert_error(post("/v1/upload", json={"file": "a.png"}), 415)
    assert_error(post("/v1/upload", content=b"x", headers={"Content-Type": "multipart/form-data"}), 400)
    broken = {"Content-Type": "multipart/form-data; boundary=b"}
    assert_error(post("/v1/upload", content=b"--b\r\nnothing", headers=broken), 400)
    two = [("file", ("a.png", PNG)), ("file", ("b.png", PNG))]
    assert_error(post("/v1/upload", files=two), 400, "file")
    assert_error(httpx.post(server.url + "/v1/upload", files={"file": ("a", b"a")}, trust_env=False), 401)


def test_a_file_may_be_too_long(start_server):
    from structchat_support import Org

    org = Org(start_server(PARLANCE_MAX_UPLOAD_BYTES=10_000))
    assert upload(org, content=b"x" * 10_000)["size"] == 10_000
    assert_error(org["mike"].post("/v1/upload", files={"file": ("a", b"x" * 10_001)}), 413)
    org.close()
