"""The API that follows from a blueprint's entities and operations alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from designchord.blueprint.model import Attribute, Blueprint, Entity
from designchord.blueprint.model import Operation as Planned
from designchord.blueprint.naming import singular
from designchord.notation.openapi.api import PARAMETER, Api, Body, Field, Operation, Result, Schema, Type
from designchord.notation.openapi.wording import word

_SIGN_IN: Final = re.compile(
    r"(?:^|/)(?:login|log-in|signin|sign-in|sessions?|tokens?|signup|sign-up|register|auth)(?:/|$)"
)
_LOG_IN: Final = re.compile(r"(?:^|/)(?:login|log-in|signin|sign-in|sessions?|tokens?|auth)$")
_SYSTEM_FIELDS: Final = ("created_at", "updated_at")
#: What proves who somebody is, as it is sent; how it is kept is nobody's business.
_PROOFS: Final = frozenset({"password", "passwd", "pin", "otp", "passcode", "verification_code"})
_KEPT_SECRET: Final = re.compile(
    r"(?:password|passwd|pin|token|secret)_?(?:hash|digest|salt)$|^(?:hash|salt)$|_secret$"
)


def api_of(blueprint: Blueprint) -> Api:
    """The model of the API; ``compile_api`` makes the document."""
    return _Compiling(blueprint).api()


class _Compiling:
    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.entities = {entity.name: entity for entity in reversed(blueprint.entities)}
        # Grounds in a blueprint for asking who calls: a way to sign in, or a refusal of whoever has not.
        self.secured = any(_is_sign_in(one) or _refuses_strangers(one) for one in blueprint.operations)
        accounts = [[one.entity for one in blueprint.operations if is_it(one)] for is_it in (_is_log_in, _is_sign_up)]
        self.account = next((entity for found in accounts for entity in found if entity), "")
        self.main = self._main_actor()

    def api(self) -> Api:
        return Api(
            title=self.blueprint.title,
            description=self.blueprint.summary,
            secured=self.secured,
            schemas=tuple(_schema(entity) for entity in reversed(self.entities.values())),
            operations=tuple(map(self._operation, self.blueprint.operations)),
        )

    def _main_actor(self) -> str:
        """Whose operations are open to everybody who has signed in: the account's, else the one who does most."""
        people = [actor.id for actor in self.blueprint.actors if actor.kind == "person"]
        if self.account in people:
            return self.account
        done = [operation.actor for operation in self.blueprint.operations]
        return max(people, key=done.count, default="")

    def _operation(self, operation: Planned) -> Operation:
        entity = operation.entity if operation.entity in self.entities else ""
        sent = self._sent(operation)
        public = _is_sign_in(operation) or _is_sign_up(operation)
        people = {actor.id for actor in self.blueprint.actors if actor.kind == "person"}
        restricted = not public and operation.actor in people and operation.actor != self.main
        return Operation(
            method=operation.method,
            path=operation.path,
            id=operation.id,
            label=operation.summary,
            section=operation.section,
            entity=entity,
            body=None if sent is None else Body(fields=tuple(Field(name) for name in sent)),
            query=tuple(Field(name) for name in operation.filters),
            result=self._result(operation, entity),
            errors=(*operation.errors, *((code, "") for code in self._implied_errors(operation, sent or ()))),
            requirements=operation.requirements,
            public=public,
            roles=(operation.actor,) if restricted and operation.actor else (),
        )

    def _result(self, operation: Planned, entity: str) -> Result:
        if _is_log_in(operation) and self.secured:
            return Result("one", fields=self._token(), status=200)
        return Result(operation.returns, entity) if entity and operation.returns != "none" else Result()

    def _token(self) -> tuple[Field, ...]:
        """What a log-in answers with: without it nobody could make the next call."""
        kinds = {"access_token": Type(), "token_type": Type("enum", values=("Bearer",)), "expires_in": Type("integer")}
        examples = {"access_token": "eyJhbGciOiJIUzI1NiJ9", "expires_in": "3600"}
        return tuple(
            Field(name, kind, True, word(self.blueprint.language, name), example=examples.get(name))
            for name, kind in kinds.items()
        )

    def _sent(self, operation: Planned) -> tuple[str, ...] | None:
        """What a caller sends: the named fields, else those of the entity that neither path nor system give."""
        given = set(PARAMETER.findall(operation.path))
        if operation.request:
            return tuple(name for name in operation.request if name not in given)
        entity = self.entities.get(operation.entity or "")
        if entity is None or operation.method not in ("POST", "PUT", "PATCH"):
            return None
        if not _is_creating(operation) and not (operation.method != "POST" and operation.path.endswith("}")):
            return ()
        own = self.account if self.secured and operation.actor in (None, self.main) else None
        return tuple(
            attribute.name
            for attribute in entity.attributes
            if not _is_set_by_system(attribute)
            and attribute.name not in given
            and not (own and attribute.references == own)
        )

    def _implied_errors(self, operation: Planned, sent: Iterable[str]) -> list[int]:
        """Refusals that follow from the keys, where the blueprint has none of that status."""
        entity = self.entities.get(operation.entity or "")
        stated = {code for code, _ in operation.errors}
        implied = []
        if _is_log_in(operation) and operation.request:
            implied.append(401)
        elif entity is not None and operation.method in ("POST", "PUT", "PATCH"):
            unique = {attribute.name for attribute in entity.attributes if attribute.unique}
            if unique & set(sent) or (_is_creating(operation) and _is_link(entity)):
                implied.append(409)
        elif entity is not None and operation.method == "DELETE" and self._is_held(entity):
            implied.append(409)
        return [code for code in implied if code not in stated]

    def _is_held(self, entity: Entity) -> bool:
        """Whether others cannot be without it."""
        return any(
            attribute.references == entity.name and attribute.required and attribute.key == "foreign"
            for other in self.entities.values()
            if other is not entity and not other.name.startswith(entity.name)
            for attribute in other.attributes
        )


