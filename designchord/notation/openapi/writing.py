"""Write a document: JSON and YAML that people like to read."""

from __future__ import annotations

import json
from typing import Any

import orjson
import yaml

#: Keys that YAML reads as numbers (a response's status) are written as text, as ``json`` does.
_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS


class _Dumper(yaml.CSafeDumper):
    """Without aliases: what stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_json(document: dict[str, Any]) -> str:
    """Indented JSON, keys in their order, every script readable."""
    try:
        return orjson.dumps(document, option=_INDENTED).decode()
    except orjson.JSONEncodeError:  # numbers beyond 64 bits, halves of surrogate pairs
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def to_yaml(document: dict[str, Any]) -> str:
    """Block-style YAML, keys in their order, every script readable."""
    text: str = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=110
    )
    return text
