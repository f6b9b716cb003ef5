"""Types of databases in the blueprint's words."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

_T = exp.DataType.Type
_WORDS: Final = {
    "uuid": (_T.UUID,),
    "string": (_T.CHAR, _T.NCHAR, _T.VARCHAR, _T.NVARCHAR, _T.BPCHAR, _T.NAME, _T.INET, _T.IPADDRESS, _T.XML),
    "text": (_T.TEXT, _T.TINYTEXT, _T.MEDIUMTEXT, _T.LONGTEXT),
    "integer": (
        *(_T.TINYINT, _T.UTINYINT, _T.SMALLINT, _T.USMALLINT, _T.MEDIUMINT, _T.UMEDIUMINT, _T.INT, _T.UINT, _T.BIGINT),
        *(_T.UBIGINT, _T.INT128, _T.SERIAL, _T.BIGSERIAL, _T.SMALLSERIAL, _T.YEAR),
    ),
    "decimal": (_T.DECIMAL, _T.UDECIMAL, _T.BIGDECIMAL, _T.FLOAT, _T.DOUBLE, _T.UDOUBLE, _T.MONEY, _T.SMALLMONEY),
    "boolean": (_T.BOOLEAN,),
    "date": (_T.DATE, _T.DATE32),
    "datetime": (
        *(_T.DATETIME, _T.DATETIME2, _T.SMALLDATETIME, _T.TIMESTAMP, _T.TIMESTAMPTZ, _T.TIMESTAMPLTZ, _T.TIMESTAMPNTZ),
        *(_T.TIMESTAMP_S, _T.TIMESTAMP_MS, _T.TIMESTAMP_NS),
    ),
    "time": (_T.TIME, _T.TIMETZ, _T.INTERVAL),
    "enum": (_T.ENUM,),
    "json": (
        *(_T.JSON, _T.JSONB, _T.HSTORE, _T.ARRAY, _T.MAP, _T.STRUCT, _T.OBJECT, _T.VARIANT, _T.SET, _T.VECTOR),
        *(_T.GEOMETRY, _T.GEOGRAPHY),
    ),
    "file": (_T.BINARY, _T.VARBINARY, _T.BLOB, _T.TINYBLOB, _T.MEDIUMBLOB, _T.LONGBLOB, _T.IMAGE),
}  # fmt: skip
_KNOWN: Final = {kind: word for word, kinds in _WORDS.items() for kind in kinds}
#: Types that a database has by an extension, or that sqlglot does not know.
_OTHERS: Final = {
    **dict.fromkeys(("citext", "ltree", "cidr", "macaddr", "xid", "uniqueidentifier", "sysname"), "string"),
    **dict.fromkeys(("clob", "nclob", "ntext", "tsvector"), "text"),
    **dict.fromkeys(
        ("jsonb", "json", "point", "polygon", "box", "int4range", "tsrange", "tstzrange", "daterange"), "json"
    ),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("number", "int", "int2", "int4", "int8", "oid", "rowversion"), "integer"),
    **dict.fromkeys(("bytea",), "file"),
}
#: Binary columns of this width hold a UUID.
_UUID_BYTES: Final = "16"


def type_of(kind: exp.DataType) -> tuple[str, tuple[str, ...]]:
    """The blueprint's word for a type, empty where there is none, and the values of an enum."""
    width = kind.expressions[0].name if kind.expressions else ""
    if kind.this == _T.TINYINT and width == "1":
        return "boolean", ()  # as MySQL writes it
    if kind.this == _T.BIT:
        return ("boolean" if width in ("", "1") else "file"), ()
    if kind.this in (_T.BINARY, _T.VARBINARY) and width == _UUID_BYTES:
        return "uuid", ()
    if kind.this == _T.ENUM:
        return "enum", tuple(one.name for one in kind.expressions)
    if kind.this == _T.USERDEFINED:
        return _OTHERS.get(kind.sql().rpartition(".")[2].strip('"').partition("(")[0].lower(), ""), ()
    return _KNOWN.get(kind.this, ""), ()
