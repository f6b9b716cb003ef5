"""The registry of kinds."""

from __future__ import annotations

import pytest

from designchord.errors import BadInput
from designchord.kinds.registry import KINDS, kind


def test_kinds_stand_in_reading_order_under_their_own_names() -> None:
    assert list(KINDS) == ["document", "sequence", "erd", "api"]
    assert all(one.name == name for name, one in KINDS.items())


def test_every_prompt_has_a_version_that_names_its_kind() -> None:
    for name, one in KINDS.items():
        assert one.prompt_version.split("/")[0] == name
        assert one.prompt_version.split("/")[1].isdigit()


def test_an_unknown_kind_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadInput, match="document, sequence, erd, api") as refused:
        kind("flowchart")
    assert refused.value.code == "unknown_kind"
