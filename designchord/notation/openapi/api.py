"""The model behind the compact form: an API in as few words as possible. ``compiling`` makes OpenAPI 3.1 of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Shape = Literal["one", "list", "page", "none"]

#: The types of a field, in the blueprint's words. ``ref`` stands for another schema.
TYPES = (
    *("uuid", "string", "text", "integer", "decimal", "boolean", "date", "datetime", "time"),
    *("email", "url", "json", "file", "enum", "ref"),
)
PARAMETER = re.compile(r"\{([^{}/]+)\}")


@dataclass(frozen=True, slots=True)
class Type:
    """``values`` belong to ``enum``, ``schema`` to ``ref``; ``low`` and ``high`` bound a number or a text's length."""

    name: str = "string"
    many: bool = False
    values: tuple[str, ...] = ()
    schema: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a schema, a body or a query. ``type`` is ``None`` where only the name was given: the schema knows."""

    name: str
    type: Type | None = None
    #: ``None``: as the schema says it.
    required: bool | None = None
    label: str = ""
    read_only: bool = False
    write_only: bool = False
    unique: bool = False
    references: str = ""
    default: str | None = None
    example: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Schema:
    name: str
    label: str = ""
    description: str = ""
    fields: tuple[Field, ...] = ()
    line: int = 0

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation answers: one, a list or a page of a schema, own fields, or nothing."""

    shape: Shape = "none"
    schema: str = ""
    fields: tuple[Field, ...] = ()
    status: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Body:
    """What an operation is sent: a schema's writable fields, or the named fields."""

    schema: str = ""
    fields: tuple[Field, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """``entity`` is the schema that bare field names come from. ``errors`` are status codes with their reasons."""

    method: Method
    path: str
    id: str
    label: str = ""
    section: str = ""
    description: str = ""
    entity: str = ""
    body: Body | None = None
    query: tuple[Field, ...] = ()
    result: Result = Result()
    errors: tuple[tuple[int, str], ...] = ()
    requirements: tuple[str, ...] = ()
    public: bool = False
    #: Who alone may call it, where that is not everybody who has signed in.
    roles: tuple[str, ...] = ()
    line: int = 0

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(PARAMETER.findall(self.path))


@dataclass(frozen=True, slots=True)
class Api:
    title: str
    version: str = "1.0.0"
    description: str = ""
    secured: bool = False
    schemas: tuple[Schema, ...] = ()
    operations: tuple[Operation, ...] = ()

    def schema(self, name: str) -> Schema | None:
        return next((schema for schema in self.schemas if schema.name == name), None)


def snake(name: str) -> str:
    """``LoanItem`` → ``loan_item``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).replace("-", "_").lower()


def pascal(name: str) -> str:
    """``createLoan`` and ``loan-item`` → ``CreateLoan``, ``LoanItem``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name) if word)


def singular(word: str) -> str:
    """An English plural's singular, as far as spelling tells."""
    for ending, other in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + other
    return word
