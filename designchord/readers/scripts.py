"""Which scripts of SQL make one database, and in which order: what tools for migrations agree on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from designchord.notation.problems import Problem
from designchord.notation.sql.reading import Schema, Script, read
from designchord.notation.sql.statements import dialect_of, shapes_tables
from designchord.readers.reading import Reading, Remark

#: Scripts that take back what others do.
_UNDOING: Final = re.compile(
    r"(?:^|[._-])down(?:\.sql)$|^down\.sql$|^U\d[\w.]*__|(?:^|[._-])(?:undo|rollback|revert)(?:[._-]|$)", re.IGNORECASE
)
#: Files whose folder is the migration, and the folder above it the list of them.
_OWN_FOLDER: Final = frozenset({"migration.sql", "up.sql"})
_LANGUAGES: Final = {
    **dict.fromkeys(("postgres", "postgresql", "pg", "pgsql", "psql"), "postgres"),
    **dict.fromkeys(("mysql", "mariadb"), "mysql"),
    **dict.fromkeys(("sqlite", "sqlite3"), "sqlite"),
    **dict.fromkeys(("mssql", "sqlserver", "tsql"), "tsql"),
    **dict.fromkeys(("oracle", "cockroach", "cockroachdb", "h2", "hsqldb", "hsql", "db2", "derby"), "other"),
}  # fmt: skip
#: Which of several is taken.
_PREFERRED: Final = ("postgres", "mysql", "sqlite", "tsql", "", "other")
#: Where the same tables stand in two folders, so much of the smaller one is a copy.
_SAME: Final = 0.5
_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_]([01]\d)[-_]([0-3]\d)(?:[-_T](\d{2,6}))?")
_REPEATED: Final = re.compile(r"^R__", re.IGNORECASE)


def read_scripts(scripts: Sequence[Script], dialect: str = "") -> list[Reading]:
    """A reading for each database that the scripts make; of one database for several systems, one is taken."""
    groups: defaultdict[str, list[Script]] = defaultdict(list)
    undone = [one for one in scripts if _is_undoing(one.name)]
    for script in scripts:
        if script not in undone and shapes_tables(script.text):
            groups[_group(script.name)].append(script)
    readings = [_summed(_read_group(name, found, dialect)) for name, found in groups.items()]
    return _without_copies([one for one in readings if one.facts.entities or one.remarks])


def _summed(reading: Reading) -> Reading:
    """Scripts that change tables which are not given have one thing to say, however many they are."""
    if reading.facts.entities or len(reading.remarks) < 2:
        return reading
    message = f"{reading.name} changes tables that are made elsewhere, and was not read."
    remark = Remark(reading.name, Problem(code="sql.not_understood", severity="warning", message=message))
    return replace(reading, remarks=(remark,))


def _is_undoing(name: str) -> bool:
    return bool(_UNDOING.search(PurePosixPath(name).name))


def _group(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent.parent if path.name in _OWN_FOLDER else path.parent)


def _read_group(name: str, scripts: list[Script], dialect: str) -> Reading:
    chosen, others = _of_one_language(scripts, dialect)
    chosen.sort(key=lambda one: _order(one.name))
    schema: Schema = read(chosen, _named_language(chosen) or dialect or dialect_of(one.text for one in chosen))
    remarks = [Remark(file, problem) for file, problem in schema.problems]
    if others:
        message = f"{len(others)} scripts for other databases were not read, such as {others[0].name}."
        remarks.append(Remark(name, Problem(code="sql.other_database", severity="info", message=message)))
    shown = chosen[0].name if len(chosen) == 1 else name
    return Reading(shown, "sql", schema.facts, dialect=schema.dialect, remarks=tuple(remarks))


def _of_one_language(scripts: list[Script], dialect: str) -> tuple[list[Script], list[Script]]:
    """The scripts for one database: those that name it, and those that name none unless it has its own of that step."""
    languages = {one.name: _language(PurePosixPath(one.name).name) for one in scripts}
    named = {language for language in languages.values() if language}
    if not named:
        return list(scripts), []
    order = (dialect, *_PREFERRED) if dialect else _PREFERRED
    best = next(one for one in order if one in named)
    own = {_step(name) for name, language in languages.items() if language == best}
    chosen = [
        one
        for one in scripts
        if languages[one.name] == best or (not languages[one.name] and _step(one.name) not in own)
    ]
    return chosen, [one for one in scripts if languages[one.name] not in ("", best)]


def _language(name: str) -> str:
    words = re.split(r"[._-]", name.lower())
    return next((_LANGUAGES[word] for word in words if word in _LANGUAGES), "")


def _step(name: str) -> str:
    """A script's name without the database that it is for."""
    return ".".join(word for word in PurePosixPath(name).name.lower().split(".") if word not in _LANGUAGES)


def _named_language(scripts: Iterable[Script]) -> str:
    """The language that a file or folder is named for, where sqlglot knows it."""
    for script in scripts:
        for part in reversed(PurePosixPath(script.name).parts):
            found = _language(part)
            if found:
                return "" if found == "other" else found
    return ""


def _order(name: str) -> tuple[bool, list[tuple[int, int, str]]]:
    """Numbers in names count as numbers; what is run again after each change comes last."""
    file = PurePosixPath(name).name
    # A date is one number, however it is written: 2017-09-23-182408 comes after 20140924113530.
    dated = _DATE.sub(lambda found: "".join(found.groups("")), re.sub(r"\.(?:up\.)?sql$", "", name))
    parts = re.split(r"(\d+)", dated)
    return bool(_REPEATED.match(file)), [(0, int(one), "") if one.isdigit() else (1, 0, one) for one in parts if one]


def _without_copies(readings: list[Reading]) -> list[Reading]:
    """Of folders with the same tables, such as one for each database, the one that is read best."""
    order = sorted(readings, key=lambda one: (_rank(one), -len(one.facts.entities)))
    kept: list[tuple[Reading, set[str]]] = []
    for reading in order:
        tables = {entity.name.lower() for entity in reading.facts.entities}
        twin = next((at for at, (_, known) in enumerate(kept) if _same(tables, known)), None)
        if twin is None:
            kept.append((reading, tables))
            continue
        first, known = kept[twin]
        message = f"{reading.name} describes the same tables again and was not read."
        remark = Remark(reading.name, Problem(code="sql.same_tables", severity="info", message=message))
        kept[twin] = (_with_remark(first, remark), known)
    return [reading for reading, _ in kept]


def _with_remark(reading: Reading, remark: Remark) -> Reading:
    return replace(reading, remarks=(*reading.remarks, remark))


def _same(tables: set[str], known: set[str]) -> bool:
    smaller = min(len(tables), len(known))
    return smaller > 0 and len(tables & known) >= _SAME * smaller


def _rank(reading: Reading) -> int:
    named = next((_language(part) for part in reversed(PurePosixPath(reading.name).parts) if _language(part)), "")
    return _PREFERRED.index(named or reading.dialect if (named or reading.dialect) in _PREFERRED else "other")
