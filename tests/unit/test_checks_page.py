"""The page of checks lists every code that there is, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from designchord.consistency.messages import MESSAGES
from designchord.notation.openapi import metaschema

ROOT = Path(__file__).parents[2]
PREFIXES = (
    "answer",
    "api",
    "blueprint",
    "compact",
    "cross",
    "document",
    "er",
    "erd",
    "file",
    "grounding",
    "mermaid",
    "openapi",
    "sequence",
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
TAKERS = {"Finding", "FieldError", "_problem", "_shape_finding", "_unread", "dropped", "fixed", "log", "note", "report"}


def _sources() -> Iterator[Path]:
    for area in ("notation", "blueprint", "kinds", "consistency"):
        for path in (ROOT / "designchord" / area).rglob("*.py"):
            if "vendor" not in path.parts:
                yield path


def _codes() -> set[str]:
    codes = {f"cross.{code}" for code in MESSAGES}
    codes |= {f"openapi.{code}" for code in (*metaschema._CODES.values(), "invalid")}
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                codes.add(node.value)
    for pattern, prefix in BARE.items():
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
