"""A design as a folder of files, and that folder as a zip archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from designchord.errors import DesignchordError
from designchord.export.design import Design
from designchord.export.figures import Draw
from designchord.export.files import artifact_files
from designchord.export.page import single_html
from designchord.export.readme import key_of, readme, report_markdown
from designchord.export.running import sql_files, story_files
from designchord.kinds.about import BLUEPRINT, REPORT

#: Archives carry one fixed time, so that the same design gives the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def folder_files(design: Design, draw: Draw | None = None, *, pictures: bool = True) -> dict[str, str]:
    """Path inside the folder → text; with ``pictures`` also each diagram that can be drawn, under ``svg/``."""
    named = {key_of(artifact): artifact_files(artifact) for artifact in design.shown}
    files = {name: text for group in named.values() for name, text in group.items()}
    diagrams = {name: text for name, text in files.items() if name.endswith(".mmd")}
    if design.blueprint is not None:
        files[BLUEPRINT.file] = design.blueprint
    if design.report is not None:
        files[REPORT.file] = json.dumps(design.report, ensure_ascii=False, indent=2) + "\n"
        files["report.md"] = report_markdown(design)
    files |= sql_files(design) | story_files(design)
    if draw is not None and pictures:
        drawn = ((f"svg/{name.removesuffix('.mmd')}.svg", draw(text)) for name, text in diagrams.items())
        files |= {name: picture for name, picture in drawn if picture is not None}
    files["index.html"] = single_html(design, draw)
    listed = {key: tuple(group) for key, group in named.items()}
    others = sorted(set(files).difference(["index.html"], *listed.values()))
    return {"README.md": readme(design, listed, others), **files}


def zip_bytes(design: Design, draw: Draw | None = None, *, pictures: bool = True) -> bytes:
    """The folder as a zip archive; everything lies in one folder named after the design."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in folder_files(design, draw, pictures=pictures).items():
            entry = zipfile.ZipInfo(f"{design.file_stem}/{name}", _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
    return buffer.getvalue()


@contextmanager
def drawing() -> Iterator[Draw]:
    """What draws pictures on this machine. A diagram that is wrong has none."""
    from designchord.notation.render import Renderer

    with Renderer() as renderer:

        def draw(source: str) -> str | None:
            try:
                return renderer.svg(source)
            except DesignchordError:
                return None

        yield draw
