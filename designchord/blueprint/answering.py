"""Blueprints as text: read from a model's answer (leniently), checked as a person edits them (strictly), written."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import yaml
from pydantic import ValidationError

from designchord.blueprint.checking import Finding, Path, find_contradictions
from designchord.blueprint.grounding import Grounding
from designchord.blueprint.joining import join
from designchord.blueprint.model import Blueprint, Brief, Requirement
from designchord.blueprint.naming import usual_returns
from designchord.blueprint.normalising import Normaliser, Tell
from designchord.blueprint.plausibility import find_oddities
from designchord.blueprint.stated import Stated, find_missing
from designchord.notation.answer import find_value
from designchord.notation.problems import Fix, Problem, has_errors
from designchord.notation.recent import Recent

#: A blueprint as text is at most this many characters long and this deeply nested.
MAX_CHARS = 1_000_000
MAX_DEPTH = 32

#: What rules can help a model's blueprint with.
_COMPLETED: Final = frozenset({"grounding.uncovered", "grounding.too_small"})

#: More findings of one validation help nobody.
_MAX_FINDINGS = 50


_NOTHING_STATED: Final = Stated()


@dataclass(frozen=True, slots=True)
class BlueprintCandidate:
    """What an answer came to. ``source`` is canonical JSON; ``blueprint`` is there when nothing is wrong with it.

    ``wanting`` is what is allowed and hardly meant, or not about the idea: a model is asked about it once more.
    """

    source: str
    blueprint: Blueprint | None = None
    fixes: tuple[Fix, ...] = ()
    problems: tuple[Problem, ...] = ()
    wanting: tuple[Problem, ...] = ()

    @property
    def acceptable(self) -> bool:
        return self.blueprint is not None


def read(
    answer: str,
    brief: Brief,
    requirements: Sequence[Requirement] | None = None,
    *,
    wish: str = "",
    known: Callable[[], Collection[str]] = tuple,
    translate: Callable[[str], str] | None = None,
    tell: Tell | None = None,
    stated: Stated = _NOTHING_STATED,
) -> BlueprintCandidate:
    """Find the blueprint in a model's answer and repair what can be repaired without guessing.

    ``requirements`` are the author's, numbered before the model was asked, ``wish`` is what else it was told, and
    ``known`` finds names by rules in the author's words; ``translate`` gives the English of a word of another
    script, or nothing; ``tell`` the steps of a call, for stories that only name their calls; ``stated`` is what the
    text gives outright. With requirements the blueprint is held against the text: one of another project is refused,
    and what has no ground in it is marked as assumed.
    """
    found = find_value(answer)
    if not isinstance(found.value, dict):
        hint = "Answer with one JSON object in the shape that was shown."
        problem = Problem(
            code="blueprint.not_found", severity="error", message="The answer holds no JSON object.", hint=hint
        )
        return BlueprintCandidate("", fixes=found.fixes, problems=(problem,))
    if _depth(found.value) > MAX_DEPTH:
        return BlueprintCandidate("", fixes=found.fixes, problems=(_TOO_DEEP,))
    normaliser = Normaliser(brief, requirements, wish, translate, tell)
    raw = normaliser.normalise(found.value)
    fixes = found.fixes + tuple(normaliser.fixes)
    problems = list(normaliser.problems)
    if not found.complete:
        hint = "Answer again with the whole object; write less in each text if it is too long."
        cut = Problem(code="blueprint.incomplete", severity="error", message="The JSON object breaks off.", hint=hint)
        problems.append(cut)
    blueprint, findings = _validate(raw)
    problems += [finding.to_problem() for finding in findings]
    if blueprint is None:
        return BlueprintCandidate(_pretty(raw), None, fixes, tuple(problems))
    wanting: tuple[Problem, ...] = ()
    if requirements is not None and not has_errors(problems):
        grounding = Grounding(blueprint, brief, known=known, wish=wish)
        wanting = (*grounding.problems(), *find_missing(stated, blueprint), *find_oddities(blueprint))
        wanting += tuple(_spelled(normaliser.romanised))
        blueprint = grounding.marked(normaliser.romanised)
        problems += wanting
    source = dump(blueprint)
    if has_errors(problems):
        return BlueprintCandidate(source, None, fixes, tuple(problems))
    _recent.keep(source, blueprint)
    return BlueprintCandidate(source, blueprint, fixes, tuple(problems), wanting)


def complete(
    candidate: BlueprintCandidate, drafted: Blueprint, brief: Brief, *, known: Callable[[], Collection[str]] = tuple
) -> BlueprintCandidate:
    """A model's blueprint with what rules read in the text for requirements that it names nowhere, where that fits."""
    if candidate.blueprint is None or not any(one.code in _COMPLETED for one in candidate.wanting):
        return candidate
    joined, fixes = join(candidate.blueprint, drafted)
    source = dump(joined)
    blueprint, problems = check(source)
    if blueprint is None or not fixes:
        return candidate
    wanting = tuple(one for one in candidate.wanting if one.code not in _COMPLETED)
    wanting = (
        *(one for one in Grounding(blueprint, brief, known=known).problems() if one.code in _COMPLETED),
        *wanting,
    )
    told = [one for one in candidate.problems if one not in candidate.wanting]
    _recent.keep(source, blueprint)
    return BlueprintCandidate(
        source, blueprint, candidate.fixes + fixes, tuple(dict.fromkeys((*told, *problems, *wanting))), wanting
    )


