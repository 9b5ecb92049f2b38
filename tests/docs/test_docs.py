"""Runs every ```sh and ```python block of the README and the guides, in order, against a fresh server."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
ERROR = re.compile(r'"success":false|"ok":false|"error":\{|"object":"error"|^curl: ', re.MULTILINE)


def pages_with_blocks():
    return [page for page in PAGES if BLOCK.search(page.read_text())]


def without_exports(script: str) -> str:
    """The address and the key are ours; a reader fills in their own."""
    return re.sub(r"^export (URL|KEY)=.*\n", "", script, flags=re.MULTILINE)


def environment_of(server, tenant) -> dict[str, str]:
    return {**os.environ, "URL": server.url, "KEY": tenant.api_key}


def pasted(blocks: list[str], environment: dict[str, str]) -> str:
    """What they print in one shell: later blocks use what earlier ones set."""
    command = ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("page", pages_with_blocks(), ids=lambda page: page.name)
def test_every_example_of_the_page_works_when_pasted(page, tenant, server):
    environment = environment_of(server, tenant)
    shell = []
    for language, script in BLOCK.findall(page.read_text()):
        if language == "sh":
            shell.append(without_exports(script))
            continue
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
    output = pasted(shell, environment)
    assert not ERROR.search(output), output
    assert output.strip(), "the examples printed nothing"


def test_the_filters_of_the_search_guide_find_their_threads(tenant, server):
    """Also when all is pasted at once, though tags are made in the background."""
    page = (ROOT / "docs" / "structchat-search.md").read_text()
    blocks = [without_exports(script) for _, script in BLOCK.findall(page)]
    filters = next(number for number, script in enumerate(blocks) if "filter_by" in script)
    lines = pasted(blocks[: filters + 1], environment_of(server, tenant)).splitlines()
    found = [json.loads(line) for line in lines if '"request_params"' in line][-2:]
    assert [[hit["document"]["subject"] for hit in reply["hits"]] for reply in found] == [["Plans"], ["Foxes"]]
