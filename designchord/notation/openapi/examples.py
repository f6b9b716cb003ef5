"""Plausible example values that fit a field's type, the same ones every time."""

from __future__ import annotations

import math
import re
import uuid
from functools import lru_cache
from typing import Any, Final

from designchord.notation.openapi.api import Field, Schema, Type
from designchord.notation.openapi.wording import word

_PLAIN: Final[dict[str, Any]] = {
    "boolean": True,
    "date": "2026-03-02",
    "datetime": "2026-03-02T09:30:00Z",
    "time": "09:30:00Z",
    "email": "user@example.com",
    "url": "https://example.com/",
    "json": {},
}
#: Endings of names with values that people expect there; the longest ending that fits counts.
_TEXTS: Final[dict[str, str]] = {
    "phone": "010-1234-5678",
    "phone_number": "010-1234-5678",
    "mobile": "010-1234-5678",
    "password": "correct-horse-7",
    "token": "eyJhbGciOiJIUzI1NiJ9",
    "currency": "KRW",
    "country": "KR",
    "language": "ko",
    "locale": "ko-KR",
    "timezone": "Asia/Seoul",
    "color": "#2f6feb",
    "isbn": "9788936434120",
    "ip": "203.0.113.7",
    "slug": "first-entry",
    "code": "A-1024",
    "number": "A-1024",
    "version": "1.0.0",
    "plate_number": "12A3456",
}
_NAMES: Final = ("name", "title", "subject", "label")
_SENTENCES: Final = (
    *("description", "content", "contents", "body", "text", "note", "notes", "memo", "comment", "message", "reason"),
    *("summary", "about", "bio", "remarks", "feedback", "review", "answer", "question"),
)
_PERSONAL: Final = ("full_name", "first_name", "nickname", "username", "user_name", "author", "author_name")
_PERSON: Final = re.compile(
    r"(?:User|Member|Person|People|Customer|Client|Author|Employee|Staff|Student|Teacher|Doctor|Patient|Guest|Driver|"
    r"Admin|Administrator|Owner|Contact|Instructor|Manager|Volunteer|Seller|Buyer|Writer|Librarian|Neighbou?r)\Z"
)
_NUMBERS: Final[dict[str, int]] = {
    "year": 2026,
    "month": 3,
    "day": 2,
    "age": 29,
    "price": 12000,
    "amount": 12000,
    "cost": 12000,
    "fee": 1000,
    "total": 24000,
    "balance": 50000,
    "rating": 4,
    "score": 80,
    "rate": 5,
    "percent": 10,
    "quantity": 2,
    "count": 3,
    "stock": 25,
    "capacity": 20,
    "limit": 100,
    "minutes": 60,
    "hours": 2,
    "latitude": 37,
    "longitude": 127,
}


def example(field: Field, kind: Type, language: str, owner: Schema | None = None) -> Any:
    """A value for a field (of a schema) that is not a reference; given examples are used where they fit the type."""
    given = value_of(field.example, kind) if field.example is not None else None
    if given is None and field.default is not None:
        given = value_of(field.default, kind)
    value = given if given is not None else _value(field, kind, language, owner)
    return [value] if kind.many else value


def value_of(text: str, kind: Type) -> Any | None:
    """A written value as a value of a type, or ``None`` when it is none."""
    if kind.name == "enum":
        return text if text in kind.values else None
    if kind.name == "boolean":
        return {"true": True, "false": False}.get(text.lower())
    if kind.name in ("integer", "decimal"):
        return _number_of(text, kind)
    if kind.name in ("string", "text"):
        return text if (kind.low or 0) <= len(text) <= (math.inf if kind.high is None else kind.high) else None
    return None


def _number_of(text: str, kind: Type) -> float | int | None:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    if not math.isfinite(number) or (kind.name == "integer" and not number.is_integer()):
        return None
    if not (-math.inf if kind.low is None else kind.low) <= number <= (math.inf if kind.high is None else kind.high):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _value(field: Field, kind: Type, language: str, owner: Schema | None) -> Any:
    if kind.name == "uuid":
        # A key and what points to it have the same value, so that examples fit together.
        thing = field.references or (owner.name if owner and field.name == "id" else field.name)
        return _identifier(thing)
    if kind.name == "enum":
        return kind.values[0] if kind.values else ""
    if kind.name in ("integer", "decimal"):
        return _number(field, kind)
    if kind.name in ("string", "text", "file"):
        return _fitting(_text(field, language, owner), kind)
    return _PLAIN.get(kind.name)


@lru_cache(maxsize=1024)
def _identifier(thing: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, thing))


def _number(field: Field, kind: Type) -> float | int:
    number: float = _NUMBERS.get(_ending(field.name, _NUMBERS), 1)
    low, high = kind.low, kind.high
    if low is not None and number < low:
        number = low
    if high is not None and number > high:
        number = high
    if kind.name == "integer":
        # Bounds of an integer may be fractions; the value has to be whole and between them where that is possible.
        whole = math.ceil(number) if low is not None and number == low else math.floor(number)
        return int(whole)
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else number


def _text(field: Field, language: str, owner: Schema | None) -> str:
    ending = _ending(field.name, _TEXTS)
    if ending:
        return _TEXTS[ending]
    of_person = owner is not None and bool(_PERSON.search(owner.name))
    if field.name in _PERSONAL or (field.name == "name" and of_person):
        return word(language, "person")
    if field.name in _NAMES and owner is not None:
        return f"{word(language, 'named')} {owner.label.strip() or owner.name}"
    if field.name in _SENTENCES:
        return word(language, "sentence")
    return field.label.strip() or field.name.replace("_", " ")


def _ending(name: str, table: dict[str, Any]) -> str:
    parts = name.lower().split("_")
    endings = ("_".join(parts[index:]) for index in range(len(parts)))
    return next((ending for ending in endings if ending in table), "")


def _fitting(text: str, kind: Type) -> str:
    low, high = int(kind.low or 0), None if kind.high is None else int(kind.high)
    if len(text) < low:
        text = (text + " ") * (low // (len(text) + 1) + 1)
        text = text[:low]
    return text if high is None else text[:high]
