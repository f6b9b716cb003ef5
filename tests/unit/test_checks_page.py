"""The page of checks lists every code that there is, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from designchord.consistency.messages import MESSAGES
from designchord.kinds.about import About
from designchord.kinds.diagram import DiagramKind
from designchord.kinds.registry import KINDS
from designchord.notation.openapi import metaschema
from designchord.rehearsal.messages import MESSAGES as REHEARSAL
from tests.lifecycle.about import ABOUT as LIFECYCLE

ROOT = Path(__file__).parents[2]
#: What codes begin with that no kind of artifact explains: those of notations, of answers, of the cross-check.
PREFIXES = (
    *("answer", "blueprint", "compact", "cross", "database", "dbml", "er", "file", "grounding", "mermaid", "openapi"),
    *("rehearsal", "sql", "verify", *KINDS),
)
CODE = re.compile(rf"(?:{'|'.join(PREFIXES)})\.(?!json$|ya?ml$|mmd$|md$)[a-z][a-z_]*")

#: Where codes are written without their prefix, and which one they get.
BARE = {
    "blueprint/*.py": "blueprint",
    "cli/texts.py": "file",
    "kinds/document/checking.py": "document",
    "kinds/api/fixes.py": "api",
    "notation/openapi/compact*.py": "compact",
}
#: The functions that take such a code.
TAKERS = {
    "Explanation",
    "Finding",
    "FieldError",
    "_problem",
    "_shape_finding",
    "_unread",
    "dropped",
    "fixed",
    "log",
    "note",
    "report",
}


def _sources(areas: tuple[str, ...]) -> Iterator[Path]:
    for area in areas:
        for path in (ROOT / "designchord" / area).rglob("*.py"):
            if "vendor" not in path.parts and path.name != "about.py":
                yield path


def _codes(*areas: str) -> set[str]:
    """The codes that the modules of some areas report, by default all that there are."""
    codes: set[str] = set()
    if not areas:
        codes |= {f"cross.{code}" for code in MESSAGES}
        codes |= {f"rehearsal.{code}" for code in REHEARSAL}
        codes |= {f"openapi.{code}" for code in (*metaschema._CODES.values(), "invalid")}
        codes |= {f"{name}.not_found" for name in KINDS}
        codes |= {f"{name}.wrong_type" for name, kind in KINDS.items() if isinstance(kind, DiagramKind)}
    for path in _sources(
        areas or ("notation", "blueprint", "language", "drafter", "kinds", "consistency", "readers", "verification")
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                codes.add(node.value)
    for pattern, prefix in BARE.items():
        if areas and not pattern.startswith(areas):
            continue
        for path in (ROOT / "designchord").glob(pattern):
            codes |= {f"{prefix}.{code}" for code in _bare(path)}
    return codes


def _bare(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in TAKERS and words and re.fullmatch(r"(?!error$|warning$)[a-z][a-z_]*", words[0]):
            yield words[0]


def _page() -> set[str]:
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    return set(re.findall(rf"^\| `((?:{'|'.join(PREFIXES)})\.[a-z_]+)` \|", text, re.MULTILINE))


def test_every_code_is_on_the_page() -> None:
    codes = _codes()
    assert len(codes) > 100
    assert sorted(codes - _page()) == []


def test_the_page_has_no_code_that_nothing_reports() -> None:
    assert sorted(_page() - _codes()) == []


def test_every_code_is_explained_once() -> None:
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", text, re.MULTILINE)
    assert sorted({code for code in listed if listed.count(code) > 1}) == []


def _rows_missing(about: About, page: str) -> list[str]:
    """The rows that the page would need to say what a kind says of its codes."""
    rows = (f"| `{code}` | {meaning} |" for code, meaning in (about.problems | about.fixes).items())
    return [row for row in rows if row not in page.splitlines()]


def test_the_page_explains_the_codes_of_each_kind_in_its_words() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert [row for kind in KINDS.values() for row in _rows_missing(kind.about, page)] == []


def test_a_kind_whose_codes_are_not_on_the_page_is_told_which_rows_are_missing() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = _rows_missing(LIFECYCLE, page)
    assert rows[0] == "| `lifecycle.not_found` | A model's answer holds no state diagram. |"
    assert len(rows) == len(LIFECYCLE.problems)
    assert _rows_missing(LIFECYCLE, "\n".join([page, *rows])) == []


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_explains_every_code_that_its_folder_reports(name: str) -> None:
    about = KINDS[name].about
    own = {code for code in _codes(f"kinds/{name}") if code.startswith(f"{name}.")}
    assert own - set(about.problems | about.fixes) == set()
