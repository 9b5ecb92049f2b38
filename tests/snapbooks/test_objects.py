"""What programs have made, as administrators see it, and the host calls that make it."""

import pytest
from snapbooks_support import account, action, assert_error, create_thread, messages, objects, post, set_policy, wait_until


@pytest.fixture
def alice(tenant):
    set_policy(tenant, [])
    return tenant.as_user("alice")


@pytest.fixture
def thread(alice):
    return create_thread(alice)["id"]


def run(client, thread, code):
    """What the program has posted; its failure where it has failed."""
    before = len(messages(client, thread))
    post(client, thread, action(code))

    def ended():
        new = messages(client, thread)[before + 1 :]
        is_over = any("coderesult" in found["message"] or "The action failed" in found["message"] for found in new)
        return new if is_over else None

    return [found["message"] for found in wait_until(ended) if "coderesult" not in found["message"]]


def test_pages_of_objects(tenant, alice, thread):
    run(alice, thread, "for i = 1, 100 do objects.create('line', {n = i}) end")
    run(alice, thread, "objects.create('line', {n = 101}) objects.delete('line', 1)")
    backend = tenant.as_backend()
    page = backend.get("/admin/objects/line", params={"page": 2, "per_page": 40}).json()
    assert [found["id"] for found in page["data"]] == list(range(42, 82))
    assert page["pagination"] == {"page": 2, "per_page": 40, "total": 100, "total_pages": 3}
    assert backend.get("/admin/objects/line", params={"per_page": 1000}).json()["pagination"]["per_page"] == 100
    assert backend.get("/admin/objects/nothing").json()["data"] == []
    assert_error(backend.get("/admin/objects/line/1"), 404, "not_found")
    assert_error(backend.get("/admin/objects/line/x"), 404, "not_found")
    assert_error(backend.get("/admin/objects/li%20ne"), 400, field="type")
    assert_error(backend.get("/admin/objects/line", params={"page": 0}), 400, field="page")


def test_objects_are_no_business_of_a_user(tenant, alice):
    import httpx

    token = tenant.as_backend().post("/admin/tokens", json={"user_id": "alice"}).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for url in ("/admin/objects/line", "/admin/objects/line/1"):
        reply = httpx.get(tenant.server.url + url, headers=headers, trust_env=False, timeout=10)
        assert reply.status_code in (401, 403), reply.text


def test_every_call_of_the_host(tenant, alice):
    space = account(tenant, "Acme", "alice")
    thread = create_thread(alice, client_account_id=space, subject="Books", relation_type="document", relation_id=7)
    code = """
    local first = objects.create('invoice', {amount = 100, customer = {name = 'Åse'}, lines = {1, 2, 3}})
    objects.update('invoice', first.id, {amount = 150, paid = true})
    local read = objects.get('invoice', first.id)
    assert(read.amount == 150 and read.fields.paid and read.customer.name == 'Åse' and #read.lines == 3)
    assert(objects.get('invoice', 99) == nil)
    local second = objects.create('invoice', {amount = 150})
    assert(#objects.query('invoice', {amount = 150}) == 2 and #objects.query('invoice', {paid = true}) == 1)
    assert(#objects.query('invoice', {}, {limit = 1}) == 1)
    objects.delete('invoice', second.id)
    assert(objects.get('invoice', second.id) == nil)
    local about = thread.info()
    thread.post(table.concat({about.subject, about.relation_type, about.relation_id, about.client_account_id}, ' '))
    thread.post(user.info().user_id .. ' ' .. json.encode(json.decode('{"b": [1, null], "a": true}')))
    assert(now():match('^%d+%-%d+%-%d+T[%d:.]+Z$') and is_approved == false)
    assert(#objects.query('invoice', {amount = 300 / 2}) == 1 and #objects.query('invoice', {amount = 150.5}) == 0)
    log('kept')
    """
    told = run(alice, thread["id"], code)
    assert told == [f"Books document 7 {space}", 'alice {"a":true,"b":[1,null]}']
    [made] = objects(tenant, "invoice")
    assert made["fields"] == {"amount": 150, "customer": {"name": "Åse"}, "lines": [1, 2, 3], "paid": True}
    assert (made["id"], made["type"], made["created_by"]) == (1, "invoice", "alice")


@pytest.mark.parametrize(
    "code, why",
    [
        ("for i = 1, 101 do objects.create('x', {}) end", "a run writes at most 100 objects"),
        ("for i = 1, 11 do thread.post('x') end", "a run posts at most 10 messages"),
        ("objects.create('x', {a = ('y'):rep(20000)})", "the fields of an object are too long"),
        ("objects.create('not a type', {})", "an object type is 1 to 64 letters"),
        ("objects.create('x', {1, 2})", "must have texts for keys"),
        ("objects.create('x', {f = print})", "a function has no place in JSON"),
        ("objects.delete('x', 1)", "there is no x 1"),
        ("thread.post('')", "text"),
        ("local t = {} t.t = t objects.create('x', t)", "nested too deeply"),
    ],
)
def test_a_refused_call_fails_the_run_and_writes_nothing(tenant, alice, thread, code, why):
    [told] = run(alice, thread, f"objects.create('y', {{}}) {code}")
    assert told.startswith("The action failed in its preview: ") and why in told, told
    assert objects(tenant, "y") == [] and objects(tenant, "x") == []


def test_runs_at_the_same_time_all_count(tenant, alice):
    """Each reads the counter and writes it: none may be lost."""
    threads = [create_thread(alice)["id"] for _ in range(5)]
    run(alice, threads[0], "objects.create('counter', {n = 0})")
    for _ in range(2):
        for thread in threads:
            post(alice, thread, action("objects.update('counter', 1, {n = objects.get('counter', 1).n + 1})"))
    wait_until(lambda: all(len(messages(alice, thread)) >= 4 for thread in threads))
    ended = [found["message"] for thread in threads for found in messages(alice, thread)]
    failed = sum("The action failed" in text for text in ended)
    assert objects(tenant, "counter")[0]["fields"]["n"] == 10 - failed and failed < 10
