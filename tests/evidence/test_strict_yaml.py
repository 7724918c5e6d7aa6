"""The strict loader: plain data with line numbers, and refusals that name the line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from countermove.errors import CountermoveError, DataError, InputError
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import MAX_DEPTH, Document, load, loads

plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
trees = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=15
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("2026-01-15", "2026-01-15"),
        ("2026-02", "2026-02"),
        ("1_000", "1_000"),
        ("2026", 2026),
        ("-1.5e3", -1500.0),
        (".5", 0.5),
        ("0x1F", 31),
        ("0o17", 15),
        ("012", 12),
        ("true", True),
        ("yes", "yes"),
        ("~", None),
        ("", None),
        ("null", None),
        ('"1"', "1"),
        ('""', ""),
        ("-.inf", -math.inf),
        ("1.2.3", "1.2.3"),
    ],
)
def test_scalars_follow_the_yaml_1_2_core_schema(text: str, value: Any) -> None:
    found = loads(f"key: {text}").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_as_written() -> None:
    assert list(loads("on: 1\n2026: 2\ntrue: 3\n2026-02: 4\n1.0: 5").data) == ["on", "2026", "true", "2026-02", "1.0"]


def test_every_part_knows_its_line() -> None:
    document = loads("a:\n  b:\n    - 1\n    - c: 2\nd: {e: 3}\n", "file.yaml")
    assert document.line("a", "b") == 2
    assert document.line("a", "b", 1, "c") == 4
    assert document.where("d", "e") == "file.yaml:5 (d.e)"
    assert document.where("a", "b", 7) == "file.yaml:2 (a.b.7)"
    assert document.where() == "file.yaml:1"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3", 3, "the key 'a' a second time (first on line 1)"),
        ("x:\n  a: 1\n  'a': 3", 3, "the key 'a' a second time"),
        ("x: {1: a, '1': b}", 1, "the key '1' a second time"),
        ("a: &anchor 1", 1, "anchor"),
        ("a: 1\nb: *a", 2, "alias"),
        ("a: !!str 1", 1, "tag"),
        ("a: !python/object:os.system x", 1, "tag"),
        ("! a: 1", 1, "tag"),
        ("&k a: 1", 1, "anchor"),
        ("<<: {a: 1}", 1, "merge key"),
        ("? [a]\n: 1", 1, "a key that is not a plain text"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("%YAML 1.1\n---\na: 1", 1, "directive"),
        ("a: [1, 2", 1, "not valid YAML"),
        ("a: b: c", 1, "not valid YAML"),
        ("a:\n\t- 1", 2, "not valid YAML"),
        ("[" * 3000, 1, f"nesting deeper than {MAX_DEPTH}"),
        ("a: " + "9" * 5000, 1, "5000 digits"),
    ],
)
def test_what_surprises_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(InputError) as caught:
        loads(text, "my.yaml")
    assert caught.value.where.startswith(f"my.yaml:{line}")
    assert words in caught.value.what
    assert caught.value.hint


def test_control_characters_are_refused() -> None:
    with pytest.raises(InputError, match="control characters"):
        loads("a: \x01")


def test_unreadable_files_are_input_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(InputError, match="cannot read the file"):
            load(path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(InputError, match=r"latin\.yaml:2: the file is not UTF-8"):
        load(latin)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfschema: 1\n")
    assert load(path).data == {"schema": 1}


def test_errors_in_shipped_files_are_data_errors() -> None:
    with pytest.raises(DataError, match="cannot read"):
        load(DATA / "no-such-file.yaml")


def test_a_mapping_is_returned_or_refused_by_name() -> None:
    document = loads("a: {b: 1}\nc: [1]")
    assert document.mapping("a") == {"b": 1}
    assert document.mapping("missing") == {}
    with pytest.raises(InputError, match=r"text:2 \(c\): expected a mapping, found a list of 1"):
        document.mapping("c")


@given(st.text(max_size=200))
@example("{?}")
@example("- - - ? :")
@example("\ud800")
def test_any_text_is_a_document_or_an_input_error(text: str) -> None:
    try:
        assert isinstance(loads(text), Document)
    except CountermoveError as error:
        assert isinstance(error, InputError)
        assert error.hint


@given(st.text(alphabet="ab01:-?,[]{}&*!|>'\"%#\n \t<~.", max_size=80))
def test_text_made_of_yaml_marks_never_escapes_the_loader(text: str) -> None:
    try:
        loads(text)
    except InputError as error:
        assert str(error).startswith("text")


@given(st.binary(max_size=100))
def test_any_bytes_are_a_document_or_an_input_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "file.yaml"
    path.write_bytes(raw)
    try:
        load(path)
    except InputError as error:
        assert "file.yaml" in str(error)


@given(st.text(alphabet="abcxyz012 :-", min_size=1, max_size=12), st.lists(st.integers(0, 9), max_size=3))
def test_a_duplicate_key_is_always_refused(key: str, between: list[int]) -> None:
    quoted = '"' + key + '"'
    middle = "".join(f"between-{number}: {value}\n" for number, value in enumerate(between))
    with pytest.raises(InputError, match="a second time"):
        loads(f"{quoted}: 1\n{middle}{quoted}: 2\n")


@given(trees)
def test_what_a_yaml_writer_quotes_reads_back_the_same(tree: Any) -> None:
    """Strings are double-quoted by the writer, so that only the loader's handling of structure is under test."""
    text = yaml.dump(tree, default_style='"', Dumper=_Quoting, allow_unicode=True, width=10_000)
    assert loads(text).data == _as_read(tree)


class _Quoting(yaml.SafeDumper):
    """Writes numbers and words plain, texts and keys quoted, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_scalar(self, tag: str, value: str, style: str | None = None) -> yaml.ScalarNode:
        return super().represent_scalar(tag, value, style='"' if tag == "tag:yaml.org,2002:str" else "")


def _as_read(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {str(key): _as_read(value) for key, value in tree.items()}
    return [_as_read(item) for item in tree] if isinstance(tree, list) else tree
