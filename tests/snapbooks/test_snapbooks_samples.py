"""The examples of the source text, out of a real flow."""

from snapbooks_support import APPROVAL, account, action, create_thread, ids, messages, post, set_policy, wait_until

CODE = "objects.create('invoice', {amount = 100})"


def shown(message):
    """The attributes that the source text's examples show."""
    return {name: message[name] for name in ("message", "action_items", "action_mode")}


def of_example(items):
    return [{name: item[name] for name in ("type", "needs_approval", "id")} for item in items]


def test_the_three_example_replies(tenant):
    alice = tenant.as_user("alice")
    thread = create_thread(alice)["id"]
    post(alice, thread, action(CODE, "Let's process this:\n"))
    post(alice, thread, APPROVAL)
    first, second, third = wait_until(lambda: (found := messages(alice, thread))[2:] and found)

    assert first["message"] == "Let's process this:\n```codeaction\n[code hidden]\n```\n```coderesult\n[code hidden]\n```"
    assert of_example(first["action_items"]) == [{"type": "preview", "needs_approval": True, "id": 1}]
    assert first["action_mode"] == "preview"
    assert shown(second) == {"message": "```approvecodeaction\n```", "action_items": [], "action_mode": None}
    assert third["message"] == "```coderesult\n[code hidden]\n```"
    assert of_example(third["action_items"]) == [{"type": "preview", "needs_approval": False, "id": 1}]
    assert third["action_mode"] == "write"


def test_the_reply_to_the_post_shows_the_preview(tenant):
    alice = tenant.as_user("alice")
    thread = create_thread(alice)["id"]
    reply = post(alice, thread, action(CODE, "Let's process this:\n"))
    assert reply == messages(alice, thread)[0]
    assert reply["action_mode"] == "preview"
    assert reply["action_items"] == [
        {
            "type": "preview",
            "needs_approval": True,
            "id": 1,
            "object_type": "invoice",
            "operation": "create",
            "object_id": None,
            "fields": {"amount": 100},
        }
    ]


def test_the_attributes(tenant):
    alice = tenant.as_user("alice")
    first = account(tenant, "Acme", "alice")
    second = account(tenant, "Bookkeepers", "alice")
    made = create_thread(
        alice, client_account_id=first, provider_client_account_id=second, relation_type="document", relation_id=42
    )
    integers = ["id", "client_account_id", "provider_client_account_id", "relation_id", "created_by_id"]
    assert all(isinstance(made[name], int) for name in integers)
    assert (made["client_account_id"], made["provider_client_account_id"]) == (first, second)
    assert (made["relation_type"], made["relation_id"]) == ("document", 42)
    message = post(alice, made["id"], "Hello")
    assert message["thread_id"] == made["id"] and message["created_by_id"] == made["created_by_id"]
    assert message["created_at"].endswith("Z")
    [participant] = alice.get(f"/chat/threads/{made['id']}/participants").json()["data"]
    assert participant.keys() == {"id", "thread_id", "user_id"}
    assert (participant["thread_id"], participant["user_id"]) == (made["id"], made["created_by_id"])


def test_the_search_examples(tenant):
    alice = tenant.as_user("alice")
    client = account(tenant, "Acme", "alice")
    by_subject = create_thread(alice, subject="Question about INVOICES", client_account_id=client)["id"]
    by_message = create_thread(alice, relation_type="document", client_account_id=client)["id"]
    post(alice, by_message, "the reinvoiced amount")
    elsewhere = create_thread(alice, subject="invoice", relation_type="document")["id"]
    neither = create_thread(alice, subject="other", client_account_id=client)["id"]
    set_policy(tenant, [])
    post(alice, neither, action("local invoice = 1 log('invoice')"))

    assert set(ids(alice, free_text="invoice")) == {by_subject, by_message, elsewhere}
    assert ids(alice, free_text="invoice", client_account_id=client, relation_type="document") == [by_message]
