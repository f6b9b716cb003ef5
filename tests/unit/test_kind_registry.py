"""The registry of kinds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from designchord.errors import BadInput
from designchord.kinds.registry import KINDS, kind, shown


def test_kinds_stand_in_reading_order_under_their_own_names() -> None:
    assert all(one.name == name for name, one in KINDS.items())
    assert [about.name for about in shown()] == ["blueprint", *KINDS, "report"]


def test_each_kind_is_called_something_in_both_languages_of_the_page() -> None:
    for about in shown():
        assert about.label("en")
        assert about.label("ko-KR") == about.labels["ko"]
        assert about.label("ja") == about.labels["en"]


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_named_after_its_part_and_tells_it(name: str) -> None:
    about = KINDS[name].about
    several = "{part}" in about.file
    file = about.file_of("borrow-item")
    assert file.endswith(about.suffix)
    assert about.part_of(file.removesuffix(about.suffix)) == ("borrow-item" if several else "")


@pytest.mark.parametrize("name", KINDS)
def test_what_a_kind_finds_begins_with_its_name(name: str) -> None:
    about = KINDS[name].about
    assert all(code.startswith(f"{name}.") for code in (*about.problems, *about.fixes))


def test_every_prompt_has_a_version_that_names_its_kind() -> None:
    for name, one in KINDS.items():
        assert one.prompt_version.split("/")[0] == name
        assert one.prompt_version.split("/")[1].isdigit()


def test_an_unknown_kind_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadInput, match=", ".join(KINDS)) as refused:
        kind("flowchart")
    assert refused.value.code == "unknown_kind"


PACKAGE = Path(__file__).parents[2] / "designchord"


def _told_by_name(path: Path) -> Iterator[str]:
    """Places of a module where a kind is compared with by its name, or where several stand in one list."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            about_kinds = re.search(r"\bkind\b", ast.unparse(node))
        else:
            about_kinds = isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict)
        named = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        if about_kinds and len(named & set(KINDS)) >= (1 if isinstance(node, ast.Compare) else 3):
            yield f"{path.relative_to(PACKAGE)}:{node.lineno}"


@pytest.mark.slow
def test_nothing_outside_the_kinds_knows_one_by_its_name() -> None:
    """Else a new kind would be missing there. What a blueprint's own kinds of actors are called is another matter."""
    modules = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "kinds"]
    assert [place for path in modules for place in _told_by_name(path)] == []


def test_no_module_of_the_page_knows_a_kind_by_its_name() -> None:
    names = "|".join(KINDS)
    known = re.compile(rf"""kind\)? ?(?:===|!==) ?"(?:{names})"|\["(?:{names})", "|kind\.(?:{names})\b|`(?:{names})/""")
    modules = sorted((PACKAGE / "web" / "static" / "js").rglob("*.js"))
    assert [f"{path.name}: {found[0]}" for path in modules for found in known.finditer(path.read_text("utf-8"))] == []
