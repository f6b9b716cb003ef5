"""Reading the idea: from a file, from standard input, or from options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from designchord.errors import BadInput, TooLarge

if TYPE_CHECKING:
    from designchord.blueprint.model import Brief

#: An idea file holds a title, a content and requirements, each with its own limit; this bounds what is read at all.
MAX_BYTES = 1_000_000


def read_brief(
    source: str | None,
    *,
    title: str | None,
    content: str | None,
    requirements: str | None,
    language: str | None,
) -> Brief:
    """What was asked for; options win over what the file says. Raises ``BadInput`` with what to change.

    Limits and characters are judged where every face's briefs are (``pipeline.vetting``).
    """
    text = read_text(source) if source is not None else None
    return make_brief(text, title=title, content=content, requirements=requirements, language=language)


def read_text(source: str) -> str:
    """The text of a file, or of standard input (``-``)."""
    return _decoded(_read(source), source)


def make_brief(
    idea: str | None,
    *,
    title: str | None,
    content: str | None,
    requirements: str | None,
    language: str | None,
) -> Brief:
    """The brief that the text of an idea file and options come to, as ``read_brief`` says."""
    from designchord.blueprint.idea import detect_language, read_idea
    from designchord.blueprint.model import Brief

    if idea is None and content is None:
        raise BadInput("Give an idea: a file, `-` for standard input, or --content.", code="empty")
    found = read_idea(idea) if idea is not None else ("", "", "")
    chosen = Brief(
        title=(title if title is not None else found[0]).strip(),
        content=(content if content is not None else found[1]).strip(),
        requirements=(requirements if requirements is not None else found[2]).strip(),
    )
    if not chosen.content and not chosen.requirements and not chosen.title:
        raise BadInput("The idea is empty: write a few sentences about what is to be built.", code="empty")
    text = chosen.content or chosen.requirements or chosen.title
    return Brief(
        title=chosen.title or _first_words(text),
        content=text,
        requirements=chosen.requirements,
        language=language or detect_language(f"{chosen.title}\n{text}\n{chosen.requirements}"),
    )


def _read(source: str) -> bytes:
    if source == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        path = Path(source)
        try:
            with path.open("rb") as handle:
                data = handle.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise BadInput(f"There is no file {source}: check its name, or use - for standard input.") from None
        except IsADirectoryError:
            raise BadInput(f"{source} is a folder: name the idea file inside it.") from None
        except OSError:
            raise BadInput(f"{source} cannot be read: check its permissions.") from None
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The idea is larger than {MAX_BYTES:,} bytes: shorten it, or split it into several designs.")
    return data


def _decoded(data: bytes, source: str) -> str:
    name = "Standard input" if source == "-" else source
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"{name} is UTF-16 text: save it as UTF-8.", code="bad_encoding")
    if b"\0" in data:
        raise BadInput(f"{name} is not text (it holds NUL bytes): give a Markdown or text file.", code="binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        data.decode("cp949")
    except UnicodeDecodeError:
        raise BadInput(f"{name} is not UTF-8 text: save it as UTF-8.", code="bad_encoding") from None
    raise BadInput(
        f"{name} is not UTF-8; it may be CP949 (EUC-KR): save it as UTF-8, or run `iconv -f cp949 -t utf-8`.",
        code="bad_encoding",
    )


def _first_words(text: str) -> str:
    """A title for an idea that names none: its first line, cut at a word."""
    line = next(line.strip("#-* \t") for line in text.splitlines() if line.strip("#-* \t"))
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0] + "…"
