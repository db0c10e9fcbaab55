import libcst as cst

from coding_agent.transformers import AddDocstrings, AnnotateNone, NameBareExcepts


def changed(source: str, transformer: cst.CSTTransformer) -> str:
    return cst.parse_module(source).visit(transformer).code


def test_docstring_is_made_of_the_name():
    source = "def say_goodbye(name):\n    return name\n"
    assert '"""Say goodbye."""' in changed(source, AddDocstrings())


def test_private_and_documented_functions_are_left():
    source = 'def _a():\n    pass\n\n\ndef b():\n    "Here."\n\n\ndef c(): pass\n'
    assert changed(source, AddDocstrings()) == source


def test_named_exceptions_are_left():
    source = "try:\n    pass\nexcept ValueError:\n    pass\n"
    assert changed(source, NameBareExcepts()) == source


def test_only_functions_without_a_value_are_annotated():
    source = "def a():\n    return 1\n\n\ndef b():\n    def c():\n        yield 1\n    c()\n"
    assert changed(source, AnnotateNone()) == source.replace("def b():", "def b() -> None:")