def _is_sign_in(operation: Planned) -> bool:
    return operation.method == "POST" and bool(_SIGN_IN.search(operation.path))


def _refuses_strangers(operation: Planned) -> bool:
    return any(code == 401 for code, _ in operation.errors)


def _is_log_in(operation: Planned) -> bool:
    proven = bool(_PROOFS & set(operation.request)) or not operation.request
    return operation.method == "POST" and bool(_LOG_IN.search(operation.path)) and proven


def _is_sign_up(operation: Planned) -> bool:
    """Whether somebody who has no account yet makes one: they choose a password."""
    fresh = operation.method == "POST" and "{" not in operation.path
    return fresh and bool(_PROOFS & set(operation.request)) and not _is_log_in(operation)


def _is_creating(operation: Planned) -> bool:
    before, _, last = operation.path.rpartition("/")
    acts = before.endswith("}") and singular(last) == last
    return operation.method == "POST" and operation.returns != "none" and not last.startswith("{") and not acts


def _is_link(entity: Entity) -> bool:
    """Whether an entity says nothing but that others belong together, and since when."""
    keys = [one for one in entity.attributes if one.key in ("foreign", "primary_foreign")]
    rest = [one for one in entity.attributes if one.key == "none" and one.name not in _SYSTEM_FIELDS]
    return len(keys) > 1 and not rest


def _is_set_by_system(attribute: Attribute) -> bool:
    hidden = attribute.key in ("primary", "primary_foreign") or attribute.name in _SYSTEM_FIELDS
    return hidden or attribute.visibility != "shown" or bool(_KEPT_SECRET.search(attribute.name))


def _schema(entity: Entity) -> Schema:
    """What callers see of an entity: all but what is kept secret."""
    fields = {
        attribute.name: _field(attribute)
        for attribute in reversed(entity.attributes)
        if not _KEPT_SECRET.search(attribute.name) and attribute.visibility != "hidden"
    }
    return Schema(entity.name, entity.label, entity.description, tuple(reversed(fields.values())))


def _field(attribute: Attribute) -> Field:
    values = tuple(dict.fromkeys(value for value in attribute.values if value))
    name = attribute.type if attribute.type != "enum" or values else "string"
    return Field(
        attribute.name,
        Type(name, values=values if name == "enum" else ()),
        required=attribute.required,
        label=attribute.label,
        read_only=attribute.key == "primary" or attribute.visibility == "computed" or attribute.name in _SYSTEM_FIELDS,
        write_only=attribute.name in _PROOFS,
        unique=attribute.unique,
        references=attribute.references or "",
    )
