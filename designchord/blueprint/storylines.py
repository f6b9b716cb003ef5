"""The stories of a model's blueprint: told step by step, or by the calls that they consist of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from designchord.blueprint import compact
from designchord.blueprint.classifying import RequirementList
from designchord.blueprint.naming import fold, slug
from designchord.blueprint.reading import Fields, Reader, look_up, pick, shorten
from designchord.blueprint.vocabulary import SYSTEM_NAMES


class ScenarioList:
    """The scenarios of one blueprint while it is read, when its actors, operations and requirements are known."""

    def __init__(
        self,
        reader: Reader,
        actors: Mapping[str, str],
        operations: Mapping[str, str],
        calls: Sequence[Fields],
        requirements: RequirementList,
        tell: Callable[[Fields, str], Iterable[Fields]],
    ) -> None:
        """``actors`` and ``operations`` are their names by folded spelling; ``tell`` gives the steps of a call by an
        actor."""
        self._reader, self._actors, self._operations = reader, actors, operations
        self._calls = {call["id"]: call for call in calls}
        self._requirements, self._tell = requirements, tell

    def read(self, value: object) -> list[Fields]:
        scenarios: list[Fields] = []
        for item in self._reader.items(value, "scenarios"):
            fields = self._reader.read_item(item, self._story, "scenario")
            if not fields:
                continue
            title = self._reader.text(pick(fields, "title", "name", "label", "id"), 200)
            name = self._reader.name(pick(fields, "id", "name", "title"), slug, "scenario", len(scenarios) + 1)
            if any(scenario["id"] == name for scenario in scenarios):
                name = f"{name[:60]}-{len(scenarios) + 1}"
                self._reader.fixed("duplicate", f"A second scenario had the id of another; it is {name} now.")
            steps = list(self._steps(fields.get("steps"), name))
            actor = look_up(self._actors, pick(fields, "actor", "primary_actor"))
            if actor is None:
                sources = [step["source"] for step in steps if step["source"] in self._actors.values()]
                actor = sources[0] if sources else next(iter(self._actors.values()))
                self._reader.fixed("actor", f"Scenario {name} had no known actor; it is {actor}.")
            scenarios.append(
                {
                    "id": name,
                    "title": title or name,
                    "actor": actor,
                    "description": self._reader.text(fields.get("description"), 2000),
                    "steps": steps or list(self._told(fields.get("calls"), actor, name)),
                    "requirements": self._requirements.named(fields.get("requirements"), f"scenario {name}"),
                    "assumed": fields.get("assumed") is True,
                }
            )
        return scenarios

    def _story(self, line: str) -> Fields:
        """A story in a line: its calls, requirements that it meets beyond theirs, its title; or nothing but a title."""
        story = compact.read_story(line)
        calls: list[str] = []
        beyond: list[str] = []
        for word in story["words"]:
            (beyond if self._requirements.meant(word) else calls).append(word)
        known = [self._calls[name] for word in calls if (name := look_up(self._operations, word))]
        if not known:
            return {"title": line}
        return {
            "id": slug(known[0]["id"]),
            "title": story["title"] or ", ".join(dict.fromkeys(call["summary"] for call in known)),
            "actor": next((call["actor"] for call in known if call["actor"]), None),
            "calls": calls,
            "requirements": [*(one for call in known for one in call["requirements"]), *beyond],
        }

    def _told(self, calls: object, actor: str, scenario: str) -> Iterable[Fields]:
        """What happens when the calls that a story names are made one after the other."""
        for written in self._reader.items(calls, "calls"):
            name = look_up(self._operations, written)
            if name is None:
                self._reader.dropped(f"The scenario {scenario} calls {shorten(written)}, which is no operation.")
            else:
                yield from self._tell(self._calls[name], actor)

    def _steps(self, value: object, scenario: str, when: str = "") -> Iterable[Fields]:
        for item in self._reader.items(value, "steps"):
            if isinstance(item, dict) and "steps" in item:
                if not when:
                    yield from self._steps(item["steps"], scenario, self._reader.text(item.get("when"), 2000))
                continue
            fields = self._reader.read_item(item, compact.read_step, "step")
            if fields is None:
                continue
            source = self._participant(pick(fields, "source", "from"))
            target = self._participant(pick(fields, "target", "to"))
            if not source or not target:
                unknown = pick(fields, "target", "to") if source else pick(fields, "source", "from")
                self._reader.dropped(f"A step of {scenario} names {shorten(unknown)}, who does not take part.")
                continue
            written = fields.get("operation")
            operation = look_up(self._operations, written)
            if written and operation is None:
                self._reader.dropped(f"A step of {scenario} calls {shorten(written)}, which is no operation.")
            kind = str(fields.get("kind") or "call").lower()
            yield {
                "source": source,
                "target": target,
                "message": self._reader.text(pick(fields, "message", "text", "label"), 200) or "…",
                "kind": "self" if source == target else kind if kind in ("call", "reply") else "call",
                "operation": operation,
                "when": self._reader.text(fields.get("when"), 2000) or when,
            }

    def _participant(self, written: object) -> str | None:
        return look_up(self._actors, written) or SYSTEM_NAMES.get(fold(str(written or "")))
