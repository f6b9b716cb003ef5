"""Each kind has samples of good artifacts: they pass its check, and its facts are those that stand beside them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import designchord
from designchord.consistency.report import cross_check
from designchord.kinds.registry import KINDS

FOLDER = Path(designchord.__file__).parent / "kinds"
SAMPLES = sorted(
    path
    for name, kind in KINDS.items()
    for path in (FOLDER / name / "samples").glob(f"*{kind.about.suffix}")
    if not path.name.endswith(".facts.json")
)


def told(value: Any) -> Any:
    """Facts as JSON values, without what is empty or has its usual value."""
    if isinstance(value, dict):
        return {name: told(each) for name, each in value.items() if each not in (None, False, "", (), frozenset())}
    if isinstance(value, frozenset):
        return sorted(value)
    return [told(each) for each in value] if isinstance(value, (tuple, list)) else value


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_a_sample(name: str) -> None:
    assert any(path.parts[-3] == name for path in SAMPLES)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_sample_passes_its_check_and_gives_its_facts(path: Path) -> None:
    kind = KINDS[path.parts[-3]]
    source = path.read_text(encoding="utf-8")
    assert kind.check(source) == ()
    facts = kind.facts(source)
    assert facts is not None
    expected = json.loads(path.with_suffix(".facts.json").read_text(encoding="utf-8"))
    assert told(asdict(facts)) == expected


def test_samples_of_one_design_agree_with_each_other() -> None:
    sources = {(path.parts[-3], path.stem): path.read_text(encoding="utf-8") for path in SAMPLES}
    assert [problem for problem in cross_check(sources, None).problems if problem.severity != "info"] == []
