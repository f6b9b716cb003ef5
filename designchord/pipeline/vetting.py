"""What is refused before anything is stored, each time with a sentence that says what to do."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from django.conf.locale import LANG_INFO

from designchord.blueprint.model import Brief
from designchord.errors import BadInput, TooLarge
from designchord.settings import Limits

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")

#: Languages that have a two- or three-letter code of their own and are written somewhere in software.
_LANGUAGES = frozenset(code.partition("-")[0] for code in LANG_INFO)

#: Control characters other than tab, newline and carriage return, and halves of surrogate pairs.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def vet_brief(brief: Brief, limits: Limits) -> Brief:
    """The brief with its ends trimmed and its characters in composed form, or ``BadInput``."""
    title = vet_title(brief.title, limits)
    content = _text("content", brief.content, limits.content_chars)
    requirements = _text("requirements", brief.requirements, limits.requirements_chars)
    if not content and not requirements:
        raise BadInput(
            "Describe the idea: give it some content or requirements.", code="content_missing", field="content"
        )
    if not any(character.isalnum() for character in content + requirements):
        raise BadInput("The idea has no words. Describe it in any language.", code="content_wordless", field="content")
    if not _LANGUAGE.match(brief.language) or brief.language.partition("-")[0] not in _LANGUAGES:
        raise BadInput("The language must be a code such as ko, en or ja.", code="unknown_language", field="language")
    return replace(brief, title=title, content=content, requirements=requirements)


def vet_title(title: str, limits: Limits) -> str:
    """A title on one line, or ``BadInput``."""
    title = " ".join(_text("title", title, limits.title_chars).split())
    if not title:
        raise BadInput("Give the idea a title.", code="title_missing", field="title")
    return title


def vet_source(source: str, limits: Limits) -> str:
    """An edited source that may be stored: text, not empty, not over the limit."""
    text = _text("source", source, limits.source_chars)
    if not text:
        raise BadInput("An artifact cannot be empty. Restore an earlier revision instead.", code="source_empty")
    return text + "\n"


def vet_request(words: str) -> str:
    """What somebody wants to be changed, in words: text, not empty."""
    text = _text("words", words, 10_000)
    if not any(character.isalnum() for character in text):
        raise BadInput("Say in words what should change.", code="change_missing", field="words")
    return text


def _text(field: str, value: str, most: int) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if len(value) > most:
        raise TooLarge(
            f"The {field} is too long: {len(value):,} characters, {most:,} at most.", field=field, limit=most
        )
    if _NOT_TEXT.search(value):
        raise BadInput(
            f"The {field} holds characters that are not text (binary data?). Send plain text in UTF-8.",
            code="not_text",
            field=field,
        )
    return unicodedata.normalize("NFC", value).strip()
