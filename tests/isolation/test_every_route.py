"""A foreign tenant's ids answer like absent ones: every route that the server documents, every id in path, query and body.

The operations are those of /openapi.json; dialects.py says what their ids name.
"""

import itertools
import json
import re

import httpx
import pytest
from dialects import DIALECTS, WITHOUT_IDS, Ref
from harness.tenant import Tenant
from world import ABSENT_NUMBER, ABSENT_TEXTS, World

LOOKS_LIKE_AN_ID = re.compile(r"^id$|_ids?$|Ids?$")


@pytest.fixture(scope="module")
def server(start_server):
    return start_server(PARLANCE_RETRY_BASE_MS=1, PARLANCE_RETRY_MAX_ATTEMPTS=1)


@pytest.fixture(scope="module")
def document(server):
    return httpx.get(server.url + "/openapi.json", trust_env=False, timeout=10).json()


@pytest.fixture(scope="module")
def victim(server):
    tenant = Tenant.create(server)
    yield World(tenant)
    tenant.close()


def operations_of(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], method.upper(), path, operation


class Call:
    """One operation with its ids left open."""

    def __init__(self, dialect, method, path, operation):
        self.dialect = dialect
        self.method = method
        self.path = path
        self.name = operation["operationId"]
        self.operation = operation
        self.in_path = {name: self._noun_of(name) for name in re.findall(r"{(\w+)}", path)}
        self.body = dialect.bodies.get(self.name)
        self.query = dialect.queries.get(self.name, {})

    def _noun_of(self, parameter):
        noun = self.dialect.path_of.get(self.name, {}).get(parameter) or self.dialect.path.get(parameter)
        assert noun, f"{self.name}: say in dialects.py what {{{parameter}}} of {self.path} names"
        return noun

    @property
    def nouns(self):
        """Those whose id the tenant makes, once each: an id that stands in two places is put in both."""
        return sorted({*self.in_path.values(), *refs_of(self.body), *refs_of(self.query)} - {"user"})

    def check_that_all_ids_are_known(self, schemas):
        """Fields that look like ids are in the body of dialects.py, or declared to be names."""
        covered = set(json.dumps(self.body, default=lambda ref: ref.noun).split('"')) | self.dialect.names | set(self.query)
        schema = self.operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        wanted = fields_of(schema, schemas)
        wanted |= {each["name"] for each in self.operation.get("parameters", []) if each["in"] == "query"}
        unknown = {name for name in wanted if LOOKS_LIKE_AN_ID.search(name)} - covered
        assert not unknown, f"{self.name}: dialects.py does not say what {sorted(unknown)} name"

    def ask(self, client, ids):
        """`ids`: noun → text. The status, and the body without these texts."""
        path = self.path.format(**{name: ids[noun] for name, noun in self.in_path.items()})
        with client.stream(
            self.method,
            path,
            params=filled(self.query, ids),
            json=filled(self.body, ids),
            files=self.dialect.files.get(self.name),
        ) as reply:
            if reply.headers.get("content-type", "").startswith("text/event-stream"):
                return reply.status_code, "a stream"
            text = reply.read().decode(errors="replace")
        for noun, spelled in ids.items():
            text = text.replace(spelled, f"<{noun}>")
        return reply.status_code, text

    def spelled(self, noun, world):
        value = world[noun] if world is not None else ABSENT_TEXTS.get(noun, ABSENT_NUMBER)
        if isinstance(value, str):
            return value
        assert noun in self.dialect.spell, f"{self.name}: say in dialects.py how the dialect writes a {noun}"
        return self.dialect.spell[noun](value)


def refs_of(value):
    if isinstance(value, Ref):
        return {value.noun}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return set(itertools.chain.from_iterable(refs_of(part) for part in parts))


def filled(value, ids):
    if isinstance(value, Ref):
        return int(ids[value.noun]) if value.is_number else ids[value.noun]
    if isinstance(value, dict):
        return {name: filled(part, ids) for name, part in value.items()}
    return [filled(part, ids) for part in value] if isinstance(value, list) else value


def fields_of(schema, schemas):
    if not schema:
        return set()
    if "$ref" in schema:
        return fields_of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    names = fields_of(schema.get("items"), schemas)
    for name, part in schema.get("properties", {}).items():
        names |= {name} | fields_of(part, schemas)
    return names


def choices(nouns):
    """Which ids are not the intruder's own: each alone, then all."""
    return [{noun} for noun in nouns] + ([set(nouns)] if len(nouns) > 1 else [])


def client_of(tenant, dialect):
    return tenant.as_user(dialect.user) if dialect.user else tenant.as_backend()


def problems_of(call, victim, server):
    """What an intruder can tell about `victim` by this operation."""
    tenant = Tenant.create(server)
    own = World(tenant)
    client = client_of(tenant, call.dialect)
    try:
        for strange in choices(call.nouns):
            outcomes = []
            for other in (victim, None):
                ids = {noun: call.spelled(noun, other if noun in strange else own) for noun in {*call.nouns, "user"}}
                outcomes.append(call.ask(client, ids))
            if outcomes[0] != outcomes[1]:
                yield f"{call.name}: {sorted(strange)}: foreign {outcomes[0]}, absent {outcomes[1]}"
        # Only a request that would have worked proves anything.
        status, text = call.ask(client, {noun: call.spelled(noun, own) for noun in {*call.nouns, "user"}})
        if status >= 400:
            yield f"{call.name}: {status} with the caller's own ids; give it a body in dialects.py: {text}"
    finally:
        tenant.close()


@pytest.mark.parametrize("group", DIALECTS)
def test_every_id_of_the_group(group, document, victim, server):
    before = victim.snapshot()
    problems, tested = [], 0
    for tag, method, path, operation in operations_of(document):
        if tag != group or operation["operationId"] in DIALECTS[group].exempt:
            continue
        call = Call(DIALECTS[group], method, path, operation)
        call.check_that_all_ids_are_known(document["components"]["schemas"])
        if call.nouns:
            problems += problems_of(call, victim, server)
            tested += 1
    assert not problems, "\n".join(problems)
    assert tested or group not in {tag for tag, *_ in operations_of(document)}
    assert victim.snapshot() == before


def test_no_group_is_forgotten(document):
    """A dialect whose routes are served says in dialects.py what its ids name."""
    assert {tag for tag, *_ in operations_of(document)} == set(DIALECTS) | WITHOUT_IDS


def test_the_same_user_id_is_another_user(victim, server):
    tenant = Tenant.create(server)
    alice = tenant.as_user("alice")
    assert alice.get("/rooms").json() == {"rooms": []}
    assert len(alice.get("/v1/spaces").json()["data"]) == 1
    tenant.close()
