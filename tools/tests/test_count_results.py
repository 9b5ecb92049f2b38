"""Tests of count_results.py; run by ctest with python3 -m unittest."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import count_results

CTEST = """<testsuite tests="4" failures="1">
  <testcase name="A.B" classname="A.B" status="run"/>
  <testcase name="A.C" classname="A.C" status="fail"><failure message=""/></testcase>
  <testcase name="A.D" classname="A.D" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>
  <testcase name="A.E" classname="A.E" status="disabled"/>
</testsuite>"""

PYTEST = """<testsuites><testsuite tests="3">
  <testcase classname="t" name="good"/>
  <testcase classname="t" name="broken"><error message="setup"/></testcase>
  <testcase classname="t" name="left_out"><skipped/></testcase>
</testsuite></testsuites>"""


class Count(unittest.TestCase):
    def counted(self, text: str) -> tuple[int, int, int]:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
            file = Path(folder) / "results.xml"
            file.write_text(text)
            return count_results.count(file)

    def test_ctest(self):
        self.assertEqual(self.counted(CTEST), (1, 1, 2))

    def test_pytest(self):
        self.assertEqual(self.counted(PYTEST), (1, 1, 1))

    def test_a_broken_or_missing_file_is_a_failure(self):
        self.assertEqual(self.counted("<testsuite>"), (0, 1, 0))
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(count_results.count(Path("/nonexistent.xml")), (0, 1, 0))


if __name__ == "__main__":
    unittest.main()
