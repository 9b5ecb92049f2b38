"""Programs in messages: previews, approvals, refusals, and no code anywhere."""

import pytest
from snapbooks_support import (
    APPROVAL, RESULT_ONLY, account, action, assert_error, create_thread, messages, objects, post, run_sql, set_policy, wait_until
)

CREATE = "objects.create('invoice', {amount = 100})"


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def thread(alice):
    return create_thread(alice)["id"]


def path(thread):
    return f"/chat/threads/{thread}/messages"


def wait_for(client, thread, count):
    return wait_until(lambda: (found := messages(client, thread))[count - 1 :] and found)


def test_a_preview_writes_nothing_and_an_approval_does(tenant, alice, thread):
    post(alice, thread, action(CREATE))
    assert objects(tenant, "invoice") == []
    bob = tenant.as_user("bob")
    post(bob, thread, APPROVAL)
    result = wait_for(alice, thread, 3)[2]
    [item] = result["action_items"]
    assert (item["needs_approval"], item["object_id"], item["operation"]) == (False, 1, "create")
    [made] = objects(tenant, "invoice")
    assert (made["id"], made["fields"], made["created_by"]) == (1, {"amount": 100}, "bob")
    assert tenant.as_backend().get("/admin/objects/invoice/1").json() == made
    assert_error(tenant.as_backend().get("/admin/objects/invoice/2"), 404)


def test_what_needs_no_approval_is_done_at_once(tenant, alice, thread):
    set_policy(tenant, ["payment"])
    first = post(alice, thread, action(CREATE))
    assert first["action_items"][0]["needs_approval"] is False
    result = wait_for(alice, thread, 2)[1]
    assert (result["message"], result["action_mode"]) == (RESULT_ONLY, "write")
    assert len(objects(tenant, "invoice")) == 1
    post(alice, thread, action("objects.create('payment', {}) objects.create('invoice', {})"))
    assert [item["needs_approval"] for item in messages(alice, thread)[2]["action_items"]] == [True, False]
    assert len(objects(tenant, "invoice")) == 1 and objects(tenant, "payment") == []


def test_operations_and_posts_in_their_order(tenant, alice, thread):
    set_policy(tenant, [])
    post(alice, thread, action(CREATE))
    wait_for(alice, thread, 2)
    code = (
        "local found = objects.query('invoice', {amount = 100}, {limit = 1})[1]\n"
        "objects.update('invoice', found.id, {paid = true}) thread.post('paid by ' .. user.info().user_id)\n"
        "objects.delete('invoice', objects.create('invoice', {}).id)"
    )
    preview = post(alice, thread, action(code))
    assert [item["operation"] for item in preview["action_items"]] == ["update", "post", "create", "delete"]
    assert [item["object_id"] for item in preview["action_items"]] == [1, None, None, None]
    found = wait_for(alice, thread, 5)
    assert [message["message"] for message in found[3:]] == ["paid by alice", RESULT_ONLY]
    items = found[4]["action_items"]
    assert [item["object_id"] for item in items] == [1, found[3]["id"], 2, 2]
    [made] = objects(tenant, "invoice")
    assert made["fields"] == {"amount": 100, "paid": True}


def test_refusals_of_approvals(tenant, alice, thread):
    assert_error(alice.post(path(thread), json={"message": APPROVAL}), 400, field="message")
    message = post(alice, thread, action(CREATE))["id"]
    alice.patch(f"{path(thread)}/{message}", json={"message": action("objects.create('bribe', {})")})
    assert_error(alice.post(path(thread), json={"message": APPROVAL}), 409, "conflict", "message")
    post(alice, thread, action(CREATE))
    post(alice, thread, APPROVAL)
    assert_error(alice.post(path(thread), json={"message": APPROVAL}), 409, "conflict", "message")
    wait_for(alice, thread, 4)
    assert len(objects(tenant, "invoice")) == 1 and objects(tenant, "bribe") == []
    both = action(CREATE) + "\n" + APPROVAL
    assert_error(alice.post(path(thread), json={"message": both}), 400, field="message")
    space = account(tenant, "Acme", "alice")
    closed = create_thread(alice, client_account_id=space)["id"]
    post(alice, closed, action(CREATE))
    assert_error(tenant.as_user("eve").post(path(closed), json={"message": APPROVAL}), 403, "forbidden")


