"""Tests of check_source.py; run by ctest with python3 -m unittest."""

import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import check_source

CMAKE = """
# layer(ghost DEPS none)
layer(base     LIBS OpenSSL::Crypto)
layer(storage  DEPS base LIBS SQLite::SQLite3)
layer(http     DEPS base)
layer(dialects/chatapi DEPS base http)
layer(dialects/admin   DEPS base http)
"""


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.write("CMakeLists.txt", CMAKE)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path: str, text: str):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))

    def findings(self, allowed=None) -> list[str]:
        found = check_source.check_tree(self.root, allowed or {})
        return [f"{f.rule} {f.path}:{f.line}" for f in found]


class Includes(Tree):
    def test_own_layer_and_named_layers_are_fine(self):
        self.write("src/storage/a.cc", '#include "storage/b.h"\n#include "base/c.h"\n#include <vector>\n')
        self.assertEqual(self.findings(), [])

    def test_a_layer_that_deps_do_not_name(self):
        self.write("src/storage/a.cc", '#include "base/c.h"\n#include "http/d.h"\n')
        self.assertEqual(self.findings(), ["layer src/storage/a.cc:2"])

    def test_the_longest_layer_name_counts(self):
        self.write("src/dialects/chatapi/a.cc", '#include "dialects/chatapi/b.h"\n')
        self.assertEqual(self.findings(), [])

    def test_a_dialect_must_not_include_another(self):
        self.write("src/dialects/chatapi/a.cc", '#include "dialects/admin/b.h"\n')
        self.assertEqual(self.findings(), ["dialect src/dialects/chatapi/a.cc:1"])

    def test_a_path_that_is_not_from_src(self):
        self.write("src/base/a.cc", '#include "b.h"\n')
        self.assertEqual(self.findings(), ["layer src/base/a.cc:1"])

    def test_a_folder_that_is_no_layer(self):
        self.write("src/stray/a.cc", "int a;\n")
        self.assertEqual(self.findings(), ["layer src/stray/a.cc:1"])

    def test_beast_and_asio_only_in_http(self):
        text = "#include <boost/beast/http.hpp>\n#include <boost/asio.hpp>\n#include <boost/json.hpp>\n"
        self.write("src/http/a.cc", text)
        self.write("src/storage/a.cc", text)
        self.write("fuzz/a.cc", text)
        expected = ["asio src/storage/a.cc:1", "asio src/storage/a.cc:2", "asio fuzz/a.cc:1", "asio fuzz/a.cc:2"]
        self.assertEqual(self.findings(), expected)


class Layers(Tree):
    def test_deps_that_lead_back(self):
        self.write("CMakeLists.txt", "layer(a DEPS b)\nlayer(b DEPS c)\nlayer(c DEPS a)\n")
        self.assertEqual(self.findings(), ["cycle CMakeLists.txt:1"] * 3)

    def test_deps_that_name_no_layer(self):
        self.write("CMakeLists.txt", "layer(a DEPS b)\n")
        self.assertEqual(self.findings(), ["layer CMakeLists.txt:1"])


class Headers(Tree):
    def test_pragma_once(self):
        self.write("src/base/a.h", "int a();\n")
        self.assertEqual(self.findings(), ["pragma src/base/a.h:1"])

    def test_using_namespace(self):
        self.write("src/base/a.h", "#pragma once\n// using namespace std\nusing namespace std;\n")
        self.write("src/base/a.cc", "using namespace std;\n")
        self.assertEqual(self.findings(), ["namespace src/base/a.h:3"])


class Sizes(Tree):
    def test_long_file(self):
        self.write("src/base/a.cc", "int a;\n" * 501)
        self.write("src/base/b.cc", "int a;\n" * 500)
        self.assertEqual(self.findings(), ["file src/base/a.cc:1"])

    def test_long_functions(self):
        body = "  call();\n" * 60
        for name, head in {
            "plain": "int f(int a) {",
            "member": "class A {\n public:\n  void f() const noexcept {",
            "split": "Result<int> f(int a,\n              int b) {",
            "constructor": "A::A(int a) : a_(a), b_(1) {",
            "operator": "bool operator==(A a, A b) {",
            "test": "TEST(A, B) {",
            "struct_parameter": "int f(struct stat const& a) {",
            "default_argument": "int f(int a = 1) {",
        }.items():
            with self.subTest(name):
                self.assertTrue(any(n > 60 for _, n, _ in check_source.functions(f"{head}\n{body}}}\n}}\n")))

    def test_what_is_not_a_function(self):
        body = "  call(1),\n" * 80
        for head in ("namespace a {", "struct A {", "constexpr int kA[] = {", "enum class A : int {", "A const a{"):
            with self.subTest(head):
                self.assertEqual(check_source.functions(f"{head}\n{body}}};\n"), [])

    def test_literals_and_comments_hold_no_braces(self):
        text = 'void f() {\n  g("{", \'{\', R"sql({{)sql", 1\'000);  // {\n  /* { */\n}\nint h() { return 1; }\n'
        self.assertEqual([(first, count) for first, count, _ in check_source.functions(text)], [(1, 4), (5, 1)])

    def test_a_function_of_sixty_lines_is_fine(self):
        self.write("src/base/a.cc", "void f() {\n" + "  g();\n" * 58 + "}\n")
        self.assertEqual(self.findings(), [])
        self.write("src/base/a.cc", "void f() {\n" + "  g();\n" * 59 + "}\n")
        self.assertEqual(self.findings(), ["function src/base/a.cc:1"])


class Markers(Tree):
    def test_unfinished_work(self):
        self.write("src/base/a.cc", "// " + "TO" + "DO: later\n")
        self.write("scripts/a.sh", "mktemp -d /tmp/XXXXXX\n# " + "FIX" + "ME\n")
        self.assertEqual(self.findings(), ["marker src/base/a.cc:1", "marker scripts/a.sh:2"])


class Allowed(Tree):
    def test_an_exception_silences_and_must_be_needed(self):
        self.write("src/base/a.cc", "int a;\n" * 501)
        self.assertEqual(self.findings({("file", "src/base/a.cc"): "generated"}), [])
        self.assertEqual(self.findings({("file", "src/base/a.cc"): "x", ("file", "b"): "y"}), ["file b:1"])


if __name__ == "__main__":
    unittest.main()
