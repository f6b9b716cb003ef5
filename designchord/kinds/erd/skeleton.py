"""An ER diagram compiled from the blueprint's entities and relations."""

from __future__ import annotations

from typing import Final

from designchord.blueprint.model import Attribute, Blueprint, Entity, Relation
from designchord.notation.mermaid.families.er.writing import attribute_name, entity_name, quoted
from designchord.notation.mermaid.text import one_line

_KEYS: Final = {"primary": ["PK"], "foreign": ["FK"], "primary_foreign": ["PK", "FK"], "none": []}
#: (source end, target end) of a relation; the source end is open where the relation is not required.
_ENDS: Final = {"one_to_one": ("||", "o|"), "one_to_many": ("||", "o{"), "many_to_many": ("}o", "o{")}


def draw(blueprint: Blueprint) -> str:
    entities = {entity.name: entity for entity in reversed(blueprint.entities)}
    lines = ["erDiagram"]
    for entity in reversed(entities.values()):
        lines += _block(entity)
    drawn: set[tuple[str, str]] = set()
    for relation in blueprint.relations:
        if relation.source in entities and relation.target in entities:
            lines.append(_relation(relation))
            drawn |= {(relation.source, relation.target), (relation.target, relation.source)}
    for entity in reversed(entities.values()):
        for attribute in entity.attributes:
            owner = attribute.references
            if owner in entities and (owner, entity.name) not in drawn:
                drawn |= {(owner, entity.name), (entity.name, owner)}
                implied = Relation(
                    source=owner, target=entity.name, cardinality="one_to_many", required=attribute.required
                )
                lines.append(_relation(implied))
    return "\n".join(lines) + "\n"


def _block(entity: Entity) -> list[str]:
    name = entity_name(entity.name)
    label = one_line(entity.label)
    if label and label.casefold() != entity.name.casefold():
        name = f"{name}[{quoted(f'{label} {entity.name}')}]"
    if not entity.attributes:
        return [f"    {name}"]
    kept = [attribute for attribute in entity.attributes if attribute.visibility != "computed"]
    attributes = {attribute.name: attribute for attribute in kept}
    return [f"    {name} {{", *(f"        {_attribute(attribute)}" for attribute in attributes.values()), "    }"]


def _attribute(attribute: Attribute) -> str:
    keys = list(_KEYS[attribute.key])
    if attribute.unique and "PK" not in keys:
        keys.append("UK")
    words = [attribute.type, attribute_name(attribute.name)]
    if keys:
        words.append(", ".join(keys))
    comment = one_line(attribute.label)
    if comment.casefold().replace(" ", "_") == attribute.name:
        comment = ""
    if attribute.values:
        comment = f"{comment}: {', '.join(attribute.values)}" if comment else ", ".join(attribute.values)
    if comment:
        words.append(quoted(comment))
    return " ".join(words)


def _relation(relation: Relation) -> str:
    source_end, target_end = _ENDS[relation.cardinality]
    if not relation.required and source_end == "||":
        source_end = "|o"
    source, target = entity_name(relation.source), entity_name(relation.target)
    return f"    {source} {source_end}--{target_end} {target} : {quoted(relation.label)}"
