#!/usr/bin/env python3
"""Holds the sources to the rules that a compiler does not check.

Reads the `layer(NAME DEPS …)` calls of the top CMakeLists.txt, which are the architecture diagram, and fails on

  layer      an #include "layer/…" that the including layer's DEPS do not name, or of a folder that is no layer
  cycle      layers whose DEPS lead back to themselves
  dialect    a dialect that includes another dialect
  asio       a Beast or Asio header outside src/http/
  file       a file in src/ over 500 lines
  function   a function in src/ over 60 lines, signature included
  pragma     a header without #pragma once
  namespace  a `using namespace` in a header
  marker     a note of unfinished work

An exception is written in ALLOWED below, with its reason; one that is not needed any more is reported as well.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60

# (rule, path) -> the reason why this one is right as it is.
ALLOWED: dict[tuple[str, str], str] = {}

CODE_FOLDERS = ("src", "fuzz", "bench")
MARKER_FOLDERS = ("src", "fuzz", "bench", "cmake", "scripts", "tests", "tools")
MARKER_SUFFIXES = {".h", ".cc", ".py", ".sh", ".cmake", ".txt", ".sql"}
# Written in two halves so that this file does not find itself.
MARKERS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
LAYER_CALL = re.compile(r"^\s*layer\(([^)]*)\)", re.MULTILINE)
# What must not be read as code. A quote between digits is a separator, not a character literal.
LITERAL_OR_COMMENT = re.compile(
    r'R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL,
)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum)\b|\bextern\b")


@dataclass(frozen=True)
class Finding:
    rule: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


def read_layers(cmake_text: str) -> dict[str, list[str]]:
    """Layer name -> names of the layers it may include, from the text of CMakeLists.txt."""
    layers = {}
    text = re.sub(r"#[^\n]*", "", cmake_text)
    for call in LAYER_CALL.finditer(text):
        name, *rest = call.group(1).split()
        section, deps = None, []
        for word in rest:
            if word in ("DEPS", "LIBS"):
                section = word
            elif section == "DEPS":
                deps.append(word)
        layers[name] = deps
    return layers


def layer_of(path: str, layers: dict[str, list[str]]) -> str | None:
    """The layer that a path below src/ lies in: the longest layer name that is a folder prefix of it."""
    found = [name for name in layers if path.startswith(name + "/")]
    return max(found, key=len, default=None)


def check_cycles(layers: dict[str, list[str]]) -> list[Finding]:
    findings = []

    def reach(name: str, seen: set[str]) -> set[str]:
        for dependency in layers.get(name, []):
            if dependency not in seen:
                seen.add(dependency)
                reach(dependency, seen)
        return seen

    for name, deps in layers.items():
        if name in reach(name, set()):
            findings.append(Finding("cycle", "CMakeLists.txt", 1, f"layer {name} depends on itself through its DEPS"))
        for dependency in deps:
            if dependency not in layers:
                findings.append(Finding("layer", "CMakeLists.txt", 1, f"layer {name} names {dependency}, which is none"))
    return findings


def check_includes(path: str, text: str, layers: dict[str, list[str]]) -> list[Finding]:
    findings = []
    in_src = path.startswith("src/")
    own = layer_of(path.removeprefix("src/"), layers) if in_src else None
    if in_src and own is None:
        findings.append(Finding("layer", path, 1, "lies in no layer"))
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        quote, target = include.groups()
        if re.match(r"boost/(beast|asio)\b", target) and not path.startswith("src/http/"):
            findings.append(Finding("asio", path, number, f"<{target}> is only for src/http/"))
        if quote == '"' and own is not None:
            findings += check_target(path, number, own, target, layers)
    return findings


def check_target(path: str, number: int, own: str, target: str, layers: dict[str, list[str]]) -> list[Finding]:
    other = layer_of(target, layers)
    if other is None:
        return [Finding("layer", path, number, f'"{target}" is in no layer; write paths from src/')]
    if other == own:
        return []
    if own.startswith("dialects/") and other.startswith("dialects/"):
        return [Finding("dialect", path, number, f"{own} includes {other}; what two dialects share moves down")]
    if other not in layers[own]:
        return [Finding("layer", path, number, f"{own} includes {other}, which its DEPS do not name")]
    return []


def blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match.group(0))


def code_only(text: str) -> str:
    """The text with comments, literals and preprocessor lines blanked; every line stays where it was."""
    return PREPROCESSOR.sub(blank, LITERAL_OR_COMMENT.sub(blank, text))


def is_function_head(head: str) -> bool:
    """Whether the code before a brace at namespace or class scope begins a function body."""
    if SCOPE.search(re.sub(r"\([^()]*\)|<[^<>]*>", "", head)):
        return False
    before_body = re.sub(r"operator\s*(==|=|<=>|<=|>=|!=)", "operator", head)
    return ")" in head and not re.search(r"(?<![=!<>])=(?!=)[^)]*$", before_body)


def functions(text: str) -> list[tuple[int, int, str]]:
    """(first line, line count, head) of each function body outside other functions. A heuristic for formatted code."""
    code = code_only(text)
    found, scopes = [], []  # a scope is (is_function, first line, head)
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        position = match.start()
        if match.group() == "{":
            head = code[head_start:position]
            inside = any(scope[0] for scope in scopes)
            first = code.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
            scopes.append((not inside and is_function_head(head), first, " ".join(head.split())))
        elif match.group() == "}" and scopes:
            is_function, first, head = scopes.pop()
            if is_function:
                found.append((first, code.count("\n", 0, position) + 2 - first, head))
        head_start = position + 1
    return found


def check_sizes(path: str, text: str) -> list[Finding]:
    findings = []
    count = text.count("\n")
    if count > MAX_FILE_LINES:
        findings.append(Finding("file", path, 1, f"{count} lines, more than {MAX_FILE_LINES}: which noun wants to leave?"))
    for first, length, head in functions(text):
        if length > MAX_FUNCTION_LINES:
            findings.append(Finding("function", path, first, f"{length} lines, more than {MAX_FUNCTION_LINES}: {head[:80]}"))
    return findings


def check_header(path: str, text: str) -> list[Finding]:
    findings = []
    if "#pragma once" not in text:
        findings.append(Finding("pragma", path, 1, "no #pragma once"))
    for number, line in enumerate(code_only(text).splitlines(), 1):
        if re.search(r"\busing\s+namespace\b", line):
            findings.append(Finding("namespace", path, number, "using namespace in a header"))
    return findings


def check_markers(path: str, text: str) -> list[Finding]:
    return [
        Finding("marker", path, number, "unfinished work is finished, or goes to the issue tracker")
        for number, line in enumerate(text.splitlines(), 1)
        if MARKERS.search(line)
    ]


def files_below(root: Path, folders: tuple[str, ...]) -> list[Path]:
    hidden = {".venv", "node_modules", "__pycache__", "corpus"}
    found = [root / "CMakeLists.txt"] if "cmake" in folders else []
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not hidden.intersection(path.parts):
                found.append(path)
    return found


def check_tree(root: Path, allowed: dict[tuple[str, str], str]) -> list[Finding]:
    """Every finding in the repository at `root`, those of `allowed` taken away."""
    layers = read_layers((root / "CMakeLists.txt").read_text())
    findings = check_cycles(layers)
    for file in files_below(root, CODE_FOLDERS):
        if file.suffix not in (".h", ".cc"):
            continue
        path, text = file.relative_to(root).as_posix(), file.read_text()
        findings += check_includes(path, text, layers)
        if file.suffix == ".h":
            findings += check_header(path, text)
        if path.startswith("src/"):
            findings += check_sizes(path, text)
    for file in files_below(root, MARKER_FOLDERS):
        if file.suffix in MARKER_SUFFIXES:
            findings += check_markers(file.relative_to(root).as_posix(), file.read_text())
    kept = [finding for finding in findings if (finding.rule, finding.path) not in allowed]
    found = {(finding.rule, finding.path) for finding in findings}
    for rule, path in sorted(set(allowed) - found):
        kept.append(Finding(rule, path, 1, "is in ALLOWED without need"))
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the repository")
    findings = check_tree(parser.parse_args().root, ALLOWED)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
