"""The document compiled from a blueprint alone. The author's words stay as they are and are inert in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from designchord.blueprint.model import Blueprint, Entity, Operation, Scenario, ScenarioStep
from designchord.kinds.document.labels import labels_in


def write_document(blueprint: Blueprint) -> str:
    """A complete document in the blueprint's language; the same blueprint gives the same text."""
    return _Writer(blueprint).write()


def escape(text: str) -> str:
    """Any text as one line of Markdown that reads as it was written: no table, list, link or HTML can begin in it."""
    line = " ".join(text.split())
    if not _MARKS.search(line):
        return line
    line = re.sub(r"([\\`*\[\]|~])", r"\\\1", line)
    line = re.sub(r"&(?=#?\w+;)", "&amp;", line)
    line = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", line)
    line = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", line)
    line = re.sub(r"^(#{1,6}(?=\s|$)|[-+=>])", r"\\\1", line)
    return re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", line)


#: Whatever one of the replacements above begins with.
_MARKS: Final = re.compile(r"[\\`*\[\]|~&<_]|^[#+=>-]|^\d{1,9}[.)]")


class _Writer:
    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.labels = labels_in(blueprint.language)
        self.names = {actor.id: actor.label for actor in blueprint.actors} | {
            side: self.labels[side] for side in ("System", "Database")
        }

    def write(self) -> str:
        sections = [
            ("purpose", self._purpose()),
            ("actors", self._actors()),
            ("functional", self._functional()),
            ("scenarios", self._scenarios()),
            ("data", self._data()),
            ("api", self._api()),
            ("quality", self._quality()),
            ("former", self._former()),
            ("modules", self._modules()),
            ("assumptions", self._assumptions()),
            ("questions", [f"- {escape(question)}" for question in self.blueprint.questions if question]),
        ]
        lines = [f"# {escape(self.blueprint.title)}"]
        for name, body in sections:
            if body:
                lines += ["", f"## {self.labels[name]}", "", *body]
        return "\n".join(lines) + "\n"

    def _purpose(self) -> list[str]:
        paragraphs = [part for part in re.split(r"\n\s*\n", self.blueprint.summary) if part.strip()]
        lines = [line for paragraph in paragraphs for line in (escape(paragraph), "")]
        return lines[:-1] or [escape(self.blueprint.title)]

    def _actors(self) -> list[str]:
        rows = [(actor.label, self.labels[actor.kind], actor.description) for actor in self.blueprint.actors]
        return self._table(("name", "kind", "description"), (tuple(map(escape, row)) for row in rows))

    def _functional(self) -> list[str]:
        sections: dict[str, list[tuple[str, ...]]] = {}
        for demand in self.blueprint.requirements:
            if demand.kind == "functional":
                row = (demand.id, self.labels[demand.priority], escape(demand.text), self._fulfilled(demand.id))
                sections.setdefault(demand.section, []).append(row)
        head = ("id", "priority", "requirement", "fulfilled")
        if len(sections) < 2:
            return [line for rows in sections.values() for line in self._table(head, rows)]
        lines: list[str] = []
        for section, rows in sections.items():
            title = escape(section) or self.labels["general"]
            lines += ["", f"### {title}", "", *self._table(head, rows)]
        return lines[1:]

    def _fulfilled(self, requirement: str) -> str:
        calls = [
            f"`{operation.method} {operation.path}`"
            for operation in self.blueprint.operations
            if requirement in operation.requirements
        ]
        stories = [
            escape(scenario.title) for scenario in self.blueprint.scenarios if requirement in scenario.requirements
        ]
        return ", ".join(calls[:4] + stories) or self.labels["nothing"]

    def _scenarios(self) -> list[str]:
        lines: list[str] = []
        for number, scenario in enumerate(self.blueprint.scenarios, 1):
            lines += ["", f"### {number}. {escape(scenario.title)}", "", *self._scenario(scenario)]
        return lines[1:]

    def _scenario(self, scenario: Scenario) -> Iterator[str]:
        if scenario.description:
            yield from (escape(scenario.description), "")
        about = f"{self.labels['started']}: {escape(self._name(scenario.actor))}"
        if scenario.requirements:
            about += f" · {self.labels['requirements']}: {', '.join(scenario.requirements)}"
        yield from (about, "")
        number = 0
        for when, steps in groupby(scenario.steps, key=lambda step: step.when):
            if when:
                # A branch leaves the main path here: it belongs under the step before it.
                indent = "   " if number else ""
                yield f"{indent}- **{self.labels['if']}: {escape(when)}**"
                yield from (f"{indent}  - {self._step(step)}" for step in steps)
                if not number:
                    yield ""
                continue
            for step in steps:
                number += 1
                yield f"{number}. {self._step(step)}"

    def _step(self, step: ScenarioStep) -> str:
        source, target = escape(self._name(step.source)), escape(self._name(step.target))
        sides = source if source == target else f"{source} → {target}"
        operation = self.blueprint.operation(step.operation) if step.operation else None
        call = f" (`{operation.method} {operation.path}`)" if operation else ""
        return f"{sides}: {escape(step.message)}{call}"

    def _data(self) -> list[str]:
        rows = [
            (
                f"`{entity.name}`",
                escape(entity.label) + (f" ({self.labels['assumed']})" if entity.assumed else ""),
                ", ".join(f"`{attribute.name}`" for attribute in entity.attributes),
                self._relations(entity),
            )
            for entity in self.blueprint.entities
        ]
        return self._table(("entity", "name", "attributes", "relations"), rows)

    def _relations(self, entity: Entity) -> str:
        shown = []
        for relation in self.blueprint.relations:
            if relation.source == entity.name:
                shown.append(f"`{relation.target}` {self.labels[relation.cardinality]}")
            elif relation.target == entity.name:
                turned = "many_to_one" if relation.cardinality == "one_to_many" else relation.cardinality
                shown.append(f"`{relation.source}` {self.labels[turned]}")
        return ", ".join(dict.fromkeys(shown)) or self.labels["nothing"]

    def _api(self) -> list[str]:
        rows = [
            (
                f"`{operation.method} {operation.path}`",
                escape(operation.summary) + (f" ({self.labels['assumed']})" if operation.assumed else ""),
                escape(self._name(operation.actor)) if operation.actor else self.labels["nothing"],
                ", ".join(operation.requirements) or self.labels["nothing"],
            )
            for operation in self.blueprint.operations
        ]
        return self._table(("call", "operation", "who", "requirements"), rows)

    def _quality(self) -> list[str]:
        rows = [
            (
                demand.id,
                self.labels["constraint" if demand.kind == "constraint" else "quality_kind"],
                self.labels[demand.priority],
                escape(demand.text),
            )
            for demand in self.blueprint.requirements
            if demand.kind != "functional"
        ]
        return self._table(("id", "kind", "priority", "requirement"), rows) if rows else [self.labels["none_quality"]]

    def _former(self) -> list[str]:
        """Requirements that no longer count, with what became of them."""
        rows = []
        for demand in self.blueprint.former:
            fate = self.labels["superseded"].format(demand.by) if demand.by else self.labels["retired"]
            told = ", ".join(filter(None, (fate, demand.on, escape(demand.reason))))
            rows.append((demand.id, escape(demand.text), told))
        return self._table(("id", "requirement", "became"), rows) if rows else []

    def _modules(self) -> list[str]:
        modules: dict[str, list[Operation]] = {}
        for operation in self.blueprint.operations:
            entity = self.blueprint.entity(operation.entity) if operation.entity else None
            name = operation.section or (entity.label if entity else self.labels["general"])
            modules.setdefault(name, []).append(operation)
        rows = [
            (escape(name), "; ".join(escape(operation.summary) for operation in operations), *self._flow(operations))
            for name, operations in modules.items()
        ]
        return self._table(("module", "task", "inputs", "outputs"), rows)

    def _flow(self, operations: list[Operation]) -> tuple[str, str]:
        """What goes into a module and what comes out of it."""
        inputs: dict[str, None] = {}
        outputs: dict[str, None] = {}
        for operation in operations:
            names = (*re.findall(r"\{(\w+)\}", operation.path), *operation.request, *operation.filters)
            inputs |= dict.fromkeys(f"`{name}`" for name in names)
            if operation.entity and operation.returns == "one":
                outputs[f"`{operation.entity}`"] = None
            elif operation.entity and operation.returns == "page":
                outputs[self.labels["page_of"].format(f"`{operation.entity}`")] = None
        nothing = self.labels["nothing"]
        return ", ".join(inputs) or nothing, ", ".join(outputs) or nothing

    def _assumptions(self) -> list[str]:
        lines = []
        for assumption in self.blueprint.assumptions:
            lines.append(f"- {assumption.id}: {escape(assumption.text)}")
        return lines

    def _name(self, side: str) -> str:
        return self.names.get(side, side)

    def _table(self, head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
        """A table without the columns of which nobody said anything."""
        names, told = list(head), [tuple(row) for row in rows]
        columns = [at for at in range(len(names)) if not told or any(row[at] for row in told)]
        lines = ["| " + " | ".join(self.labels[names[at]] for at in columns) + " |", "|" + " --- |" * len(columns)]
        nothing = self.labels["nothing"]
        return lines + ["| " + " | ".join(row[at] or nothing for at in columns) + " |" for row in told]
