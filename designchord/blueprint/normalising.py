"""From what a model wrote to the fields of a Blueprint: short lines read, names put in their case, gaps closed.

Everything that changes what was written is a :class:`Fix`; what had to be left out because nothing in the blueprint
answers to it is also a warning. What cannot be repaired without guessing is left for validation to refuse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from designchord.blueprint import compact
from designchord.blueprint.classifying import RequirementList
from designchord.blueprint.completing import complete
from designchord.blueprint.model import Brief, Requirement
from designchord.blueprint.naming import camel, fold, pascal, path_template, snake, usual_entity, usual_returns
from designchord.blueprint.reading import LIMITS, Fields, Reader, look_up, pick, plain, shorten
from designchord.blueprint.storylines import ScenarioList
from designchord.blueprint.vocabulary import CARDINALITIES, LISTS, METHODS, SYSTEM_NAMES, TYPES

#: The steps of a call by whoever makes it, given the labels of entities and a language.
Tell = Callable[[Fields, str, Callable[[str], str], str], Iterable[Fields]]


class Normaliser(Reader):
    """Reads one raw value. ``fixes`` and ``problems`` tell what was done and what was left out; ``tell`` gives the
    steps of stories that only name their calls."""

    def __init__(
        self,
        brief: Brief,
        author: Sequence[Requirement] | None = None,
        wish: str = "",
        translate: Callable[[str], str] | None = None,
        tell: Tell | None = None,
    ) -> None:
        self.brief = brief
        super().__init__(translate)
        self._requirements = RequirementList(self, brief, author, wish)
        self._entities: dict[str, str] = {}
        self._actors: dict[str, str] = {}
        self._operations: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._tell = tell or _tell_nothing

    def normalise(self, raw: Fields) -> Fields:
        """The fields of a Blueprint; not yet validated."""
        fields = self._top(raw)
        result: Fields = {
            "title": self.text(fields.get("title"), 200) or self.text(self.brief.title, 200),
            "summary": self.text(fields.get("summary"), 2000),
            "language": self.brief.language,
        }
        result["requirements"] = self._requirements.read(fields.get("requirements"))
        result["actors"] = self._actor_list(fields.get("actors"))
        result["entities"] = self._entity_list(fields.get("entities"))
        result["relations"] = self._relation_list(fields.get("relations"), result["entities"])
        complete(result["entities"], result["relations"], self.fixed)
        result["operations"] = self._operation_list(fields.get("operations"))
        told = ScenarioList(self, self._actors, self._operations, result["operations"], self._requirements, self._told)
        result["scenarios"] = told.read(fields.get("scenarios"))
        result["assumptions"] = self._assumption_list(fields.get("assumptions"))
        result["questions"] = [
            text
            for item in self.items(fields.get("questions"), "questions")
            if (text := self.text(pick(item, "text", "question") if isinstance(item, dict) else item, 2000))
        ]
        return result

    # The whole and its lists

    def _top(self, raw: Fields) -> Fields:
        if len(raw) <= 2 and "entities" not in raw:
            inner = next((value for value in raw.values() if isinstance(value, dict) and len(value) > 2), None)
            if inner is not None:
                self.fixed("unwrapped", "The blueprint was wrapped in another object.")
                raw = inner
        fields: Fields = {}
        for key, value in raw.items():
            name = LISTS.get(fold(str(key)), snake(str(key)))
            if name == "language":
                continue  # the brief's own counts
            if fold(str(key)).startswith("nonfunctional") and isinstance(value, list):
                value = [_quality(item) for item in value]
            if name not in _TOP:
                self.fixed("extra", f"Left out '{shorten(key)}', which a blueprint does not have.")
            elif name in fields and isinstance(fields[name], list) and isinstance(value, list):
                fields[name] = fields[name] + value
            else:
                fields.setdefault(name, value)
        return fields

    # Actors and requirements

    def _actor_list(self, value: object) -> list[Fields]:
        actors: list[Fields] = []
        for item in self.items(value, "actors"):
            fields = self.read_item(item, compact.read_actor, "actor")
            if not fields:
                continue
            written, label = pick(fields, "id", "name", "actor"), fields.get("label")
            name = self.name(written, pascal, "actor", len(actors) + 1, label, self._actors)
            if fold(name) in self._actors or name in SYSTEM_NAMES.values():
                self.fixed("duplicate", f"Actor '{name}' was there already or is the system itself.")
                continue
            self.remember(self._actors, name, pick(fields, "id", "name"), fields.get("label"))
            kind = str(pick(fields, "kind", "type") or "person").lower()
            actors.append(
                {
                    "id": name,
                    "label": self.text(fields.get("label"), 200) or name,
                    "kind": "external" if kind in ("external", "system", "service", "device") else "person",
                    "description": self.text(fields.get("description"), 2000),
                }
            )
            self.note_extra(fields, ("id", "name", "actor", "label", "kind", "type", "description", "role"), "an actor")
        if not actors:
            self.fixed("actor", "No actor was named; the user is one.")
            actors = [{"id": "User", "label": "사용자" if self.brief.language.startswith("ko") else "User"}]
            self._actors[fold("User")] = "User"
        return actors

    def _assumption_list(self, value: object) -> list[Fields]:
        assumptions: list[Fields] = []
        for item in self.items(value, "assumptions"):
            fields = item if isinstance(item, dict) else {"text": item}
            text = self.text(pick(fields, "text", "assumption", "description"), 200)
            if text:
                about = self.text(fields.get("about"), 2000)
                assumptions.append({"id": f"A{len(assumptions) + 1}", "text": text, "about": about})
        return assumptions

    # Entities and relations

    def _entity_list(self, value: object) -> list[Fields]:
        entities: list[Fields] = []
        for item in self.items(value, "entities", key="name"):
            fields = self.read_item(item, lambda line: {"name": line, "label": line}, "entity")
            if not fields:
                continue
            written = pick(fields, "name", "id", "entity", "table")
            name = self.name(written, pascal, "entity", len(entities) + 1, fields.get("label"), self._entities)
            if fold(name) in self._entities:
                self.fixed("duplicate", f"Entity '{name}' was there twice; the first stays.")
                continue
            self.remember(self._entities, name, written, fields.get("label"))
            self._labels[name] = self.text(fields.get("label"), 200) or self.text(written, 200) or name
            entities.append(
                {
                    "name": name,
                    "label": self._labels[name],
                    "description": self.text(fields.get("description"), 2000),
                    "attributes": self._attribute_list(pick(fields, "attributes", "fields", "columns"), name),
                    "requirements": self._requirements.named(fields.get("requirements"), f"entity {name}"),
                    "assumed": fields.get("assumed") is True,
                }
            )
            known = ("name", "id", "entity", "table", "label", "description", "requirements", "assumed")
            self.note_extra(fields, (*known, "attributes", "fields", "columns"), "an entity")
        self._point_foreign_keys(entities)
        return entities

    def _attribute_list(self, value: object, entity: str) -> list[Fields]:
        attributes: dict[str, Fields] = {}
        for item in self.items(value, "attributes", key="name"):
            fields = self.read_item(item, compact.read_attribute, "attribute")
            if not fields:
                continue
            written, label = pick(fields, "name", "id", "field"), pick(fields, "label", "comment")
            name = self.name(written, snake, "attribute", len(attributes) + 1, label, attributes)
            if name in attributes:
                self.fixed("duplicate", f"Attribute '{entity}.{name}' was there twice; the first stays.")
                continue
            attributes[name] = self._attribute(fields, name, entity)
            self.note_extra(fields, _ATTRIBUTE_KEYS, "an attribute")
        primary = [fields for fields in attributes.values() if "primary" in fields["key"]]
        if not primary:
            self._add_primary_key(attributes, entity)
        # The primary key comes first; the order of the rest is the author's.
        return sorted(attributes.values(), key=lambda fields: "primary" not in fields["key"])

    def _attribute(self, fields: Fields, name: str, entity: str) -> Fields:
        values = [self.text(value, 64) for value in self.items(pick(fields, "values", "enum", "options"), "values")]
        written = str(pick(fields, "type", "data_type") or ("enum" if values else "string"))
        if not values and written.lower().startswith("enum"):
            values = re.findall(r"[A-Za-z0-9_-]+", written[4:])
        kind = TYPES.get(written) or TYPES.get(re.sub(r"[^a-z]", "", written.split("(")[0].lower()))
        if kind is None:
            self.fixed("type", f"Type '{shorten(written)}' of {entity}.{name} is not known; it became string.")
            kind = "string"
        elif kind != written.lower():
            self.fixed("type", f"Type '{shorten(written)}' is written {kind}.")
        references = pick(fields, "references", "ref", "target", "foreign_key", "fk")
        if isinstance(references, dict):
            references = pick(references, "entity", "table", "name")
        return {
            "name": name,
            "type": kind,
            "label": self.text(pick(fields, "label", "comment", "description"), 2000),
            "key": _key(fields, bool(references)),
            "references": references if isinstance(references, str) else None,
            "required": fields.get("required", not fields.get("nullable", False)) is not False,
            "unique": fields.get("unique") is True,
            "values": [value for value in values if value] if kind == "enum" else [],
            "assumed": fields.get("assumed") is True,
        }

    def _add_primary_key(self, attributes: dict[str, Fields], entity: str) -> None:
        own = attributes.get("id") or attributes.get(f"{snake(entity)}_id")
        if own is not None and own["key"] == "none":
            own["key"] = "primary"
        elif own is None:
            # Nobody has to write what every record has.
            attributes["id"] = {"name": "id", "type": "uuid", "label": "ID", "key": "primary", "references": None}
            return
        else:
            return
        self.fixed("primary_key", f"{entity} had no primary key.")

    def _point_foreign_keys(self, entities: list[Fields]) -> None:
        """Say which entity each foreign key points to, and mark as foreign what plainly is one."""
        for entity in entities:
            for attribute in entity["attributes"]:
                name, written = attribute["name"], attribute["references"]
                guess = self._entities.get(fold(name.removesuffix("_id"))) if name.endswith("_id") else None
                # SQL names a column too: ``patients.id``, ``patients(id)``.
                target = (self._entity(re.split(r"[.(]", written)[0]) if written else None) or guess
                foreign = "foreign" in attribute["key"]
                if target and (foreign or (attribute["key"] == "none" and guess)):
                    if not foreign or target != written:
                        self.fixed("foreign_key", f"{entity['name']}.{name} points to {target}.")
                    attribute["references"] = target
                    attribute["key"] = attribute["key"] if foreign else "foreign"
                    continue
                if foreign or written:
                    what = f"{entity['name']}.{name} is a foreign key to {shorten(written) or 'nothing that exists'}"
                    self.dropped(f"{what}; it stays as a plain attribute.")
                attribute["key"] = "primary" if "primary" in attribute["key"] else "none"
                attribute["references"] = None

    def _relation_list(self, value: object, entities: list[Fields]) -> list[Fields]:
        relations: list[Fields] = []
        seen: Counter[tuple[str, str, str]] = Counter()
        # Two foreign keys to the same entity (follower, followed) are two relations.
        keys = Counter((entity["name"], one["references"]) for entity in entities for one in entity["attributes"])
        for item in self.items(value, "relations"):
            fields = self.read_item(item, compact.read_relation, "relation")
            if not fields:
                continue
            written = (pick(fields, "source", "from", "left"), pick(fields, "target", "to", "right"))
            source, target = self._entity(written[0]), self._entity(written[1])
            if not source or not target:
                missing = written[1] if source else written[0]
                self.dropped(f"A relation names {shorten(missing)}, which is no entity.")
                continue
            spelled = re.sub(r"[^a-z0-9*.|o{}]", "", str(pick(fields, "cardinality", "type") or "1n").lower())
            cardinality, swapped = CARDINALITIES.get(spelled, ("one_to_many", False))
            if spelled not in CARDINALITIES:
                self.fixed("cardinality", f"Cardinality '{shorten(spelled)}' is not known; one to many is taken.")
            if swapped:
                source, target = target, source
            label = self.text(fields.get("label") or fields.get("description"), 2000)
            seen[source, target, label] += 1
            if seen[source, target, label] > max(1, keys[target, source], keys[source, target]):
                self.fixed("duplicate", f"The relation {source} – {target} was there twice.")
                continue
            relations.append(
                {
                    "source": source,
                    "target": target,
                    "cardinality": cardinality,
                    "label": label,
                    "required": fields.get("required") is not False,
                    "assumed": fields.get("assumed") is True,
                }
            )
        return relations

    # Operations and scenarios

    def _operation_list(self, value: object) -> list[Fields]:
        operations: list[Fields] = []
        calls: set[tuple[str, str]] = set()
        for item in self.items(value, "operations"):
            fields = self.read_item(item, compact.read_call, "operation")
            if not fields:
                continue
            fields |= compact.read_call(str(pick(fields, "call", "endpoint", "route") or "")) or {}
            method = METHODS.get(str(fields.get("method") or "").upper(), "")
            written = str(pick(fields, "path", "url") or "")
            path = path_template(written)
            if path != written:
                self.fixed("path", f"Path '{shorten(written)}' is written {path}.")
            if not method or (method, re.sub(r"\{[^}]*\}", "{}", path)) in calls:
                self.dropped(
                    f"Left out the operation '{shorten(fields.get('id') or path)}': no method, or a second one."
                )
                continue
            calls.add((method, re.sub(r"\{[^}]*\}", "{}", path)))
            written = pick(fields, "id", "operation_id", "name")
            name = self.name(written or f"{method} {path}", camel, "operation", len(operations) + 1)
            if name in self._operations.values():
                name = camel(f"{name} {path}")[:64]
                self.fixed("duplicate", f"A second operation had the id of another; it is {name} now.")
            self.remember(self._operations, name, written)
            operations.append(self._operation(fields, name, method, path))
        return operations

    def _operation(self, fields: Fields, name: str, method: str, path: str) -> Fields:
        actor, entity = pick(fields, "actor", "role"), pick(fields, "entity", "resource")
        if actor and not self._actor(actor):
            self.dropped(f"Operation {name} names the actor {shorten(actor)}, who does not exist.")
        if entity and not self._entity(entity):
            self.dropped(f"Operation {name} names the entity {shorten(entity)}, which does not exist.")
        about = self._entity(entity) or usual_entity(path, self._entities)
        usual = usual_returns(method, path)
        returns = _RETURNS.get(plain(fields.get("returns") or usual), usual)
        return {
            "id": name,
            "method": method,
            "path": path,
            "summary": self.text(pick(fields, "summary", "label", "description"), 200) or name,
            "section": self.text(pick(fields, "section", "tag", "group") or self._label_of(about or ""), 2000),
            "actor": self._actor(actor),
            "entity": about,
            "request": self._names(pick(fields, "request", "body", "fields")),
            "filters": self._names(pick(fields, "filters", "query")),
            "returns": returns,
            "errors": self._errors(fields.get("errors"), name),
            "requirements": self._requirements.named(fields.get("requirements"), f"operation {name}"),
            "assumed": fields.get("assumed") is True,
        }

    def _errors(self, value: object, operation: str) -> list[tuple[int, str]]:
        errors: dict[tuple[int, str], None] = {}
        pairs: list[tuple[object, object]] = list(value.items()) if isinstance(value, dict) else []
        for item in value if isinstance(value, list) else []:
            if isinstance(item, dict):
                pairs.append((pick(item, "status", "code"), pick(item, "reason", "description", "message", "when")))
            elif isinstance(item, list | tuple) and item:
                pairs.append((item[0], item[1] if len(item) > 1 else ""))
            else:
                pairs.append((item, re.sub(r"^\s*[0-9]{3}\s*[:\-–]?\s*", "", str(item))))
        for status, reason in pairs:
            number = re.search(r"[45][0-9]{2}", str(status))
            if number is None:
                self.dropped(f"Operation {operation} has an error '{shorten(status)}' that is no HTTP error status.")
                continue
            errors[int(number[0]), self.text(reason, 2000)] = None
        return list(errors)

    # Names that exist

    def _entity(self, written: object) -> str | None:
        return look_up(self._entities, written)

    def _label_of(self, entity: str) -> str:
        return self._labels.get(entity, entity)

    def _actor(self, written: object) -> str | None:
        return look_up(self._actors, written)

    def _told(self, call: Fields, actor: str) -> Iterable[Fields]:
        return self._tell(call, actor, self._label_of, self.brief.language)

    def _names(self, value: object) -> list[str]:
        if isinstance(value, str):
            value = value.split(",")
        names = [
            snake(str(pick(item, "name", "field") if isinstance(item, dict) else item).split(":")[0].rstrip("?! "))
            for item in self.items(value, "fields", key="name")
        ]
        return list(dict.fromkeys(name for name in names if name))


_TOP = {"title", "summary", *LIMITS}
_ATTRIBUTE_KEYS = (
    *("name", "id", "field", "type", "data_type", "label", "comment", "description", "key", "pk", "primary"),
    *("primary_key", "fk", "foreign_key", "references", "ref", "target", "required", "nullable", "unique"),
    *("values", "enum", "options", "assumed", "constraints"),
)
_RETURNS = {
    **dict.fromkeys(("one", "single", "object"), "one"),
    **dict.fromkeys(("page", "list", "many", "array"), "page"),
    **dict.fromkeys(("none", "nothing", "void", "null"), "none"),
}


def _tell_nothing(_call: Fields, _actor: str, _label_of: Callable[[str], str], _language: str) -> Iterable[Fields]:
    return ()


def _quality(item: object) -> object:
    """An item of a list of non-functional requirements."""
    if isinstance(item, str):
        item = compact.read_requirement(item) or {"text": item}
    return {"kind": "quality", **item} if isinstance(item, dict) else item


def _key(fields: Fields, references: bool) -> str:
    written = f"{fields.get('key') or ''} {fields.get('constraints') or ''}".lower()
    words = set(re.findall(r"[a-z]+", written)) if written != " " else set()
    primary = bool({"primary", "pk"} & words) or any(
        fields.get(key) is True for key in ("pk", "primary", "primary_key")
    )
    foreign = (
        bool({"foreign", "fk"} & words) or references or any(fields.get(key) is True for key in ("fk", "foreign_key"))
    )
    return {(True, True): "primary_foreign", (True, False): "primary", (False, True): "foreign"}.get(
        (primary, foreign), "none"
    )
