"""Prompts are Markdown files with a version on their first line; the output language is their parameter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_VERSION = re.compile(r"\Aversion: ([a-z]+/[0-9]+)\n+")

#: Names of languages as an English prompt says them; any other language goes by its BCP 47 code.
LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """``version`` is ``<name>/<number>``; a change of the prompt's meaning raises the number."""

    version: str
    text: str

    def fill(self, **values: str) -> str:
        """The text with each ``{name}`` replaced. Other braces stay, so prompts may show JSON and Mermaid."""
        return re.sub(r"\{([a-z_]+)\}", lambda match: values.get(match[1], match[0]), self.text)


@cache
def read_prompt(package: str, name: str = "prompt.md") -> Prompt:
    """The prompt ``name`` that lies in ``package``. A file without a version line is a programming error."""
    content = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    version = _VERSION.match(content)
    if version is None:
        raise ValueError(f"{package}/{name} does not begin with a line 'version: <name>/<number>'")
    return Prompt(version[1], content[version.end() :].strip())


def name_language(code: str) -> str:
    """``ko`` → ``Korean (ko)``. What does not look like a language code never reaches a prompt."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
        code = "en"
    name = LANGUAGES.get(code.split("-")[0].lower())
    return f"{name} ({code})" if name else f"the language with the code {code}"
