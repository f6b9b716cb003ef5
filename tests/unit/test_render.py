"""Pictures from the server: inert, readable in Korean, drawn by a process that may hang or die."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from designchord.errors import BadInput, Unavailable
from designchord.notation.render import Renderer
from designchord.notation.svg import inert

SEQUENCE = "sequenceDiagram\nactor M as 회원\nM->>+S: POST /loans<br/>대여 신청\nS-->>-M: 201 완료"
ER = 'erDiagram\nMember["회원 Member"] {\n  uuid id PK "번호"\n}\nMember ||--o{ Loan : "빌린다"'
#: Drawn by the worker, as all that is no entity-relationship diagram.
OTHER = "sequenceDiagram\nB->>A: other"


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as renderer:
        yield renderer


@pytest.mark.parametrize(
    ("source", "words"), [(SEQUENCE, ("회원", "대여 신청", "201 완료")), (ER, ("회원", "번호", "빌린다"))]
)
def test_words_are_text_of_the_picture_and_nothing_in_it_runs(
    renderer: Renderer, source: str, words: tuple[str, ...]
) -> None:
    picture = renderer.svg(source)
    assert picture.startswith("<svg")
    for word in words:
        assert word in picture
    assert not re.search(r"<script|foreignObject|href|\son\w+=|<image|<a |@import", picture)


def test_hostile_labels_stay_words(renderer: Renderer) -> None:
    picture = renderer.svg("sequenceDiagram\nA->>B: #lt;script#gt;alert(1)#lt;/script#gt;")
    assert "<script" not in picture
    assert "&lt;script" in picture


def test_a_png_is_drawn_with_korean_letters_where_a_font_has_them(renderer: Renderer) -> None:
    if not shutil.which("fc-match") or "ko" not in subprocess.check_output(
        ["fc-match", "-f", "%{lang}", ":lang=ko"], text=True
    ):
        with pytest.raises(Unavailable, match="No font"):
            renderer.png(SEQUENCE)
        return
    picture = renderer.png(SEQUENCE)
    assert picture.startswith(b"\x89PNG")
    assert picture != renderer.png(SEQUENCE.replace("회원", "손님"))


def test_the_same_source_is_drawn_once(renderer: Renderer) -> None:
    renderer.svg(SEQUENCE)
    process = renderer._worker._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)  # it could not answer now
    try:
        assert renderer.svg(SEQUENCE)
    finally:
        os.kill(process.pid, signal.SIGCONT)


def test_pictures_are_kept_in_a_folder_for_the_next_process(tmp_path: Path) -> None:
    with Renderer(folder=tmp_path) as first:
        picture = first.svg(ER)
    with Renderer(folder=tmp_path) as second:
        assert second.svg(ER) == picture
        assert second._worker._process is None


def test_invalid_diagrams_are_refused_with_their_line(renderer: Renderer) -> None:
    with pytest.raises(BadInput) as refused:
        renderer.svg("sequenceDiagram\nA->>B: a; b\nA->>B: c")
    assert refused.value.code == "diagram_invalid"
    assert refused.value.details["line"] == 2


def test_a_hanging_worker_is_killed_and_replaced() -> None:
    with Renderer(seconds=0.5) as renderer:
        renderer.svg(SEQUENCE)
        process = renderer._worker._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(Unavailable) as late:
            renderer.svg(OTHER)
        assert late.value.code == "render_timeout"
        assert process.poll() is not None
        assert renderer.svg(OTHER + "\n%% another source")


def test_what_took_too_long_is_not_tried_again_at_once() -> None:
    with Renderer(seconds=0.5) as renderer:
        renderer.svg(SEQUENCE)
        process = renderer._worker._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        for _ in range(2):
            with pytest.raises(Unavailable) as late:
                renderer.svg(OTHER)
            assert late.value.code == "render_timeout"
        assert renderer._worker._process is None, "nobody was asked the second time"


def test_nobody_waits_long_behind_a_drawing_that_hangs() -> None:
    with Renderer(seconds=30, patience=0.1) as renderer:
        renderer.svg(SEQUENCE)
        process = renderer._worker._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            hanging = pool.submit(renderer.svg, OTHER)
            while not renderer._worker._lock.locked():
                time.sleep(0.01)
            with pytest.raises(Unavailable) as busy:
                renderer.svg(OTHER + "\n%% another source")
            assert busy.value.code == "render_busy"
            os.kill(process.pid, signal.SIGCONT)
            assert hanging.result()


def test_an_er_diagram_that_would_take_minutes_is_not_begun() -> None:
    attributes = "".join(f"  string a{number}\n" for number in range(1_900))
    with Renderer() as renderer:
        with pytest.raises(BadInput) as refused:
            renderer.svg(f"erDiagram\nA {{\n{attributes}}}")
        assert refused.value.code == "render_too_large"
        assert renderer._worker._process is None


def test_a_dead_worker_is_replaced() -> None:
    with Renderer() as renderer:
        renderer.svg(SEQUENCE)
        process = renderer._worker._process
        assert process is not None
        process.kill()
        process.wait()
        assert renderer.svg(OTHER)


def test_the_worker_ends_when_its_pipe_closes() -> None:
    renderer = Renderer()
    renderer.svg(SEQUENCE)
    process = renderer._worker._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    end = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    assert process.returncode == 0
    assert process.stdout is not None
    process.stdout.close()


def test_only_drawing_survives_in_an_svg() -> None:
    picture = inert(
        '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script><style>@import "//x";</style>'
        '<a href="javascript:x()"><text>link</text></a><image href="http://x.example/y.png"/>'
        '<rect onclick="x()" fill="url(#ok)" style="background:url(//x.example)" width="1"/>'
        "<foreignObject><div>html</div></foreignObject><text>words</text></svg>"
    )
    assert picture == (
        '<svg xmlns="http://www.w3.org/2000/svg"><style /><rect fill="url(#ok)" width="1" /><text>words</text></svg>'
    )


@pytest.mark.parametrize("text", ["", "<html/>", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "<svg"])
def test_what_is_no_plain_svg_is_not_shown(text: str) -> None:
    with pytest.raises(Unavailable):
        inert(text)
