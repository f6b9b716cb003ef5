"""How frameworks write down what people mean: names of tables and columns, tables of their own, tables that only join.

What differs by convention alone is no difference.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

from designchord.blueprint.naming import fold, singular, split_words
from designchord.consistency.names import pointed_entity
from designchord.notation.facts import AttributeFact, EntityFact

#: Tables in which tools keep their own books; compared by their letters alone.
_BOOKKEEPING: Final = re.compile(
    r"alembicversions?|schemamigrations?|(?:flyway)?schema(?:history|version)|arinternalmetadata|prismamigrations"
    r"|djangomigrations|djangocontenttype|djangosession|djangoadminlog|djangosite|databasechangelog(?:lock)?"
    r"|knexmigrations(?:lock)?|sequelizemeta|goosedbversion|gorpmigrations|typeormmetadata|migrations?(?:lock)?"
    r"|(?:doctrine)?migrationversions|dieselschemamigrations|efmigrationshistory|shedlock|spatialrefsys|sqlxmigrations"
    r"|schemamigration|authpermission|authgrouppermissions|authusergroups|authuseruserpermissions|kyselymigration(?:lock)?"
    r"|drizzlemigrations|schemainfo|dbversion|geometrycolumns|geographycolumns|rastercolumns|rasteroverviews"
)
#: Words that say nothing of what a table holds.
_TABLE_WORDS: Final = frozenset({"tb", "tbl", "t"})
#: Of so many tables, so large a share begins with one word: it is the system's name.
_MIN_TABLES, _SHARE = 3, 0.7

_TIMES: Final = {
    "createdat": "created createdat createdon createddate createdtime datecreated insertedat creationdate creationtime"
    " createtime createdate gmtcreate dateadded addedat addedon dateadd crdate createdts",
    "updatedat": "updated updatedat updatedon updateddate updatedtime dateupdated modified modifiedat modifiedon"
    " lastmodified lastmodifiedat lastmodifieddate datemodified modifieddate updatetime updatedate gmtmodified"
    " lastupdated lastupdate lastupdatedat changedat updatedts",
    "deletedat": "deleted deletedat deletedon deleteddate isdeleted removedat discardedat",
    "createdby": "createdby createdbyid creatorid createduser createduserid",
    "updatedby": "updatedby updatedbyid modifiedby lastmodifiedby modifiedbyid",
    "password": "password passwordhash hashedpassword encryptedpassword passworddigest passwd pwhash pwd",
}
_SAME: Final = {word: key for key, words in _TIMES.items() for word in words.split()}
#: Columns that frameworks add of their own accord.
_ADDED: Final = frozenset(
    ("createdat", "updatedat", "deletedat", "createdby", "updatedby", "version", "lockversion", "rowversion", "optlock")
)
_KEY_WORDS: Final = frozenset({"id", "ids", "uuid", "fk", "key", "guid", "pk"})


def is_bookkeeping(table: str) -> bool:
    """Whether a table is a tool's own, which no design speaks of."""
    return _BOOKKEEPING.fullmatch(re.sub(r"[^a-z]", "", table.rpartition(".")[2].lower())) is not None


def bare_names(tables: Sequence[str]) -> dict[str, str]:
    """What each table is called without what a framework puts before it: ``library_loan`` → ``loan``.

    A first word that nearly all tables share is the system's; with Django's own tables beside them, one that two share
    is an application's. A name that another table would then have as well stays whole.
    """
    words = {name: split_words(name.rpartition(".")[2]) for name in tables}
    named = [words[name] for name in tables if not is_bookkeeping(name)]
    # What begins with another table's whole name is a part of that thing, and says nothing of the system's name.
    own = _of_themselves(named)
    first = Counter(one[0] for one in own if len(one) > 1)
    shared = Counter(one[0] for one in named if len(one) > 1)
    django = any(name.lower().startswith("django_") for name in tables)
    things = {one[0] for one in own if len(one) == 1}
    prefixes = {
        word
        for word, count in shared.items()
        if (first[word] >= _MIN_TABLES and first[word] >= _SHARE * len(own))
        or (django and count >= 2)
        or (word in _TABLE_WORDS and count >= 2)
    } - things
    prefixes |= {"auth"} if django else set()
    bare = {}
    for name, parts in words.items():
        rest = parts[1:] if len(parts) > 1 and parts[0] in prefixes else parts
        if len(rest) > 1 and rest[-1] in _TABLE_WORDS | {"table"}:
            rest = rest[:-1]
        bare[name] = "_".join(rest) or name
    counted = Counter(fold(name) for name in bare.values())
    return {name: short if counted[fold(short)] == 1 else "_".join(words[name]) or name for name, short in bare.items()}


