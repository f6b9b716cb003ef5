"""The registry of kinds."""

from __future__ import annotations

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
