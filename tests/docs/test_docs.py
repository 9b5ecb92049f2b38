"""Runs every ```sh and ```python block of the README and the guides, in order, against a fresh server."""

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


@pytest.mark.parametrize("page", pages_with_blocks(), ids=lambda page: page.name)
def test_every_example_of_the_page_works_when_pasted(page, tenant, server):
    environment = {**os.environ, "URL": server.url, "KEY": tenant.api_key}
    shell = []
    for language, script in BLOCK.findall(page.read_text()):
        if language == "sh":
            shell.append(without_exports(script))
            continue
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
    # One shell for all of them: later blocks use what earlier ones set.
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(shell)], env=environment, capture_output=True, text=True, timeout=120
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert not ERROR.search(output), output
    assert output.strip(), "the examples printed nothing"