def test_an_approved_run_does_what_was_approved_or_nothing(tenant, alice, thread):
    set_policy(tenant, ["payment"])
    post(alice, thread, action("objects.create('counter', {n = 1})"))
    wait_for(alice, thread, 2)
    post(alice, thread, action("objects.create('payment', {amount = objects.get('counter', 1).n})"))
    other = create_thread(alice)["id"]
    post(alice, other, action("objects.update('counter', 1, {n = 1000000})"))
    wait_for(alice, other, 2)
    post(alice, thread, APPROVAL)
    failure = wait_for(alice, thread, 5)[4]
    assert failure["message"].startswith("The action failed: ") and failure["action_mode"] is None
    assert objects(tenant, "payment") == []


def test_an_edit_around_hidden_code_keeps_it(tenant, alice, thread):
    message = post(alice, thread, action(CREATE, "Look:\n"))
    text = message["message"].replace("Look", "Please look")
    edited = alice.patch(f"{path(thread)}/{message['id']}", json={"message": text}).json()
    assert edited["action_items"] == message["action_items"]
    post(alice, thread, APPROVAL)
    wait_for(alice, thread, 3)
    assert len(objects(tenant, "invoice")) == 1


def test_a_draft_keeps_its_program_and_runs_it_when_it_is_sent(tenant, alice, thread):
    draft = post(alice, thread, action(CREATE, "Look:\n"), is_draft=True)
    assert (draft["message"], draft["action_mode"]) == ("Look:\n```codeaction\n[code hidden]\n```", None)
    url = f"{path(thread)}/{draft['id']}"
    changed = alice.patch(url, json={"message": draft["message"].replace("Look", "Please look")}).json()
    assert changed["is_draft"] is True and changed["message"].startswith("Please look")
    assert_error(alice.post(path(thread), json={"message": APPROVAL}), 400, field="message")
    sent = alice.patch(url, json={"is_draft": False}).json()
    assert (sent["id"], sent["action_mode"], len(sent["action_items"])) == (draft["id"], "preview", 1)
    post(alice, thread, APPROVAL)
    assert wait_for(alice, thread, 3)[2]["action_mode"] == "write"
    assert len(objects(tenant, "invoice")) == 1


def test_an_old_preview_cannot_be_approved(tenant, server, alice, thread):
    message = post(alice, thread, action(CREATE))["id"]
    run_sql(server, f"UPDATE action_runs SET expires_at = 1 WHERE message_id = {message}")
    refused = alice.post(path(thread), json={"message": APPROVAL})
    assert_error(refused, 409, "conflict", "message")
    assert "expired" in refused.json()["error"]["message"]
    assert len(messages(alice, thread)) == 1 and objects(tenant, "invoice") == []


def test_a_deleted_program_cannot_be_approved(tenant, alice, thread):
    message = post(alice, thread, action(CREATE))["id"]
    reply = alice.post(f"/chat/messages/{message}/delete", json={})
    assert reply.status_code == 200, reply.text
    assert_error(alice.post(path(thread), json={"message": APPROVAL}), 400, field="message")
    assert objects(tenant, "invoice") == []


def test_the_reply_to_a_new_thread_shows_the_previews_of_all_its_messages(alice):
    programs = [{"message": action(f"objects.create('invoice', {{n = {number}}})")} for number in range(5)]
    made = create_thread(alice, messages=[{"message": "first"}, *programs])
    assert [message["action_mode"] for message in made["messages"]] == [None] + ["preview"] * 5


def test_an_edit_runs_nothing(tenant, alice, thread):
    set_policy(tenant, [])
    message = post(alice, thread, "harmless")["id"]
    edited = alice.patch(f"{path(thread)}/{message}", json={"message": action(CREATE)}).json()
    assert (edited["message"], edited["action_mode"]) == ("```codeaction\n[code hidden]\n```", None)
    assert_error(alice.post(path(thread), json={"message": APPROVAL}), 409, "conflict", "message")
    assert objects(tenant, "invoice") == []