def _of_themselves(names: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The names that do not begin with another: of ``loan``, ``loan_item`` and ``member`` the first and the last."""
    known = {tuple(one) for one in names}
    return [name for name in known if not any(name[:end] in known for end in range(1, len(name)))]


@lru_cache(maxsize=8192)
def column_key(name: str) -> str:
    """The spelling under which a column is compared: ``createdOn`` = ``created_at``, ``isActive`` = ``active``."""
    folded = fold(name) or name.strip().lower()
    if folded in _SAME:
        return _SAME[folded]
    words = split_words(name)
    if len(words) > 1 and words[0] in ("is", "has") and folded not in _SAME:
        return "".join(words[1:])
    return folded


def is_added(column: str) -> bool:
    """Whether a column is one that frameworks add to every table."""
    return column_key(column) in _ADDED


def is_own_key(name: str, entity: str) -> bool:
    """Whether a name is how an entity's own key is called: ``id``, ``uuid``, ``loan_id``."""
    words = split_words(name)
    if not words or words[-1] not in _KEY_WORDS | {"no", "code"}:
        return False
    return len(words) == 1 or fold("_".join(words[:-1])) == fold(entity)


def pair_columns(
    wanted: Sequence[AttributeFact], have: Sequence[AttributeFact], entity: str
) -> tuple[list[tuple[AttributeFact, AttributeFact]], list[AttributeFact], list[AttributeFact]]:
    """Attributes that are the same by name or by convention; those that are left of either side."""
    pairs: list[tuple[AttributeFact, AttributeFact]] = []
    left, right = list(wanted), list(have)

    def take(same: Iterable[tuple[AttributeFact, AttributeFact]]) -> None:
        for one, other in list(same):
            if one in left and other in right:
                pairs.append((one, other))
                left.remove(one)
                right.remove(other)

    take((a, b) for a in left for b in right if a.name == b.name)
    take((a, b) for a in left for b in right if fold(a.name) == fold(b.name))
    take((a, b) for a in left for b in right if column_key(a.name) == column_key(b.name))
    take((a, b) for a in left for b in right if _same_pointer(a, b))
    take((a, b) for a in left for b in right if _prefixed(a.name, b.name, entity))
    take((a, b) for a in left for b in right if is_own_key(a.name, entity) and is_own_key(b.name, entity))
    return pairs, left, right


def _same_pointer(one: AttributeFact, other: AttributeFact) -> bool:
    """``member_id``, ``memberUuid`` and ``member`` hold the same thing where both point."""
    if not (_points(one) and _points(other)):
        return False
    return pointed_entity(one.name) == pointed_entity(other.name)


def _points(fact: AttributeFact) -> bool:
    """Whether an attribute points: by a key, by its name, or by showing the other thing whole."""
    return fact.foreign or _is_pointer(fact.name) or fact.type[:1].isupper()


def _prefixed(one: str, other: str, entity: str) -> bool:
    """``visit_date`` of a visit is its ``date``."""
    return fold(one) == fold(entity) + fold(other) or fold(other) == fold(entity) + fold(one)


def _is_pointer(name: str) -> bool:
    words = split_words(name)
    return len(words) > 1 and words[-1] in _KEY_WORDS


def joined_ends(table: EntityFact, tables: Collection[str]) -> tuple[str, str] | None:
    """The two tables that a table does nothing but join, by its keys or else by its columns' names."""
    keys = [one for one in table.attributes if one.references]
    if not keys:
        folded = {fold(name): name for name in tables}
        named = [(one, folded.get(pointed_entity(one.name))) for one in table.attributes if _is_pointer(one.name)]
        ends = [name for _, name in named if name]
        keys = [one for one, name in named if name]
    else:
        ends = [one.references for one in keys]
    rest = [one for one in table.attributes if one not in keys]
    plain = all(is_own_key(one.name, table.name) or is_added(one.name) for one in rest)
    return (ends[0], ends[1]) if len(ends) == 2 and plain else None


def thing_of_path(path: str) -> str:
    """The last word of a path that names what it is about, in the singular: ``/shops/{id}/orders`` → ``order``."""
    words = [part for part in path.split("/") if part and not part.startswith("{")]
    return "_".join(singular(word) for word in split_words(words[-1])) if words else ""
