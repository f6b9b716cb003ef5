"""Descriptions of several files as one: what stands in other files is brought in, each reference pointing to it there.

Where files lie, and which may be read, is for whoever gives them (:class:`Files`); nothing is read here.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any, Protocol

from designchord.notation.openapi.checking import Checked, check_document
from designchord.notation.openapi.findings import Finding, place
from designchord.notation.openapi.objects import objects
from designchord.notation.openapi.reading import Document
from designchord.notation.openapi.references import ELSEWHERE, Scopes, mappings, references, resolve
from designchord.notation.problems import Problem

#: What a reference to nothing leads to, so that nobody finds it again.
_NOTHING = "nothing"
#: How often what was brought in is looked through for more.
_PASSES = 5
#: The length of the path of a component: deeper schemas may hold themselves.
_COMPONENT = 3
#: More files than this are left where they are.
MAX_FILES = 500
#: So many references are looked behind; the others still have to lead somewhere.
MAX_BROUGHT_IN = 2_000


class Files(Protocol):
    """The files around a description. A file's name is whatever tells it from the others, such as its path."""

    def find(self, base: str, reference: str) -> str | None:
        """The name of the file that a reference in the file ``base`` points to; ``None``: not one that may be read."""

    def read(self, name: str) -> Document | None:
        """A file's contents, or ``None`` where there is no such file."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A description with all that it refers to in other files, and what is wrong with its references and theirs."""

    document: Document
    findings: dict[str, list[Finding]]
    files: dict[str, Document]

    def check(self) -> Checked:
        """The check of the whole, with lines of the description's own file."""
        checked = check_document(self.document)
        names = {f"#/{ELSEWHERE}/{number}": name for number, name in enumerate(self.files)}
        problems = tuple(_renamed(problem, names) for problem in checked.problems)
        own = place(self.findings.get("", []), self.document)
        return replace(checked, problems=tuple(sorted((*problems, *own), key=lambda problem: problem.line or 0)))

    def problems_elsewhere(self) -> dict[str, tuple[Problem, ...]]:
        """What is wrong in other files: that they cannot be read, or where their references lead."""
        return {
            name: document.problems + place(self.findings.get(name, []), document)
            for name, document in self.files.items()
        }


def bundle(document: Document, name: str, files: Files) -> Bundle:
    """A description that was read from the file ``name`` with all that it refers to."""
    if document.value is None or not _has_references_elsewhere(document.value):
        return Bundle(document, {}, {})
    bundler = _Bundler(document, name, files)
    return bundler.run()


def _has_references_elsewhere(value: Any) -> bool:
    return any(reference[:1] != "#" for reference in references(value))


class _Bundler:
    def __init__(self, document: Document, name: str, files: Files) -> None:
        self._document = document
        self._name = name
        self._source = files
        self._whole: dict[str, Any] = copy.deepcopy(document.value or {})
        self._files: dict[str, Document] = {}
        self._numbers: dict[str, int] = {}
        self._findings: dict[str, list[Finding]] = {}
        self._elsewhere: dict[str, Any] = {_NOTHING: {}}

    def run(self) -> Bundle:
        self._rewrite(self._name, self._whole)
        done = 0
        while done < len(self._files):  # each file may name further ones
            self._rewrite(list(self._files)[done], self._elsewhere[str(done)])
            done += 1
        self._bring_in()
        self._whole[ELSEWHERE] = self._elsewhere
        return Bundle(replace(self._document, value=self._whole, written=False), self._findings, self._files)

    def _rewrite(self, base: str, value: Any) -> None:
        """Point each reference of a file to where its target is in the whole."""
        prefix = "" if base == self._name else f"/{ELSEWHERE}/{self._numbers[base]}"
        parts = list(mappings(value))
        scopes = Scopes(value, parts)
        for path, node in parts:
            reference = node.get("$ref")
            if not isinstance(reference, str):
                continue
            address = "" if reference[:1] == "#" else scopes.address(path, reference)
            if address and scopes.knows(address):
                continue
            file, _, fragment = (address or reference).partition("#")
            if fragment[:1] not in ("", "/"):
                continue  # an anchor: left as it is
            if file:
                target = self._source.find(base, file)
                if target is not None:  # else it is said to be elsewhere, as without any files
                    node["$ref"] = self._lead(base, path, address or reference, target)
            elif prefix and scopes.find(path, reference)[1] is None:
                self._report(base, path, f"`{reference[:100]}` does not exist.")
                node["$ref"] = f"#/{ELSEWHERE}/{_NOTHING}"
            elif prefix and scopes.is_of_document(path, reference):
                node["$ref"] = f"#{prefix}{fragment}"

    def _lead(self, base: str, path: tuple[str | int, ...], reference: str, target: str) -> str:
        """Where the target of a reference is in the whole."""
        fragment = reference.partition("#")[2]
        if target == self._name:
            return f"#{fragment}"
        if target not in self._files:
            read = self._source.read(target) if len(self._files) < MAX_FILES else None
            if read is None:
                self._report(base, path, f"There is no file `{target}` that could be read.")
                return f"#/{ELSEWHERE}/{_NOTHING}"
            self._numbers[target] = len(self._files)
            self._elsewhere[str(len(self._files))] = copy.deepcopy(read.value) if read.value is not None else {}
            self._files[target] = read
        value = self._files[target].value
        if value is not None and resolve(value, f"#{fragment}") is not None:
            return f"#/{ELSEWHERE}/{self._numbers[target]}{fragment}"
        if value is not None:
            self._report(base, path, f"`{reference[:100]}` does not exist.")
        return f"#/{ELSEWHERE}/{_NOTHING}"

    def _report(self, base: str, path: tuple[str | int, ...], message: str) -> None:
        hint = "Correct the path, which is relative to this file, or declare it there."
        found = self._findings.setdefault("" if base == self._name else base, [])
        found.append(Finding("openapi.dangling_ref", "error", (*path, "$ref"), message, hint))

    def _bring_in(self) -> None:
        """Put what is no schema where it is referred to: its contents are checked like one's own."""
        self._whole[ELSEWHERE] = self._elsewhere
        version = "2.0" if "swagger" in self._whole else "3.1"
        left = MAX_BROUGHT_IN
        known: set[str] = set()
        for _ in range(_PASSES):  # what was brought in may refer further
            brought = False
            for item in list(objects(self._whole, version)):
                reference = item.value.get("$ref")
                if not isinstance(reference, str) or not reference.startswith(f"#/{ELSEWHERE}/"):
                    continue
                if item.type == "Schema" and len(item.path) > _COMPONENT:
                    continue  # may hold itself
                target = resolve(self._whole, reference)
                if isinstance(target, dict) and target and target.get("$ref") != reference and left:
                    del item.value["$ref"]
                    added = copy.deepcopy(target)  # it may hold this very reference
                    if reference in known:
                        _forget_identifiers(added)
                    known.add(reference)
                    item.value.update(added | item.value)
                    brought, left = True, left - 1
            if not brought:
                break


def _forget_identifiers(value: dict[str, Any]) -> None:
    """Operations that are brought in again are the same ones."""
    for _, node in mappings(value):
        if "responses" in node:
            node.pop("operationId", None)


def _renamed(problem: Problem, names: dict[str, str]) -> Problem:
    message = problem.message
    if ELSEWHERE in message:
        for place_, name in names.items():
            message = message.replace(f"{place_}/", f"{name}#/")
    return replace(problem, message=message)
