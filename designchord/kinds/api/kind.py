"""The API: one part. The model writes the compact form; the artifact is the OpenAPI 3.1 document compiled from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.things import Thing, things
from designchord.kinds.about import About
from designchord.kinds.api.about import ABOUT
from designchord.kinds.api.skeleton import api_of
from designchord.kinds.base import Candidate, Kind, Part
from designchord.kinds.prompts import name_language, read_prompt
from designchord.notation import openapi
from designchord.notation.answer import find_json, find_text
from designchord.notation.facts import Facts
from designchord.notation.openapi.compact import is_compact, parse, starts_compact
from designchord.notation.openapi.compiling import compile_api
from designchord.notation.openapi.rules import operations
from designchord.notation.openapi.writing import to_json, to_yaml
from designchord.notation.problems import Fix, Problem, has_errors
from designchord.notation.recent import Recent

_PROMPT: Final = read_prompt(__package__)
_OPENAPI: Final = re.compile(r"^[ \t{]*[\"']?(?:openapi|swagger)[\"']?\s*:\s*[\"']?[1-9]", re.MULTILINE)


class ApiKind(Kind):
    about: ClassVar[About] = ABOUT
    answers_in: ClassVar[str] = "text"
    prompt_version: ClassVar[str] = _PROMPT.version
    max_tokens: ClassVar[int] = 8_000
    answer_share: ClassVar[float] = 0.08  # the compact form is compiled to something much longer

    def parts(self, blueprint: Blueprint) -> tuple[Part, ...]:
        return (Part("", "API"),)

    def made_from(self, blueprint: Blueprint, part: Part) -> Mapping[Thing, Any]:
        entity = {"requirements": True, "assumed": True, "attributes": {"__all__": {"assumed"}}}
        unsaid = {"entity": entity, "operation": {"assumed"}}
        return things(blueprint, "title", "summary", "entity", "operation", without=unsaid)

    def prompt(self, brief: Brief, blueprint: Blueprint, part: Part) -> str:
        return _PROMPT.fill(language=name_language(brief.language))

    def extract(self, answer: str, blueprint: Blueprint, part: Part) -> Candidate:
        """The compiled document; when the compact text is wrong, no source, and problems that point into that text."""
        found = find_text(answer, _is_artifact, starts=_starts_artifact)
        if not found:
            return self.not_found(found.fixes, _WANTED)
        if _is_openapi(found.text):
            return _from_openapi(found.text, found.fixes)
        parsed = parse(found.text)
        if has_errors(parsed.problems):
            return Candidate("", found.fixes, parsed.problems)
        fixes = tuple(Fix(problem.code, problem.message, problem.line) for problem in parsed.problems)
        return Candidate(to_json(compile_api(parsed.api, blueprint.language)), found.fixes + fixes)

    def fix(self, source: str) -> tuple[str, tuple[Fix, ...]]:
        document = openapi.read(source)
        if document.value is None or document.problems:
            return source, ()
        from designchord.kinds.api.fixes import fix_document  # loaded when something is to be mended

        value, fixes = fix_document(document.value)
        if not fixes:
            return source, ()
        return to_json(value) if document.is_json else to_yaml(value), fixes

    def check(self, source: str) -> tuple[Problem, ...]:
        checked = openapi.check(source)
        problems = [_strictly(problem) for problem in checked.problems]
        if checked.version in ("2.0", "3.0"):
            problems.insert(0, _WRONG_VERSION)
        elif checked.version and next(operations(checked.document.value or {}), None) is None:
            problems.insert(0, _NO_OPERATIONS)
        return tuple(problems)

    def facts(self, source: str) -> Facts | None:
        return _facts.get(source, _read_facts)

    def skeleton(self, blueprint: Blueprint, part: Part) -> str:
        return to_json(compile_api(api_of(blueprint), blueprint.language))

    def files(self, part: Part, source: str) -> dict[str, str]:
        value = openapi.read(source).value
        if value is None:
            return {self.about.file: source}
        return {self.about.file: to_json(value), "openapi.yaml": to_yaml(value)}


_facts: Final = Recent[Facts | None](2_000_000)


def _read_facts(source: str) -> Facts | None:
    document = openapi.read(source)
    return None if document.value is None else openapi.facts(document)


_WANTED: Final = "Answer with the compact form alone: `api:`, the schemas, then the operations."
_WRONG_VERSION: Final = Problem(
    code="api.version",
    severity="error",
    message="The document is not written in OpenAPI 3.1.",
    hint='Write `openapi: "3.1.0"` and what that version asks for.',
    line=1,
)
_NO_OPERATIONS: Final = Problem(
    code="api.no_operations",
    severity="error",
    message="The document has no operation.",
    hint="Add at least one operation under `paths`.",
    line=1,
)


def _is_openapi(text: str) -> bool:
    return bool(_OPENAPI.search(text[:20_000]))


def _is_artifact(text: str) -> bool:
    return _is_openapi(text) or is_compact(text)


def _starts_artifact(line: str) -> bool:
    return starts_compact(line) or bool(_OPENAPI.match(line)) or line.strip() == "{"


def _from_openapi(text: str, fixes: tuple[Fix, ...]) -> Candidate:
    """A model may write OpenAPI itself; damaged JSON is repaired, and said so."""
    document = openapi.read(text)
    if document.value is None and document.is_json:
        found = find_json(text)
        if isinstance(found.value, dict) and found.complete:
            fixes += found.fixes
            document = openapi.read(found.text)
    if document.value is None or document.problems:
        return Candidate("", fixes, document.problems)
    return Candidate(to_json(document.value), fixes)


def _strictly(problem: Problem) -> Problem:
    """A design's API stands on its own: what is elsewhere is missing."""
    if problem.code != "openapi.remote_ref":
        return problem
    return Problem(**{**problem.to_dict(), "severity": "error"})
