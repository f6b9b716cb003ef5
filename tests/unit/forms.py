"""A prompt's form, filled in as a good model would."""

from __future__ import annotations

import re

_WORDS = {
    "ActorName": "Member",
    "ServiceName": "PaymentGateway",
    "EntityName": "Loan",
    "OtherEntity": "Member",
    "other_entity": "member",
    "entity_name": "loan",
    "attribute_name": "status",
    "value_one": "active",
    "value_two": "returned",
    "verbNoun": "createLoan",
    "verbNouns": "listLoans",
    "plural-noun": "loans",
    "verb": "return",
    "own_filter": "due_before",
    "own_field": "email",
    "scenario-id": "borrow-book",
    "must, should or could": "should",
    "quality or constraint": "quality",
    "its label": "상태",
    "why it is refused": "이미 대여 중인 책",
}


def fill(form: str) -> str:
    """Each marked place with a word that fits; places for prose with Korean prose."""
    return re.sub(r"<([A-Za-z][\w ',-]*)>", lambda match: _WORDS.get(match[1], "대여 이야기"), form)
