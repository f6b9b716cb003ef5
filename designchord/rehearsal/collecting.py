"""An API's operations as requests to be sent by hand: an ``.http`` file, a collection for Postman or Bruno."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from designchord.notation.sql.naming import one_line
from designchord.rehearsal.acting import TOKEN
from designchord.rehearsal.described import Description, Endpoint, properties_of
from designchord.rehearsal.inventing import invent

#: Where `designchord mock` serves.
BASE: Final = "http://127.0.0.1:8090"
_SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def http_file(description: Description, title: str, actor: str) -> str:
    """Requests in the form that editors send (JetBrains, VS Code's REST Client)."""
    lines = [f"# {one_line(title)}", f"@base = {BASE}", f"@token = {TOKEN}{actor}", ""]
    for endpoint in description.endpoints:
        path = re.sub(r"\{([^{}]+)\}", r"{{\1}}", endpoint.template)
        lines += [f"### {endpoint.id}", f"{endpoint.method} {{{{base}}}}{path}{_query(endpoint)}"]
        if endpoint.secured:
            lines.append("Authorization: Bearer {{token}}")
        body = _body(endpoint)
        if body is not None:
            lines += [f"Content-Type: {endpoint.media}", "", json.dumps(body, ensure_ascii=False, indent=2)]
        lines.append("")
    return "\n".join(lines)


def collection(description: Description, title: str, actor: str) -> dict[str, Any]:
    """A collection of version 2.1."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for endpoint in description.endpoints:
        item = description.document["paths"][endpoint.template].get(endpoint.method.lower()) or {}
        tags = item.get("tags") or [""]
        folders.setdefault(str(tags[0]), []).append(_request(endpoint, str(item.get("summary") or endpoint.id)))
    items: list[dict[str, Any]] = []
    for name, requests in folders.items():
        items += [{"name": name, "item": requests}] if name else requests
    variables = {"base": BASE, "token": f"{TOKEN}{actor}"}
    return {
        "info": {"name": one_line(title), "schema": _SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": key, "value": value} for key, value in variables.items()],
        "item": items,
    }


def _request(endpoint: Endpoint, name: str) -> dict[str, Any]:
    path = [f":{part[1:-1]}" if part.startswith("{") else part for part in endpoint.segments]
    query = [
        {"key": one.name, "value": "", "disabled": not one.required}
        for one in endpoint.parameters
        if one.place == "query"
    ]
    url: dict[str, Any] = {"raw": "{{base}}/" + "/".join(path), "host": ["{{base}}"], "path": path}
    if query:
        url["query"] = query
    variables = [{"key": part[1:], "value": ""} for part in path if part.startswith(":")]
    if variables:
        url["variable"] = variables
    request: dict[str, Any] = {"method": endpoint.method, "header": [], "url": url}
    if not endpoint.secured:
        request["auth"] = {"type": "noauth"}
    body = _body(endpoint)
    if body is not None:
        request["header"].append({"key": "Content-Type", "value": endpoint.media})
        raw = json.dumps(body, ensure_ascii=False, indent=2)
        request["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    return {"name": name, "request": request}


def _body(endpoint: Endpoint) -> Any:
    if endpoint.body is None:
        return None
    properties: Mapping[str, Any] = properties_of(endpoint.body)
    return {name: invent(one, name) for name, one in properties.items()} if properties else invent(endpoint.body)


def _query(endpoint: Endpoint) -> str:
    wanted = [one for one in endpoint.parameters if one.place == "query" and one.required]
    return "?" + "&".join(f"{one.name}={invent(one.schema, one.name)}" for one in wanted) if wanted else ""
