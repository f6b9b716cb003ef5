"""The process that draws, one request after the other, until its parent closes the pipe or a request takes too long.

Request: length (4 bytes, big-endian), then JSON ``{"draw": diagram}`` or ``{"paint": svg, "scale"}`` and ``"seconds"``.
Answer: one byte (``+`` done, ``-`` cannot be drawn, ``?`` no font for its letters), length, then bytes.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from designchord.errors import outcome_of

MEMORY_BYTES: Final = 2 << 30
MAX_PIXELS: Final = 40_000_000
_FAMILY: Final = "DejaVu Sans"
#: Letters that the bundled font does not have: CJK scripts.
_WIDE: Final = re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_FONT_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
_FONT_NAMES: Final = re.compile(r"NotoSans(Mono)?(CJK|KR)|NanumGothic|AppleSDGothicNeo|malgun|UnDotum", re.IGNORECASE)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries may print; the pipe is for answers alone
    fonts = _Fonts()
    while (request := _read(requests)) is not None:
        # The kernel ends this process if it hangs, also when the parent is gone and cannot.
        signal.alarm(int(request["seconds"]) + 2)
        status, body = _answer(fonts, request)
        signal.alarm(0)
        answers.write(status + struct.pack(">I", len(body)) + body)
        answers.flush()


def _read(stream: BinaryIO) -> dict[str, Any] | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    body = stream.read(struct.unpack(">I", head)[0])
    request: dict[str, Any] = json.loads(body)
    return request


def _answer(fonts: _Fonts, request: dict[str, Any]) -> tuple[bytes, bytes]:
    """Whatever a foreign drawing library raises, this text cannot be drawn and the next one can."""
    outcome = outcome_of(partial(_made, fonts, request))
    return (b"-", b"") if isinstance(outcome, Exception) else outcome


def _made(fonts: _Fonts, request: dict[str, Any]) -> tuple[bytes, bytes]:
    if "draw" in request:
        return b"+", _draw(request["draw"], fonts).encode()
    if not fonts.choose(request["paint"]):
        return b"?", b""
    return b"+", _paint(request["paint"], request["scale"])


def _draw(source: str, fonts: _Fonts) -> str:
    """A native drawer takes milliseconds; what it cannot do, Mermaid itself does in seconds."""
    import mmdr

    drawn = outcome_of(lambda: str(mmdr.render(source, backend="merman").svg()))
    if not isinstance(drawn, Exception):
        return drawn
    import mermaidx

    fonts.choose(source)
    return str(mermaidx.render(source, config=_CONFIG).svg())


def _paint(svg: str, scale: float) -> bytes:
    from mermaidx.raster import render_png

    return bytes(render_png(svg, scale=_scale(svg, scale), background="#ffffff"))


#: HTML labels are foreign objects: not inert, and invisible outside a browser.
_CONFIG: Final = {
    "securityLevel": "strict",
    "htmlLabels": False,
    "flowchart": {"htmlLabels": False},
    "suppressErrorRendering": True,
}


def _scale(svg: str, wanted: float) -> float:
    box = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', svg)
    area = float(box.group(1)) * float(box.group(2)) if box else 1.0
    return float(min(wanted, (MAX_PIXELS / max(area, 1.0)) ** 0.5))


class _Fonts:
    """The face that mermaidx measures and paints with: its bundled one, or the system's for CJK letters."""

    def __init__(self) -> None:
        self._wide_file = ""
        self._wide_now = False

    def choose(self, text: str) -> bool:
        """Switch to the face for a text; false where there is no font that has its letters."""
        wide = bool(_WIDE.search(text))
        if wide and not self._wide_file:
            self._wide_file = _find_wide_font() or "none"
        if wide and self._wide_file == "none":
            return False
        if wide != self._wide_now:
            self._switch(wide)
        return True

    def _switch(self, wide: bool) -> None:
        from mermaidx import font_metrics

        novasvg = importlib.import_module("novasvg.fonts")

        bundled = Path(font_metrics.__file__).parent / "assets" / "fonts"
        for bold in (False, True):
            file = self._wide_file if wide else str(bundled / f"DejaVuSans{'-Bold' if bold else ''}.ttf")
            novasvg.add_font_face_from_file(_FAMILY, bold, False, file)
        # mermaidx keeps the faces that it measures with in these two names and offers no way to set them
        font_metrics._REGULAR = font_metrics.Font(bold=False)  # noqa: SLF001
        font_metrics._BOLD = font_metrics.Font(bold=True)  # noqa: SLF001
        self._wide_now = wide


def _find_wide_font() -> str | None:
    """A font file with Hangul, kana and Han: what the system prefers for Korean, else one known by its name."""
    asker = shutil.which("fc-match")
    if asker:
        asked = subprocess.run(  # noqa: S603 - fixed words
            [asker, "-f", "%{file}\n%{lang}", "sans:lang=ko"], capture_output=True, text=True, timeout=10, check=False
        )
        file, _, languages = asked.stdout.partition("\n")
        if file and "ko" in languages.split("|"):
            return file
    for folder in _FONT_FOLDERS:
        for path in sorted(Path(folder).rglob("*.[ot]t[fc]")):
            if _FONT_NAMES.search(path.name):
                return str(path)
    return None


if __name__ == "__main__":
    main()
