"""What a page needs is named in its head, so that nothing waits for the import that asks for it."""

from __future__ import annotations

import re

import pytest

from designchord.web.modules import STATIC, list_modules

IMPORTED = re.compile(r"""\bfrom ["'](\.[^"']+)["']""")
FETCHED = re.compile(r"""fetched\(\s*\(\) => import\("(\.[^"]+)"\)""")


def reached(module: str, pattern: re.Pattern[str]) -> set[str]:
    path = STATIC / module
    return {(path.parent / name).resolve().relative_to(STATIC).as_posix() for name in pattern.findall(path.read_text())}


@pytest.mark.parametrize("page", ["start", "design"])
def test_every_module_that_a_page_imports_is_named_in_its_head(page: str) -> None:
    modules = list_modules(page)
    for module in modules.first:
        assert reached(module, IMPORTED) <= set(modules.first), module
        assert reached(module, FETCHED) <= {*modules.first, *modules.beside}, module
    for module in modules.beside:
        assert reached(module, IMPORTED) <= {*modules.first, *modules.beside}, module


def test_the_first_picture_of_a_design_waits_for_no_module_of_what_is_opened_later() -> None:
    modules = list_modules("design")
    assert {"js/design/page.js", "js/erd/picture.js", "js/design/overview.js"} <= set(modules.first)
    assert {"js/design/artifact.js", "js/design/editor.js", "js/viewer/stage.js"} <= set(modules.beside)
    assert len(modules.first) < 70


def test_what_only_some_need_is_not_fetched_for_all() -> None:
    modules = list_modules("design")
    assert not [path for path in (*modules.first, *modules.beside) if path.startswith("js/writing/")]


def test_what_shows_a_part_comes_before_what_changes_one() -> None:
    modules = list_modules("design")
    assert modules.first[0] == "js/design/ahead.js"
    shown = {"js/viewer/stage.js", "js/sequence/viewer.js", "js/erd/viewer.js", "js/viewer/inline.js"}
    changed = {"js/design/editing.js", "js/design/editor.js", "js/design/modelling/editor.js", "js/design/conflict.js"}
    assert {*shown, *changed} <= set(modules.beside)
    assert max(map(modules.beside.index, shown)) < min(map(modules.beside.index, changed))
