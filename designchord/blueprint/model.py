"""The blueprint, the single source of names.

Identifiers (entities, attributes, operation ids, actors, scenario ids) are ASCII in the field's usual case; labels,
messages and descriptions are in the user's language. Every other artifact elaborates a blueprint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PascalName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]{0,63}$")]
SnakeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
CamelName = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{0,63}$")]
SlugName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
RequirementId = Annotated[str, StringConstraints(pattern=r"^R[0-9]{1,4}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

AttributeType = Literal[
    "uuid",
    "string",
    "text",
    "integer",
    "decimal",
    "boolean",
    "date",
    "datetime",
    "time",
    "enum",
    "email",
    "url",
    "json",
    "file",
]
Priority = Literal["must", "should", "could"]


@dataclass(frozen=True, slots=True)
class Brief:
    """What a person asked for. ``language`` is a BCP 47 code such as ``ko`` or ``en``."""

    title: str
    content: str
    requirements: str = ""
    language: str = "en"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Actor(_Model):
    """Somebody or something outside the system that uses it or is used by it."""

    id: PascalName
    label: Label
    kind: Literal["person", "external"] = "person"
    description: Text = ""


class Requirement(_Model):
    """One demand, in the author's own words."""

    id: RequirementId
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    kind: Literal["functional", "quality", "constraint"] = "functional"
    priority: Priority = "must"
    section: Text = ""


class FormerRequirement(_Model):
    """A demand that no longer counts, in its last words: dropped, or superseded ``by`` others. Its id stays taken.

    ``on`` is the day in UTC, as in ``2026-01-31``; empty where nobody knows it.
    """

    id: RequirementId
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    kind: Literal["functional", "quality", "constraint"] = "functional"
    priority: Priority = "must"
    section: Text = ""
    by: RequirementId | None = None
    reason: Text = ""
    on: Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""


class Attribute(_Model):
    """``references`` names the entity that a foreign key points to. ``values`` are an enum's ASCII values.

    What is *hidden* is kept and the API does not show it; what is *computed* the API shows and nothing keeps.
    """

    name: SnakeName
    type: AttributeType = "string"
    label: Text = ""
    key: Literal["primary", "foreign", "primary_foreign", "none"] = "none"
    references: PascalName | None = None
    required: bool = True
    unique: bool = False
    values: tuple[str, ...] = ()
    assumed: bool = False
    visibility: Literal["shown", "hidden", "computed"] = "shown"


class Entity(_Model):
    """A thing that the system keeps. The primary key comes first."""

    name: PascalName
    label: Label
    description: Text = ""
    attributes: tuple[Attribute, ...] = ()
    requirements: tuple[RequirementId, ...] = ()
    assumed: bool = False


class Relation(_Model):
    """``one_to_many``: one source has many targets, and the target holds the foreign key.

    ``many_to_many`` stands only between entities that have no junction entity of their own.
    """

    source: PascalName
    target: PascalName
    cardinality: Literal["one_to_one", "one_to_many", "many_to_many"]
    label: Text = ""
    required: bool = True
    assumed: bool = False


class Operation(_Model):
    """One call of the API. ``path`` is a template such as ``/loans/{loan_id}``; parameters are snake_case.

    ``request`` lists the attribute names of ``entity`` (or own fields) that the caller sends, ``filters`` the query
    parameters of a list. ``returns`` says whether one, a page of, or nothing of ``entity`` comes back. ``errors`` are
    the HTTP status codes that the text gives ground for, with the reason in the user's language.
    """

    id: CamelName
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[str, StringConstraints(pattern=r"^(/([a-z0-9][a-z0-9-]*|\{[a-z][a-z0-9_]*\}))+$", max_length=200)]
    summary: Label
    section: Text = ""
    actor: PascalName | None = None
    entity: PascalName | None = None
    request: tuple[SnakeName, ...] = ()
    filters: tuple[SnakeName, ...] = ()
    returns: Literal["one", "page", "none"] = "one"
    errors: tuple[tuple[int, Text], ...] = ()
    requirements: tuple[RequirementId, ...] = ()
    assumed: bool = False


class ScenarioStep(_Model):
    """One message of a scenario.

    ``source`` and ``target`` are actor ids, or ``System`` for the system itself, or ``Database``. ``operation`` names
    the API operation that the message calls, where it calls one. ``when`` opens an alternative branch: consecutive
    steps with the same ``when`` belong to that branch and happen instead of the steps without one that follow.
    """

    source: PascalName
    target: PascalName
    message: Label
    kind: Literal["call", "reply", "self"] = "call"
    operation: CamelName | None = None
    when: Text = ""


class Scenario(_Model):
    """One story through the system; it becomes one sequence diagram."""

    id: SlugName
    title: Label
    actor: PascalName
    description: Text = ""
    steps: tuple[ScenarioStep, ...] = ()
    requirements: tuple[RequirementId, ...] = ()
    assumed: bool = False


class Assumption(_Model):
    """Something that the text does not say and the design takes for granted until somebody confirms it.

    ``about`` names what it stands behind, separated by commas: ``actor:Admin``, ``entity:CartItem``,
    ``attribute:Product.price``, ``relation:Order-OrderItem``, ``operation:createProduct``; or one refusal,
    ``refusal:createOrder.409 Not enough stock``; or what cannot be taken out: ``name:Ondol`` (how it is spelled),
    ``language``.
    """

    id: Annotated[str, StringConstraints(pattern=r"^A[0-9]{1,4}$")]
    text: Label
    about: Text = ""


class Blueprint(_Model):
    """The whole model of an idea. Limits keep one design reviewable by one person."""

    title: Label
    summary: Text = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    actors: Annotated[tuple[Actor, ...], Field(min_length=1, max_length=20)]
    requirements: Annotated[tuple[Requirement, ...], Field(max_length=9999)] = ()
    entities: Annotated[tuple[Entity, ...], Field(min_length=1, max_length=60)]
    relations: Annotated[tuple[Relation, ...], Field(max_length=200)] = ()
    operations: Annotated[tuple[Operation, ...], Field(min_length=1, max_length=200)]
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1, max_length=12)]
    assumptions: Annotated[tuple[Assumption, ...], Field(max_length=200)] = ()
    questions: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    former: Annotated[tuple[FormerRequirement, ...], Field(max_length=9999)] = ()

    def entity(self, name: str) -> Entity | None:
        return next((entity for entity in self.entities if entity.name == name), None)

    def operation(self, operation_id: str) -> Operation | None:
        return next((operation for operation in self.operations if operation.id == operation_id), None)

    def scenario(self, scenario_id: str) -> Scenario | None:
        return next((scenario for scenario in self.scenarios if scenario.id == scenario_id), None)
