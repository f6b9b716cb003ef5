"""A design as files: named, indexed, the same bytes each time, and harmless in every format."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from designchord.export.design import Artifact, Design, from_snapshot
from designchord.export.folder import folder_files, zip_bytes
from designchord.export.page import single_html
from designchord.export.readme import fenced, plain, single_markdown

ERD = "erDiagram\n    Loan {\n        uuid id PK\n    }\n"
DESIGN = Design(
    id="1",
    title="Library of things",
    content="Members borrow things.\n```\nnot a fence of ours\n```",
    requirements="- Members borrow a drill.",
    language="en",
    state="partial",
    model="openai:gpt-4o",
    created_at="2026-01-01T00:00:00.000Z",
    artifacts=(
        Artifact("blueprint", "", "", "{}", "generated"),
        Artifact("document", "", "Document", "# Title\n\n## Part\n\n```\n# not a heading\n```\n", "repaired"),
        Artifact("sequence", "lend-it", "Lend | it", "sequenceDiagram\n    A->>B: hi\n", "skeleton", stale=True),
        Artifact("erd", "", "ERD", ERD, "edited", problems=({"severity": "warning", "message": "odd"},)),
    ),
    report={
        "problems": [{"code": "x", "severity": "error", "message": "a | b", "kind": "erd", "part": "", "line": 3}],
        "matrix": {
            "rows": [
                {
                    "id": "R1",
                    "text": "Borrow",
                    "cells": {
                        "document": {"covered": True, "how": "", "places": []},
                        "erd": {"covered": False, "how": "", "places": []},
                        "api": {"covered": None, "how": "", "places": []},
                    },
                }
            ]
        },
        "counts": {"error": 1, "warning": 0, "info": 0},
    },
    missing=("API",),
)


def test_the_folder_has_a_file_for_each_part_and_an_index_of_them() -> None:
    files = folder_files(DESIGN)
    assert set(files) == {
        "README.md",
        "index.html",
        "design.md",
        "sequence-lend-it.mmd",
        "erd.mmd",
        "blueprint.json",
        "report.json",
        "report.md",
    }
    assert set(re.findall(r"\]\(([^)]+)\)", files["README.md"])) == set(files) - {"README.md"}


def test_the_index_says_how_each_part_came_to_be_and_what_is_missing() -> None:
    readme = folder_files(DESIGN)["README.md"]
    assert "skeleton: compiled from the blueprint" in readme
    assert "(out of date)" in readme
    assert "edited by hand" in readme
    assert "warning: 1" in readme
    assert "missing here: API" in readme


def test_the_report_shows_problems_and_the_matrix() -> None:
    report = folder_files(DESIGN)["report.md"]
    assert r"| error | ERD line 3 | a \| b |" in report
    assert "| R1 | Borrow | ✓ | ✗ | – |" in report


def rehearsed(language: str = "en", **changes: Any) -> Design:
    """The design after a rehearsal in which one of two stories broke."""
    workflow = {"workflow": "w", "summary": "", "ran": True, "asked_for": True, "steps": []}
    story = {"id": "lend-it", "kind": "sequence", "title": "Lend it", "ran": True, "workflows": [workflow], "gaps": []}
    other = {**story, "id": "give", "title": "Give back", "ran": False, "workflows": []}
    fault = {"code": "rehearsal.status", "severity": "warning", "message": "409 came", "hint": "Describe 409."}
    fault |= {"kind": "sequence", "part": "give"}
    report = dict(DESIGN.report or {})
    rows = [row | {"runs": ["lend-it"]} for row in report["matrix"]["rows"]]
    rehearsal = {"ran": 1, "total": 2, "tables": 3, "stories": [story, other]}
    report |= {"problems": [fault], "matrix": {"rows": rows}, "rehearsal": rehearsal, **changes}
    return replace(DESIGN, report=report, language=language)


def test_the_report_the_index_and_the_page_say_how_many_stories_ran_and_what_that_shows() -> None:
    files = folder_files(rehearsed())
    for name in ("README.md", "report.md", "index.html"):
        assert "1 of 2 stories ran, on 3 tables" in files[name], name
        assert "In 1 of their branches the mock was asked" in files[name], name
        assert "not that they are what is wanted" in files[name], name
    assert "- ✗ Give back" in files["report.md"]
    assert "409 came Describe 409. (`rehearsal.status`)" in files["report.md"]
    assert "| R1 | Borrow | ✓ | ✗ | – | ✓ lend-it |" in files["report.md"]
    assert "스토리 2개 중 1개가 실행되었습니다" in folder_files(rehearsed("ko"))["README.md"]


def test_what_was_not_rehearsed_is_not_said_to_run() -> None:
    assert "stories ran" not in folder_files(DESIGN)["report.md"]
    nothing = {"ran": 0, "total": 0, "tables": 0, "stories": []}
    assert "No story was played" in folder_files(rehearsed(rehearsal=nothing))["README.md"]


def test_pictures_are_added_where_diagrams_can_be_drawn() -> None:
    files = folder_files(DESIGN, lambda source: "<svg/>" if source.startswith("erDiagram") else None)
    assert {name for name in files if name.startswith("svg/")} == {"svg/erd.svg"}
    assert not [name for name in folder_files(DESIGN, lambda _: "<svg/>", pictures=False) if name.startswith("svg/")]


def test_a_diagram_that_cannot_be_drawn_stands_in_the_page_as_its_text() -> None:
    page = single_html(DESIGN, lambda _: None)
    assert "<figure><pre>sequenceDiagram" in page
    assert page.count('<svg id="picture-') == 1, "entities are drawn by code that is always there"


def test_the_same_design_gives_the_same_archive() -> None:
    assert zip_bytes(DESIGN) == zip_bytes(DESIGN)
    with zipfile.ZipFile(io.BytesIO(zip_bytes(DESIGN))) as archive:
        assert archive.testzip() is None
        assert all(name.startswith("Library-of-things/") for name in archive.namelist())


@pytest.mark.parametrize("title", ["../../etc", "/", "..", "a/b\\c", "", "\u202egnp.exe", "-rf"])
def test_no_title_leads_an_archive_out_of_its_folder(title: str) -> None:
    with zipfile.ZipFile(io.BytesIO(zip_bytes(replace(DESIGN, title=title)))) as archive:
        for name in archive.namelist():
            top, _, rest = name.partition("/")
            assert re.fullmatch(r"\w[\w-]*", top)
            assert ".." not in rest


@pytest.mark.parametrize("title", ["CON", "nul", "Aux", "PRN", "com1", "LPT9", "con!", "COM¹"])
def test_no_title_names_a_folder_that_windows_keeps_for_its_devices(title: str) -> None:
    assert replace(DESIGN, title=title).file_stem.lower().startswith("design-")
    assert replace(DESIGN, title=f"{title}tent").file_stem.lower() == f"{title}tent".replace("!", "-").lower()


def test_one_document_keeps_headings_below_its_own_and_fences_as_they_are() -> None:
    text = single_markdown(DESIGN)
    assert text.startswith("# Library of things\n")
    assert re.findall(r"^# .*", text, re.MULTILINE) == ["# Library of things", "# not a heading"]
    assert "```mermaid\nerDiagram" in text
    assert "````text\nMembers borrow things.\n```" in text


def test_a_fence_is_longer_than_any_inside_it() -> None:
    assert fenced("a\n`````\nb", "md").splitlines()[0] == "``````md"


def test_plain_text_stays_text_in_markdown() -> None:
    assert plain("a|b\n<img> [x](y) `c` #d") == r"a\|b \<img\> \[x\](y) \`c\` \#d"


def test_what_a_snapshot_says_is_read() -> None:
    design = from_snapshot(
        {
            "id": "7",
            "title": "T",
            "language": "ko",
            "steps": [{"kind": "api", "part": "", "title": "API", "state": "failed"}],
            "artifacts": [
                {"kind": "erd", "part": "", "title": "ERD", "revision": None},
                {
                    "kind": "api",
                    "part": "",
                    "title": "API",
                    "stale": {"reason": "blueprint_changed"},
                    "revision": {"source": "{}", "origin": "skeleton", "provenance": {"unchecked": ["speed"]}},
                },
            ],
        }
    )
    assert (design.missing, design.unelaborated) == ((), ("API",))
    assert [(artifact.kind, artifact.stale, artifact.unchecked) for artifact in design.artifacts] == [
        ("api", True, ("speed",))
    ]


def test_a_failed_part_is_called_as_in_the_list_of_parts() -> None:
    failed = {"state": "failed", "part": ""}
    steps = [
        {**failed, "kind": "document", "title": "Kiosk"},
        {**failed, "kind": "sequence", "part": "buy", "title": "Buy a ticket"},
    ]
    snapshot = {"id": "1", "title": "Kiosk", "language": "en", "steps": steps}
    assert from_snapshot(snapshot).missing == ("Document", "Sequence diagrams: Buy a ticket")
    assert from_snapshot({**snapshot, "language": "ko"}).missing[1].endswith(": Buy a ticket")
