#!/usr/bin/env python3
"""Adds up JUnit files and prints "passed failed skipped"; names each failed test on standard error.

A file that is missing or broken counts as one failure.
"""

import argparse
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def count(file: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) of one JUnit file, as ctest and pytest write it."""
    try:
        cases = list(ElementTree.parse(file).iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"failed: no results in {file.name}: {error}", file=sys.stderr)
        return 0, 1, 0
    passed = failed = skipped = 0
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            failed += 1
            group, name = case.get("classname"), case.get("name")
            print(f"failed: {name}" if group == name else f"failed: {group} {name}", file=sys.stderr)
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    totals = [count(file) for file in parser.parse_args().files]
    print(*(sum(column) for column in zip(*totals, strict=True)) if totals else (0, 0, 0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