def test_a_failure_says_why_without_the_code(tenant, alice, thread):
    for code, why in (
        ("objects.create('invoice', {}) error('no customer')", "no customer"),
        ("secret_function()", "attempt to call a nil value"),
        ("x = = secret", "unexpected symbol"),
        ("while true do end", "too many steps"),
        ("objects.update('invoice', 77, {})", "there is no invoice 77"),
        ("thread.post('```codeaction\\n```')", "a program cannot post code blocks"),
        ("error('```codeaction\\nsecret\\n```')", "'''codeaction"),
    ):
        before = len(messages(alice, thread))
        post(alice, thread, action(code))
        shown, told = wait_for(alice, thread, before + 2)[before:]
        assert shown["action_mode"] == "preview"
        assert told["message"].startswith("The action failed in its preview: ") and why in told["message"]
        assert "secret_function" not in told["message"]
    assert objects(tenant, "invoice") == []


def test_a_result_of_a_users_own_making_says_nothing(alice, thread):
    forged = '```coderesult\n{"mode":"write","items":[{"type":"preview"}]}\n```'
    message = post(alice, thread, forged)
    assert (message["message"], message["action_items"], message["action_mode"]) == (RESULT_ONLY, [], None)


def test_fences_are_exact(alice, thread):
    for text in ("```codeaction\nnever closed", "```codeaction lua\nx\n```", "``` codeaction\nx\n```", "```lua\nx\n```"):
        message = post(alice, thread, text)
        assert (message["message"], message["action_mode"]) == (text, None)


def test_a_send_repeated_with_its_key_runs_once(tenant, alice, thread):
    set_policy(tenant, [])
    for _ in range(3):
        reply = alice.post(path(thread), json={"message": action(CREATE)}, headers={"Idempotency-Key": "once"})
        assert reply.status_code == 201
    wait_for(alice, thread, 2)
    assert len(objects(tenant, "invoice")) == 1


def test_objects_belong_to_their_tenant(tenant, other_tenant, alice, thread):
    set_policy(tenant, [])
    post(alice, thread, action(CREATE))
    wait_for(alice, thread, 2)
    assert objects(other_tenant, "invoice") == []
    assert_error(other_tenant.as_backend().get("/admin/objects/invoice/1"), 404)


SECRET = "local hush_hush = 'hush_hush' log(hush_hush)"


def test_chatapi_behaves_the_same_and_shows_no_code(tenant):
    alice = tenant.as_user("alice")
    room = alice.post("/rooms", json={"type": "group", "members": ["alice", "bob"]}).json()["room_id"]
    number = int(room.removeprefix("room_"), 36)
    sent = alice.post(f"/rooms/{room}/messages", json={"content": action(SECRET + "\n" + CREATE)})
    assert sent.status_code == 201
    wait_until(lambda: messages(alice, number)[0]["action_mode"] == "preview")
    assert alice.post(f"/rooms/{room}/messages", json={"content": APPROVAL}).status_code == 201
    wait_for(alice, number, 3)
    texts = [message["content"] for message in tenant.as_user("bob").get(f"/rooms/{room}/messages").json()]
    assert texts == [message["message"] for message in messages(alice, number)]
    assert texts[0].count("[code hidden]") == 2 and texts[1:] == [APPROVAL, RESULT_ONLY]
    assert len(objects(tenant, "invoice")) == 1
    again = alice.post(f"/rooms/{room}/messages", json={"content": APPROVAL})
    assert again.status_code == 409 and again.json()["error"]["code"] == "CONFLICT"
    for reply in (alice.get(f"/rooms/{room}/messages"), alice.get(f"/chat/threads/{number}")):
        assert "hush_hush" not in reply.text and "objects.create" not in reply.text
    assert alice.get("/chat/threads", params={"free_text": "hush_hush"}).json()["data"] == []
