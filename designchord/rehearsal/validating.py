"""A request against its description: a sentence for each fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import jsonschema_rs

from designchord.rehearsal.described import Endpoint, Parameter

_MOST: Final = 10


class Validator:
    """Validators of one description, made when they are first needed. ``masked``: faults tell nothing of the values,
    which may be somebody's."""

    def __init__(self, *, masked: bool = False) -> None:
        self._mask = "a value" if masked else None
        self._made: dict[int, tuple[Any, Any]] = {}

    def body(self, endpoint: Endpoint, value: Any) -> list[str]:
        if endpoint.body is None:
            return []
        return self._faults(endpoint.body, value, "body")

    def parameter(self, parameter: Parameter, written: str) -> tuple[Any, list[str]]:
        """The value of a parameter, and what is wrong with it."""
        value = _typed(parameter.schema, written)
        return value, self._faults(parameter.schema, value, f"{parameter.place} parameter {parameter.name}")

    def faults(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        """What is wrong with an answer."""
        return self._faults(schema, value, "answer")

    def fits(self, schema: Mapping[str, Any], value: Any) -> bool:
        return not self._faults(schema, value, "")

    def _faults(self, schema: Mapping[str, Any], value: Any, what: str) -> list[str]:
        key = id(schema)
        if key not in self._made:
            made = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, mask=self._mask)
            self._made[key] = (schema, made)  # held, so that no other schema gets its id
        found = []
        try:
            for error in self._made[key][1].iter_errors(value):
                place = ".".join(map(str, error.instance_path))
                found.append(f"{what} {place}: {error.message}" if place else f"{what}: {error.message}")
                if len(found) == _MOST:
                    break
        except (ValueError, OverflowError):
            found.append(f"{what}: a value is out of range")
        return found


def _typed(schema: Mapping[str, Any], written: str) -> Any:
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "integer" in kinds and written.lstrip("-").isdecimal() and written.isascii() and len(written) < 19:
        return int(written)
    if "number" in kinds:
        try:
            value = json.loads(written)
        except ValueError:
            return written
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else written
    if "boolean" in kinds and written in ("true", "false"):
        return written == "true"
    if "array" in kinds:
        return [_typed(schema.get("items") or {}, part) for part in written.split(",")]
    return written
