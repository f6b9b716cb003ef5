"""OpenAPI documents, also of several files: operations and schemas with their places, each in its own file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Final

from designchord.notation.facts import EntityFact, Facts, OperationFact
from designchord.notation.openapi.bundling import Files, bundle
from designchord.notation.openapi.describing import describe
from designchord.notation.openapi.locating import Path
from designchord.notation.openapi.reading import Document, read
from designchord.notation.openapi.references import follow, mappings, references, resolve
from designchord.notation.problems import Problem
from designchord.readers.reading import Reading, Remark

#: Where ``bundling`` puts other files.
_ELSEWHERE: Final = re.compile(r"#/x-elsewhere/(\d+)(/.*)?")
_VERSION: Final = re.compile(r"2\.0|3\.[01](\.\d.*)?")


class NoFiles:
    """No file but the description's own."""

    def find(self, base: str, reference: str) -> str | None:
        return None

    def read(self, name: str) -> Document | None:
        return None


def read_api(name: str, text: str, files: Files | None = None, document: Document | None = None) -> Reading:
    """A description; what of it could not be read is among the remarks."""
    document = document or read(text)
    remarks = [Remark(name, problem) for problem in document.problems]
    value = document.value
    if value is None:
        return Reading(name, "openapi", Facts(), remarks=tuple(remarks))
    written = str(value.get("openapi", value.get("swagger", "")))
    if not _VERSION.fullmatch(written):
        message = f"The version `{written[:40]}` is none that is read (2.0, 3.0.x, 3.1.x); it was read as 3.1."
        remarks.append(Remark(name, Problem(code="openapi.version", severity="warning", message=message)))
    bundled = bundle(document, name, files or NoFiles())
    whole = bundled.document
    elsewhere: dict[str, tuple[str, Path]] = {}
    if bundled.files and whole.value is not None:
        elsewhere = _name_schemas(whole.value, list(bundled.files))
    remarks += _followed(name, bundled.document.value or {})
    remarks += [Remark(file or name, _placed(one)) for file, found in bundled.findings.items() for one in found]
    remarks += [Remark(file, problem) for file, other in bundled.files.items() for problem in other.problems]
    facts, described = describe(whole)
    if bundled.files:
        places = _Places(bundled.files, elsewhere)
        schemas = tuple(places.schema(schema) for schema in facts.schemas)
        operations = tuple(_operation(value, one, bundled.files, files or NoFiles(), name) for one in facts.operations)
        facts = replace(facts, schemas=schemas, operations=operations)
        moved = zip(described, operations, strict=True)
        described = tuple(replace(one, operation=operation) for one, operation in moved)
    info = value.get("info")
    title = info.get("title") if isinstance(info, dict) else ""
    title = title.strip() if isinstance(title, str) else ""
    return Reading(name, "openapi", facts, title=title, described=described, remarks=tuple(dict.fromkeys(remarks)))


def _placed(finding: Any) -> Problem:
    return Problem(code=finding.code, severity="warning", message=finding.message, hint=finding.hint)


def _followed(name: str, value: dict[str, Any]) -> Iterator[Remark]:
    """References that lead out of what may be read: to other hosts, to ``file:``, out of the folder."""
    seen: set[str] = set()
    for reference in references(value):
        if reference[:1] in ("#", "") or reference in seen or len(seen) >= 20:
            continue
        seen.add(reference)
        message = f"`{reference[:100]}` points out of what may be read, and was not followed."
        hint = "Give the file beside the description, or put what it holds into it."
        yield Remark(name, Problem(code="openapi.remote_ref", severity="warning", message=message, hint=hint))


def _name_schemas(value: dict[str, Any], files: list[str]) -> dict[str, tuple[str, Path]]:
    """Make schemas of other files ones of this document; where each of them stands, by its name."""
    base = ("definitions",) if "swagger" in value else ("components", "schemas")
    holder = value
    for key in base:
        inner = holder.setdefault(key, {})
        if not isinstance(inner, dict):
            return {}
        holder = inner
    places: dict[str, tuple[str, Path]] = {}
    names: dict[str, str] = {}
    for _, node in list(mappings(value)):
        reference = node.get("$ref")
        found = _ELSEWHERE.fullmatch(reference) if isinstance(reference, str) else None
        if found is None or not isinstance(reference, str):
            continue
        if reference not in names:
            target = follow(value, node)
            if not isinstance(target, dict) or not ({"properties", "allOf", "enum", "oneOf"} & target.keys()):
                continue
            file, fragment = files[int(found[1])], found[2] or ""
            name = _free_name(fragment.rpartition("/")[2] or PurePosixPath(file).name.split(".")[0], holder, target)
            holder[name] = target
            names[reference] = name
            places[name] = (file, tuple(fragment.strip("/").split("/")) if fragment else ())
        node["$ref"] = "#/" + "/".join((*base, names[reference]))
    return places


def _free_name(name: str, holder: dict[str, Any], target: dict[str, Any]) -> str:
    known = holder.get(name)
    if known is None or known is target or known == target:
        return name
    return next(f"{name}{number}" for number in range(2, 10_000) if f"{name}{number}" not in holder)


class _Places:
    """Lines in other files; each file is gone through once."""

    def __init__(self, files: dict[str, Document], elsewhere: dict[str, tuple[str, Path]]) -> None:
        self._files = files
        self._elsewhere = elsewhere

    def schema(self, schema: EntityFact) -> EntityFact:
        if schema.name not in self._elsewhere:
            return schema
        file, path = self._elsewhere[schema.name]
        names = {one.name: (*path, "properties", one.name) for one in schema.attributes}
        found = self._files[file].locate([path, *names.values()])
        attributes = tuple(replace(one, file=file, line=found[names[one.name]].line) for one in schema.attributes)
        return replace(schema, file=file, line=found[path].line, attributes=attributes)


def _operation(
    value: dict[str, Any], fact: OperationFact, files: dict[str, Document], source: Files, name: str
) -> OperationFact:
    """An operation in the file that its path is described in."""
    item = (value.get("paths") or {}).get(fact.path)
    reference = item.get("$ref") if isinstance(item, dict) else None
    if not isinstance(reference, str) or reference.startswith("#"):
        return fact
    file, _, fragment = reference.partition("#")
    target = source.find(name, file)
    document = files.get(target or "")
    if target is None or document is None or resolve(document.value, f"#{fragment}") is None:
        return fact
    steps = tuple(part.replace("~1", "/").replace("~0", "~") for part in fragment.strip("/").split("/") if part)
    path = (*steps, fact.method.lower())
    return replace(fact, file=target, line=document.locate([path])[path].line)