def _spelled(romanised: Mapping[str, str]) -> Iterator[Problem]:
    if romanised:
        names = ", ".join(f"{written} (now {name})" for name, written in list(romanised.items())[:_MAX_FINDINGS])
        message = f"These names have no English and were spelled by their sound: {names}."
        hint = "Write English identifiers for them; their labels stay as they are."
        yield Problem(code="blueprint.romanised", severity="warning", message=message, hint=hint)


def check(source: str) -> tuple[Blueprint | None, tuple[Problem, ...]]:
    """Check a blueprint that a person wrote, with the lines where the problems are. Repairs nothing."""
    if len(source) > MAX_CHARS:
        message = f"The blueprint has {len(source):,} characters; at most {MAX_CHARS:,} are read."
        return None, (Problem(code="blueprint.too_large", severity="error", message=message),)
    try:
        raw = json.loads(source)
    except json.JSONDecodeError as error:
        message = f"This is not JSON: {error.msg}."
        hint = "Look at the commas, quotes and brackets before this place."
        problem = Problem(
            code="blueprint.syntax", severity="error", message=message, line=error.lineno, column=error.colno, hint=hint
        )
        return None, (problem,)
    except RecursionError:
        return None, (_TOO_DEEP,)
    if _depth(raw) > MAX_DEPTH:
        return None, (_TOO_DEEP,)
    blueprint, findings = _validate(raw)
    lines = _lines(source) if findings else {}
    problems = tuple(finding.to_problem(_line(lines, finding.path)) for finding in findings)
    return (None if has_errors(problems) else blueprint), problems


def load(source: str) -> Blueprint:
    """A blueprint from text that :func:`check` accepts; raises ``ValueError`` for any other.

    All parts of a design load the same text; blueprints are immutable, so they may share what comes of it.
    """
    return _recent.get(source, _load)


def _load(source: str) -> Blueprint:
    blueprint, problems = check(source)
    if blueprint is None:
        raise ValueError("; ".join(problem.message for problem in problems if problem.severity == "error"))
    return blueprint


_recent: Final = Recent[Blueprint](4_000_000)


