"""The page's modules as one script for an engine that has neither files nor a document.

Every module becomes a function that is called once, in the order in which they need each other. Only the forms of
``import`` and ``export`` that the page's modules use are known; a module with another one fails when the script is run,
which a test does.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

MODULES: Final = Path(__file__).parents[2] / "web" / "static" / "js"

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
_RENAMED: Final = re.compile(r"(\w+) as (\w+)")
_EXPORT: Final = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.MULTILINE)


def link(entries: Iterable[str], instead: Mapping[str, str]) -> str:
    """A script that leaves modules by their path in ``linked``. ``instead`` gives, for paths below the page's modules,
    expressions that stand in for them."""
    done: dict[str, str] = {}
    for entry in entries:
        _add(entry, instead, done)
    body = "\n".join(f"modules[{name!r}] = {text};" for name, text in done.items())
    return f"const linked = (() => {{ const modules = {{}};\n{body}\nreturn modules; }})()"


def _add(name: str, instead: Mapping[str, str], done: dict[str, str]) -> None:
    if name in done:
        return
    if name in instead:
        done[name] = f"({instead[name]})"
        return
    source = (MODULES / name).read_text("utf-8")

    def taken(match: re.Match[str]) -> str:
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))
        _add(wanted, instead, done)
        names = _RENAMED.sub(r"\1: \2", match[1])
        return f"const {{{names}}} = modules[{wanted!r}];"

    body = _IMPORT.sub(taken, source)
    exported = ", ".join(match[2] for match in _EXPORT.finditer(source))
    kept = _EXPORT.sub(r"\1 \2", body)
    done[name] = f"(() => {{ {kept}\nreturn {{ {exported} }}; }})()"


def bundled(path: Path) -> str:
    """A bundle of modules, which ends with what it exports, as an expression."""
    source = path.read_text("utf-8").rstrip()
    body, _, exported = source.rpartition("export{")
    names = (one.partition(" as ") for one in exported.rstrip(";}").split(","))
    return f"(() => {{ {body}\nreturn {{ {', '.join(f'{known or own}: {own}' for own, _, known in names)} }}; }})()"
