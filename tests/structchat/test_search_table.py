"""The table of searches: each of its cases over the wire, against one small organisation."""

import tomllib
from pathlib import Path

import pytest
from search_world import World
from structchat_support import Org, assert_error, ok

CASES = tomllib.loads((Path(__file__).parent / "search_cases.toml").read_text())["case"]
ANYTHING = "*"


@pytest.fixture(scope="module")
def world(server):
    org = Org(server)
    yield World(org)
    org.close()


def names_of(world, hits):
    return [world.names[hit["document"]["id"]] for hit in hits]


def counts_of(facet):
    assert facet["stats"]["total_values"] >= len(facet["counts"])
    assert all(count["highlighted"] == count["value"] for count in facet["counts"])
    numbers = [count["count"] for count in facet["counts"]]
    assert numbers == sorted(numbers, reverse=True)
    return {count["value"]: count["count"] for count in facet["counts"]}


def check_groups(world, body, expected):
    groups = []
    for group in body["grouped_hits"]:
        assert group["found"] >= len(group["hits"]) > 0
        groups.append(group["group_key"] + names_of(world, group["hits"]))
    assert sorted(groups, key=repr) == sorted(expected, key=repr)


def check_highlights(hit, case):
    shown = {field: found["snippet"] for field, found in hit["highlight"].items()}
    listed = {found["field"]: found["snippet"] for found in hit["highlights"]}
    assert shown == listed
    if "highlight" in case:
        wanted = case["highlight"]
        assert shown == {field: shown.get(field) if text == ANYTHING else text for field, text in wanted.items()}
    for field, tokens in case.get("tokens", {}).items():
        assert hit["highlight"][field]["matched_tokens"] == tokens


def check(world, body, case):
    hits = body.get("hits", [])
    if "finds" in case:
        assert sorted(names_of(world, hits)) == sorted(case["finds"])
    if "lists" in case:
        assert names_of(world, hits) == case["lists"]
    for number in ("found", "out_of"):
        if number in case:
            assert body[number] == case[number]
    if "facets" in case:
        assert {facet["field_name"]: counts_of(facet) for facet in body["facet_counts"]} == case["facets"]
    if "groups" in case:
        check_groups(world, body, case["groups"])
    if "highlight" in case or "tokens" in case:
        check_highlights(hits[0], case)
    if "document" in case:
        assert hits[0]["document"] == case["document"]


def test_the_table_is_large_enough():
    assert len(CASES) >= 80
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_search(world, case):
    case = world.filled(case)
    reply = world.client(case.get("by", "mike")).post("/v1/search", json=case["search"])
    if "error" in case:
        assert_error(reply, 400, case["error"])
        return
    check(world, ok(reply), case)
