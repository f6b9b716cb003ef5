"""What a page needs is named in its head, so that nothing waits for the import that asks for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from designchord.web.vendor import VENDOR
from designchord.web.views import _list_modules

STATIC = VENDOR.parent
IMPORT = re.compile(r"^(?:import|export)\b[^;]*?\bfrom \"(\.[^\"]+)\"|^import \"(\.[^\"]+)\"", re.MULTILINE)


def imported(module: Path) -> set[Path]:
    """A module and all that it imports, without what is fetched when it is needed."""
    seen: set[Path] = set()
    waiting = [module.resolve()]
    while waiting:
        one = waiting.pop()
        if one not in seen and VENDOR.resolve() not in one.parents:
            seen.add(one)
            waiting += [(one.parent / (found[1] or found[2])).resolve() for found in IMPORT.finditer(one.read_text())]
    return seen


@pytest.mark.parametrize("page", ["start", "design"])
def test_every_module_that_a_page_imports_is_named_in_its_head(page: str) -> None:
    named = {(STATIC / path).resolve() for path in _list_modules(page)}
    missing = imported(STATIC / "js" / page / "page.js") - named
    assert {path.relative_to(STATIC.resolve()).as_posix() for path in missing} == set()


def test_what_only_some_need_is_not_fetched_for_all() -> None:
    assert not [path for path in _list_modules("design") if path.startswith("js/writing/")]
