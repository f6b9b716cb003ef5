"""Other words for what a blueprint knows: types, cardinalities, methods, lists. Data, read by the normaliser."""

from __future__ import annotations

from typing import Final

_TYPE_WORDS = {
    "uuid": "uuid guid ulid uniqueidentifier",
    "string": "string str varchar char character nvarchar varchartwo slug phone password token tsid nanoid inet cidr",
    "text": "text longtext mediumtext tinytext clob markdown html richtext",
    "integer": "integer int bigint smallint tinyint mediumint long short serial bigserial autoincrement number byte",
    "decimal": "decimal numeric money currency float double doubleprecision real",
    "boolean": "boolean bool bit flag",
    "date": "date localdate",
    "datetime": "datetime timestamp timestamptz localdatetime instant offsetdatetime zoneddatetime datetimetz",
    "time": "time localtime duration interval",
    "enum": "enum enumeration choice",
    "email": "email emailaddress",
    "url": "url uri link",
    "json": "json jsonb object map dict array list point geometry geography location",
    "file": "file blob binary image bytea attachment media longblob",
}
#: Any usual name of a type, letters only → the blueprint's type.
TYPES: Final = {word: kind for kind, words in _TYPE_WORDS.items() for word in words.split()}

_ONE = ("1", "one", "01", "0..1", "1..1", "||", "|o", "o|", "zeroorone")
_MANY = ("n", "m", "*", "many", "0..*", "1..*", "0..n", "1..n", "o{", "|{", "}o", "}|", "zeroormore", "oneormore")

#: A cardinality with its separators left out → the blueprint's, and whether the sides must be swapped.
CARDINALITIES: Final[dict[str, tuple[str, bool]]] = {
    **{left + middle + right: ("one_to_one", False) for left in _ONE for right in _ONE for middle in ("", "to")},
    **{left + middle + right: ("one_to_many", False) for left in _ONE for right in _MANY for middle in ("", "to")},
    **{left + middle + right: ("one_to_many", True) for left in _MANY for right in _ONE for middle in ("", "to")},
    **{left + middle + right: ("many_to_many", False) for left in _MANY for right in _MANY for middle in ("", "to")},
    "hasmany": ("one_to_many", False),
    "hasone": ("one_to_one", False),
    "belongsto": ("one_to_many", True),
}

METHODS: Final = {method: method for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}

#: What the system's own sides are called, folded → their name in a blueprint.
SYSTEM_NAMES: Final = {
    **dict.fromkeys(
        ("system", "api", "server", "service", "app", "application", "backend", "platform", "website", "siseutem"),
        "System",
    ),
    **dict.fromkeys(("database", "db", "storage", "repository", "deiteobeiseu"), "Database"),
}

_LIST_WORDS = {
    "title": "title name projecttitle projectname",
    "summary": "summary description overview purpose",
    "actors": "actor user role persona stakeholder",
    "requirements": "requirement functionalrequirement nonfunctionalrequirement userstory demand",
    "entities": "entity model table datamodel class resource",
    "relations": "relation relationship association",
    "operations": "operation endpoint api apioperation apiendpoint route",
    "scenarios": "scenario usecase flow story sequence",
    "assumptions": "assumption",
    "questions": "question openquestion openissue",
}
#: A folded key of the answer's object → the blueprint's field.
LISTS: Final = {word: field for field, words in _LIST_WORDS.items() for word in words.split()}

PRIORITIES: Final = {
    **dict.fromkeys(("must", "musthave", "high", "critical", "p0", "p1", "required", "mandatory", "1"), "must"),
    **dict.fromkeys(("should", "shouldhave", "medium", "normal", "p2", "2"), "should"),
    **dict.fromkeys(("could", "couldhave", "low", "optional", "nice", "nicetohave", "p3", "wont", "3"), "could"),
}

REQUIREMENT_KINDS: Final = {
    **dict.fromkeys(("functional", "function", "feature", "fr"), "functional"),
    **dict.fromkeys(
        ("quality", "nonfunctional", "nfr", "performance", "security", "usability", "reliability"), "quality"
    ),
    **dict.fromkeys(("constraint", "technology", "legal", "budget"), "constraint"),
}
