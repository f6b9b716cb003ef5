"""Foreign keys and relations say the same thing twice; where only one of the two was written, the other follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from designchord.blueprint.naming import snake

Fields = dict[str, Any]


def complete(entities: list[Fields], relations: list[Fields], note: Callable[[str, str], None]) -> None:
    """Give each relation its foreign key and each foreign key its relation, in place.

    ``note(code, message)`` is told about each change. A many-to-many relation goes when an entity with a foreign key
    to both sides stands between them: that entity is the relation.
    """
    by_name = {entity["name"]: entity for entity in entities}
    _drop_bridged(entities, relations, note)
    for relation in relations:
        if relation["cardinality"] != "many_to_many":
            _add_foreign_key(by_name, relation, note)
    for entity in entities:
        for attribute in entity["attributes"]:
            target = attribute.get("references")
            if target and not _related(relations, target, entity["name"]):
                cardinality = "one_to_one" if _is_unique(attribute, entity) else "one_to_many"
                relations.append(
                    {
                        "source": target,
                        "target": entity["name"],
                        "cardinality": cardinality,
                        "label": "",
                        "required": attribute.get("required", True),
                    }
                )
                note("relation", f"{entity['name']}.{attribute['name']} makes a relation from {target}.")


def _drop_bridged(entities: list[Fields], relations: list[Fields], note: Callable[[str, str], None]) -> None:
    bridges = {entity["name"]: _targets(entity) for entity in entities}
    for relation in list(relations):
        ends = {relation["source"], relation["target"]}
        if relation["cardinality"] != "many_to_many" or len(ends) < 2:
            continue
        bridge = next((name for name, targets in bridges.items() if ends <= targets and name not in ends), None)
        if bridge and _is_bridge(entities, bridge):
            relations.remove(relation)
            note("junction", f"{bridge} is the relation between {relation['source']} and {relation['target']}.")


def _is_bridge(entities: list[Fields], name: str) -> bool:
    """An entity that little but its two foreign keys describes."""
    attributes = next(entity["attributes"] for entity in entities if entity["name"] == name)
    return len(attributes) <= 2 + 2 * len(_targets({"attributes": attributes}))


def _add_foreign_key(by_name: dict[str, Fields], relation: Fields, note: Callable[[str, str], None]) -> None:
    source, target = by_name[relation["source"]], by_name[relation["target"]]
    if source["name"] in _targets(target):
        return
    if relation["cardinality"] == "one_to_one" and target["name"] in _targets(source):
        return
    taken = {attribute["name"]: attribute for attribute in target["attributes"]}
    name = "parent_id" if source is target else f"{snake(source['name'])[:61]}_id"
    attribute = taken.get(name)
    if attribute is not None and attribute["key"] == "primary":
        # A shared primary key, as one-to-one relations often have.
        attribute |= {"key": "primary_foreign", "references": source["name"]}
    elif attribute is not None:
        attribute |= {"key": "foreign", "references": source["name"]}
    else:
        primary = next((entry for entry in source["attributes"] if "primary" in entry["key"]), {"type": "uuid"})
        keys = sum(entry["key"] != "none" for entry in target["attributes"])
        target["attributes"].insert(
            keys,
            {
                "name": name,
                "label": source.get("label", "") if source is not target else "",
                "type": primary["type"],
                "key": "foreign",
                "references": source["name"],
                "required": relation.get("required", True) and source is not target,
                "unique": relation["cardinality"] == "one_to_one",
                "assumed": relation.get("assumed", False),
            },
        )
        return  # as it was meant: a relation is written once
    note("foreign_key", f"{target['name']}.{name} holds the relation from {source['name']}.")


def _targets(entity: Fields) -> set[str]:
    return {attribute["references"] for attribute in entity["attributes"] if attribute.get("references")}


def _related(relations: list[Fields], one: str, other: str) -> bool:
    ends = {one, other}
    return any({relation["source"], relation["target"]} == ends for relation in relations)


def _is_unique(attribute: Fields, entity: Fields) -> bool:
    """Whether no two rows can hold the same value: said so, or the whole primary key."""
    whole_key = sum("primary" in other["key"] for other in entity["attributes"]) == 1
    return attribute.get("unique") is True or (whole_key and attribute["key"] == "primary_foreign")
