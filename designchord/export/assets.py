"""The files that pages are made of, and their hashes for the pages' policies."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from django.utils.safestring import SafeString, mark_safe

from designchord.notation.drawing.looks import STYLES


@cache
def read(name: str) -> str:
    return resources.files("designchord.export").joinpath(name).read_text(encoding="utf-8")


@cache
def inline(name: str) -> SafeString:
    """A file of ours as the text of a ``script`` or ``style`` element."""
    text = read(name)
    if any(end in text.lower() for end in ("</script", "<script", "</style")):
        raise ValueError(f"{name} would end the element it is put into")
    return mark_safe(text)  # noqa: S308 - our own file


@cache
def looks() -> SafeString:
    """The styles of exported pages as the text of a ``style`` element: colours and pictures as the page has them."""
    shared = "".join((STYLES / name).read_text("utf-8") for name in ("tokens.css", "pictures.css"))
    return mark_safe(shared + inline("page.css"))  # noqa: S308 - our own files


def looks_hash() -> str:
    return _hash(looks())


@cache
def content_hash(name: str) -> str:
    """As a Content-Security-Policy wants it: base64 of the SHA-256."""
    return _hash(read(name))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
