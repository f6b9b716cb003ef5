"""Write a document: JSON and YAML that people like to read."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
import yaml

#: Keys that YAML reads as numbers (a response's status) are written as text, as ``json`` does.
_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS


class _Dumper(yaml.CSafeDumper):
    """Without aliases: what stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


#: What only YAML 1.2 reads as a number: PyYAML, which knows 1.1, would leave such a text without quotes.
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
    ),
    list("-+.0123456789"),
)


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
