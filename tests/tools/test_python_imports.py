"""Which modules a Python file imports, read from its text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.tools.python_imports import STANDARD, imports_of, read_imports


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("import a, b.c as d", "a b.c"),
        ("from a import b, c as d", "a.b a.c"),
        ("from a.b import *", "a.b"),
        ("from . import a", ".a"),
        ("from .. import *", ".."),
        ("from ...a.b import c", "...a.b.c"),
        ("from .a import b", ".a.b"),
        ("def f():\n    if x:\n        import a", "a"),
        ("try:\n    import a\nexcept ImportError:\n    import b", "a b"),
        ("if TYPE_CHECKING:\n    import a", "a"),
        ("importlib.import_module('a')", "a"),
        ("importlib.import_module(name='a.b')", "a.b a.b?"),
        ("importlib.import_module('.a', 'b.c')", "b.c.a b.c?"),
        ("importlib.import_module('.a', package='b')", "b.a"),
        ("importlib.import_module('.a', __package__)", ".a"),
        ("importlib.import_module('..a', 'b.c')", "..a b.c?"),
        ("importlib.import_module(name)", "*"),
        ("importlib.import_module(f'a.{name}')", "*"),
        ("importlib.import_module(*names)", "*"),
        ("from importlib import import_module as load\nload('a')", "a importlib.import_module"),
        ("from importlib import import_module as load\nload(a)", "* importlib.import_module"),
        ("list(map(import_module, names))", "*"),
        ("__import__('a')", "a"),
        ("pytest.importorskip('a')", "a"),
        ("runpy.run_module('a')", "a"),
        ("runpy.run_path(path)", "*"),
        ("spec_from_file_location('a', path)", "*"),
        ("pytest_plugins = 'a'", "a"),
        ("pytest_plugins = ['a', \"b.c\"]", "a b.c b.c?"),
        ("pytest_plugins: list[str] = ['a']", "a"),
        ("pytest_plugins = [*names]", "*"),
        ("mock.patch('a.b.c')", "a.b.c?"),
        ("run('a.b:app')", "a.b?"),
        ("x = 'A sentence, a.b.'\ny = 'word'\nz = 'a.b c'", ""),
        ("class A:\n    def f(self):\n        match x:\n            case 1:\n                import a", "a"),
        ("for x in y:\n    pass\nelse:\n    import a\ntry:\n    pass\nfinally:\n    import b", "a b"),
        ("with x:\n    import a\nx = lambda: 1\ny = 1 if x else 2", "a"),
        ("", ""),
        ("\ufeffimport a", "a"),
        ("# -*- coding: latin-1 -*-\nimport a", "a"),
        ("x = '\\d'\nx is 1\nimport a", "a"),
    ],
)  # fmt: skip
def test_imports(text: str, imports: str) -> None:
    assert imports_of(text.encode()) == frozenset(imports.split())


@pytest.mark.parametrize(
    "source", [b"def:", b"print 1", b"\0", b"\xff", b"# coding: nothing\n", b"(" * 5000, b"match x:\n case"]
)
def test_what_is_no_python(source: bytes) -> None:
    assert imports_of(source) is None


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read(source: bytes) -> None:
    found = imports_of(source)
    assert found is None or all(name == name.strip() for name in found)


def test_files_are_read_by_their_paths(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.py").write_text("import c")
    (tmp_path / "bad.py").write_text("import")
    assert read_imports(tmp_path, ["a/b.py", "bad.py"]) == {"a/b.py": frozenset({"c"}), "bad.py": None}
    assert "json" in STANDARD
