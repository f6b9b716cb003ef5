"""Write a document: JSON and YAML that people like to read."""

from __future__ import annotations

import json
from typing import Any

import yaml


class _Dumper(yaml.CSafeDumper):
    """Without aliases: what stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_json(document: dict[str, Any]) -> str:
    """Indented JSON, keys in their order, every script readable."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def to_yaml(document: dict[str, Any]) -> str:
    """Block-style YAML, keys in their order, every script readable."""
    text: str = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=110
    )
    return text