def dump(blueprint: Blueprint) -> str:
    """Canonical JSON: the fields in the model's order, what has its default left out, so that it is short to send."""
    fields = blueprint.model_dump(mode="json", exclude_defaults=True) | {"language": blueprint.language}
    for operation in fields["operations"]:
        if usual_returns(operation["method"], operation["path"]) != "one":  # which readers take for granted
            operation.setdefault("returns", "one")
    ordered = {name: fields[name] for name in Blueprint.model_fields if name in fields}
    try:
        return orjson.dumps(ordered, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:  # halves of surrogate pairs
        return _pretty(ordered)


_TOO_DEEP = Problem(
    code="blueprint.too_deep",
    severity="error",
    message=f"The JSON is nested deeper than {MAX_DEPTH} levels.",
    hint="A blueprint needs no more than six.",
)


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _validate(raw: object) -> tuple[Blueprint | None, list[Finding]]:
    try:
        blueprint = Blueprint.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=True)
        # A list whose items are wrong also counts as too short; that says nothing new.
        broken = {tuple(detail["loc"][:1]) for detail in details if len(detail["loc"]) > 1}
        told = [detail for detail in details if detail["type"] != "too_short" or tuple(detail["loc"]) not in broken]
        return None, [_shape_finding(detail) for detail in told[:_MAX_FINDINGS]]
    return blueprint, list(find_contradictions(blueprint))[:_MAX_FINDINGS]


def _shape_finding(detail: Any) -> Finding:
    path: Path = tuple(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    found = json.dumps(detail["input"], ensure_ascii=False, default=str)
    found = found if len(found) <= 80 else found[:79] + "…"
    match kind:
        case "missing":
            return Finding(path, "shape", "error", f"'{path[-1]}' is missing.", "Add it.")
        case "extra_forbidden":
            return Finding(path, "shape", "error", f"'{path[-1]}' is not a field here.", "Take it out.")
        case "literal_error":
            return Finding(path, "shape", "error", f"found {found}.", f"Use one of {context.get('expected')}.")
        case "string_pattern_mismatch":
            return Finding(path, "shape", "error", f"found {found}.", _pattern_hint(path))
        case "too_short" | "too_long":
            bound = context.get("min_length") if kind == "too_short" else context.get("max_length")
            amount = "at least" if kind == "too_short" else "at most"
            message = f"holds {context.get('actual_length')} items; {amount} {bound} are needed."
            return Finding(
                path, "shape", "error", message.replace("needed", "allowed") if kind == "too_long" else message
            )
        case _:
            return Finding(path, "shape", "error", f"{detail['msg']}; found {found}.")


def _pattern_hint(path: Path) -> str:
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    above = next((step for step in path if isinstance(step, str)), "")
    if field == "path":
        return (
            "Write it in lower case, words joined by '-', parameters in braces and snake_case: /plural-nouns/{noun_id}."
        )
    if field in ("request", "filters") or (field == "name" and "attributes" in path):
        return "Write it in ASCII snake_case: lower case, words joined by '_'."
    if field == "operation" or (field == "id" and above == "operations"):
        return "Write it in ASCII camelCase: a verb and a noun, like verbNoun."
    if field == "id" and above == "scenarios":
        return "Write it in ASCII lower case, words joined by '-'."
    if field == "requirements" or (field == "id" and above == "requirements"):
        return "Write it like R1."
    if field == "id" and above == "assumptions":
        return "Write it like A1."
    if field == "language":
        return "Write a language code such as ko or en."
    return "Write it in ASCII PascalCase: each word begins with a capital, nothing between them."


def _depth(value: object) -> int:
    """How deeply containers nest, counted without recursion."""
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        inside = (one.values() if isinstance(one, dict) else one for one in level)
        level = [child for children in inside for child in children if isinstance(child, dict | list)]
    return depth


def _lines(source: str) -> dict[Path, int]:
    """The line of every value. JSON is YAML with few exceptions, and YAML's parser keeps the places."""
    try:
        root = yaml.compose(source, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    lines: dict[Path, int] = {}
    todo: list[tuple[Path, yaml.Node | None]] = [((), root)]
    while todo:
        path, node = todo.pop()
        if node is None:
            continue
        lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            todo += [((*path, key.value), value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            todo += [((*path, index), item) for index, item in enumerate(node.value)]
    return lines


def _line(lines: dict[Path, int], path: Path) -> int | None:
    """The line of a place, or of the nearest thing around it that is written down."""
    return next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), None)


__all__ = ["BlueprintCandidate", "check", "complete", "dump", "load", "read"]
