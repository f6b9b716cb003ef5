"""What the import rules cannot say: no module needs itself, however late and wherever it imports the others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def modules_of(package: Path) -> dict[str, Path]:
    """Every module of a package by its dotted name; a package is named like its folder."""
    named = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return named


def imported(name: str, modules: dict[str, Path]) -> Iterator[str]:
    """Which of the modules one imports: at its top, in functions, and for types alone."""
    for node in ast.walk(ast.parse(modules[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: the linter forbids relative imports, so they are not followed here"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in modules:
                    yield full
                elif node.module in modules:
                    yield str(node.module)


def cycle_in(package: Path) -> list[str]:
    """The modules of one cycle, from one to itself; empty when there is none."""
    modules = modules_of(package)
    try:
        TopologicalSorter({name: set(imported(name, modules)) - {name} for name in modules}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert cycle_in(ROOT / "designchord") == []


@pytest.mark.parametrize(
    "closing", ["from pack import a", "import pack.a", "from pack.a import x", "def late():\n    from pack.a import x"]
)
def test_a_cycle_is_seen_wherever_it_is_closed(tmp_path: Path, closing: str) -> None:
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "a.py").write_text("from pack.b import y\nx = y\n")
    (package / "b.py").write_text("y = 1\n")
    assert cycle_in(package) == []
    (package / "b.py").write_text(f"y = 1\n{closing}\n")
    assert set(cycle_in(package)) == {"pack.a", "pack.b"}
