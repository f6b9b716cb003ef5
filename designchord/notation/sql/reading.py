"""What scripts of SQL make of a database: its tables as facts. Scripts are read in their order, as they would be run.

Statements are parsed by sqlglot, one by one, so that one that it does not know costs nothing but itself: it is
named among the problems. Rows are never looked at.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from designchord.notation.facts import Facts
from designchord.notation.problems import Problem
from designchord.notation.sql.splitting import Statement, split
from designchord.notation.sql.statements import columns_of, dialect_of, parse, pieces, target_of, values_of
from designchord.notation.sql.tables import Column, ForeignKey, Table, Tables
from designchord.notation.sql.types import type_of

#: A statement of more characters is not parsed.
MAX_STATEMENT: Final = 500_000
#: So many statements that are not understood are named one by one.
MAX_NAMED: Final = 50

_SHAPING: Final = re.compile(
    r"(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNLOGGED\s+|FOREIGN\s+|EXTERNAL\s+)?(?P<create>TABLE|TYPE|DOMAIN)"
    r"|CREATE\s+UNIQUE\s+(?:CLUSTERED\s+|NONCLUSTERED\s+)?(?P<index>INDEX)|ALTER\s+(?P<alter>TABLE|TYPE|INDEX)"
    r"|DROP\s+(?P<drop>TABLE|INDEX)|(?P<rename>RENAME)\s+TABLE|(?P<comment>COMMENT)\s+ON\s+(?:TABLE|COLUMN))\b",
    re.IGNORECASE,
)
_ENUM_TYPE: Final = re.compile(
    r"CREATE\s+TYPE\s+(?P<name>[\w.\"]+)\s+AS\s+ENUM\s*\((?P<values>.*)\)", re.IGNORECASE | re.DOTALL
)
_ENUM_VALUE: Final = re.compile(
    r"ALTER\s+TYPE\s+(?P<name>[\w.\"]+)\s+(?:ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?'(?P<value>(?:[^']|'')*)'"
    r"|RENAME\s+VALUE\s+'(?P<old>(?:[^']|'')*)'\s+TO\s+'(?P<new>(?:[^']|'')*)'|RENAME\s+TO\s+(?P<renamed>[\w.\"]+))",
    re.IGNORECASE,
)
_DOMAIN: Final = re.compile(r"CREATE\s+DOMAIN\s+(?P<name>[\w.\"]+)\s+(?:AS\s+)?(?P<type>[\w ]+?(?:\([\d, ]+\))?)\s*"
                            r"(?:$|\bCHECK|\bNOT|\bDEFAULT|\bCONSTRAINT|\bCOLLATE)", re.IGNORECASE)  # fmt: skip
_TEXT: Final = re.compile(r"'((?:[^']|'')*)'")
_RENAMES: Final = re.compile(r"([`\"\w.]+)\s+TO\s+([`\"\w.]+)", re.IGNORECASE)
_ADD_LIST: Final = re.compile(r"(ALTER\s+TABLE\s+[`\"\w.\[\]]+\s+ADD)\s*\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)
_RENAMED_INDEX: Final = re.compile(r"ALTER\s+INDEX\s+(?:IF\s+EXISTS\s+)?(\S+)\s+RENAME\s+TO\s+(\S+)", re.IGNORECASE)
#: A column is renamed with or without the word.
_RENAMED_COLUMN: Final = re.compile(
    r"^(ALTER\s+TABLE\s+[^;]*?\bRENAME\s+)(?!TO\b|COLUMN\b|CONSTRAINT\b|INDEX\b|KEY\b|AS\b)(?=\S+\s+TO\s)",
    re.IGNORECASE,
)
_BLOCK: Final = re.compile(
    r"DO\s+(?:LANGUAGE\s+\w+\s+)?(?P<tag>\$\w*\$)(?P<body>.*)(?P=tag)", re.IGNORECASE | re.DOTALL
)
_IN_BLOCK: Final = re.compile(
    r"(?:\bBEGIN\b|\bTHEN\b|\bELSE\b|;)\s*(?P<text>(?:CREATE|ALTER|DROP|COMMENT)\s[^;]*)(?=;)", re.IGNORECASE
)
_LISTED: Final = re.compile(r"ADD\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_INDEX_NAME: Final = re.compile(r"[`\"\[]?(\w+)[`\"\]]?\s*(?:,|$|;|\sON\b|\sCASCADE|\sRESTRICT)", re.IGNORECASE)
_ALTERED: Final = re.compile(
    r"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<table>[`\"\w.\[\]]+)\s+(?=\S)", re.IGNORECASE
)
_RENAMED_RULE: Final = re.compile(r"RENAME\s+(?:CONSTRAINT|INDEX|KEY)\s+([`\"\w]+)\s+TO\s+([`\"\w]+)", re.IGNORECASE)
_KEY_BY_INDEX: Final = re.compile(
    r"ADD\s+CONSTRAINT\s+\S+\s+(?P<kind>PRIMARY|UNIQUE)(?:\s+KEY)?\s+USING\s+INDEX\s+\"?(?P<index>\w+)", re.IGNORECASE
)
#: Changes that leave columns and keys as they are.
_NO_SHAPE: Final = re.compile(
    r"OWNER\s+TO|(?:ENABLE|DISABLE|FORCE|NO\s+FORCE)\s|SET\s+(?:SCHEMA|TABLESPACE|LOGGED|UNLOGGED|WITHOUT|\()|RESET\s*\("
    r"|REPLICA\s+IDENTITY|VALIDATE\s+CONSTRAINT|CLUSTER\s+ON|(?:ATTACH|DETACH)\s+PARTITION|(?:NO\s+)?INHERIT\s"
    r"|ENGINE\s*=|AUTO_INCREMENT\s*=|CONVERT\s+TO|DEFAULT\s+CHARACTER|CHARACTER\s+SET|COMMENT\s*=?|ROW_FORMAT"
    r"|ALTER\s+(?:COLUMN\s+)?\S+\s+(?:SET\s+(?:STATISTICS|STORAGE|COMPRESSION|\()|RESET|ADD\s+GENERATED|DROP\s+IDENTITY"
    r"|DROP\s+EXPRESSION|SET\s+GENERATED)|(?:ADD|DROP|RENAME|ALTER)\s+(?:FULLTEXT\s+|SPATIAL\s+)?(?:INDEX|KEY)\s"
    r"|ADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:EXCLUDE|CHECK)\b|ALTER\s+CONSTRAINT|ORDER\s+BY|LOCK\s*=|ALGORITHM\s*=",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Schema:
    """What scripts came to. ``problems`` name what was not understood; ``files`` pairs each with its script."""

    facts: Facts
    dialect: str
    problems: tuple[tuple[str, Problem], ...] = ()


def read(scripts: Sequence[Script], dialect: str = "") -> Schema:
    """The schema that the scripts make, one after another. ``dialect``: that of sqlglot, else found out."""
    chosen = dialect or dialect_of(script.text for script in scripts)
    reader = _Reader(chosen)
    # sqlglot tells on its logger what it falls back on.
    quiet = logging.getLogger("sqlglot")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)
    try:
        for script in scripts:
            reader.run(script)
    finally:
        quiet.setLevel(level)
    return Schema(reader.tables.facts(), chosen, tuple(reader.told()))


class _NotUnderstood(Exception):
    """A statement that shapes tables and could not be read."""


class _Reader:
    def __init__(self, dialect: str) -> None:
        self.tables = Tables()
        self._dialect = dialect
        self._types: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._file = ""
        self._line = 1
        self._unknown: list[tuple[str, Problem]] = []
        self._more = 0

    def run(self, script: Script) -> None:
        self._file = script.name
        for statement in self._statements(script.text):
            shaping = _SHAPING.match(statement.text)
            if shaping is None:
                continue
            self._line = statement.line
            try:
                self._take(statement, shaping)
            except _NotUnderstood as reason:
                self._tell(statement, str(reason))

    def _statements(self, text: str) -> Iterator[Statement]:
        """The statements of a script, with those inside of blocks that only see to it that they run once."""
        for statement in split(text, escapes=self._dialect == "mysql"):
            block = _BLOCK.match(statement.text)
            if block is None:
                yield statement
                continue
            for inner in _IN_BLOCK.finditer(block["body"]):
                above = statement.text.count("\n", 0, block.start("body") + inner.start("text"))
                yield Statement(inner["text"], statement.line + above)

    def told(self) -> Iterator[tuple[str, Problem]]:
        yield from self._unknown
        if self._more:
            message = f"{self._more} more statements were not understood."
            yield self._file, Problem(code="sql.not_understood", severity="info", message=message)

    def _tell(self, statement: Statement, why: str) -> None:
        if len(self._unknown) >= MAX_NAMED:
            self._more += 1
            return
        start = " ".join(statement.text[:80].split())
        problem = Problem(
            code="sql.not_understood",
            severity="warning",
            message=f"{why}: {start}…",
            line=statement.line,
            hint="What it does to the schema is not known here.",
        )
        self._unknown.append((self._file, problem))

    def _take(self, statement: Statement, shaping: re.Match[str]) -> None:
        text = statement.text
        if len(text) > MAX_STATEMENT:
            raise _NotUnderstood(f"A statement of {len(text):,} characters was not read")
        if (shaping["create"] or shaping["alter"] or "").upper() in ("TYPE", "DOMAIN"):
            self._take_type(text)
        elif (shaping["alter"] or "").upper() == "INDEX":
            if renamed := _RENAMED_INDEX.match(text):
                for each in self.tables.all():
                    each.rename_constraint(_split_name(renamed[1])[0], _split_name(renamed[2])[0])
        elif shaping["rename"]:
            for old, new in _RENAMES.findall(text):
                if table := self.tables.find(*_split_name(old)):
                    self.tables.rename(table, _split_name(new)[0])
        elif (shaping["drop"] or "").upper() == "INDEX":
            for name in _INDEX_NAME.findall(text[:1000]):
                self.tables.drop_constraint(name)
        else:
            if added := _ADD_LIST.match(text):
                text = f"{added[1]} {added[2]}"
            text = _RENAMED_COLUMN.sub(r"\1COLUMN ", text)
            parsed = parse(text, self._dialect)
            if parsed is not None:
                self._apply(parsed)
            elif shaping["alter"]:
                self._alter_piecewise(text)
            else:
                raise _NotUnderstood("This was not understood")

    def _alter_piecewise(self, text: str) -> None:
        """Changes of one statement one by one; those that do not touch columns or keys are passed over."""
        head = _ALTERED.match(text)
        if head is None:
            raise _NotUnderstood("This was not understood")
        for action in pieces(text[head.end() :]):
            if _NO_SHAPE.match(action):
                continue
            if renamed := _RENAMED_RULE.match(action):
                if table := self.tables.find(*_split_name(head["table"])):
                    table.rename_constraint(_split_name(renamed[1])[0], _split_name(renamed[2])[0])
                continue
            if by_index := _KEY_BY_INDEX.match(action):
                if table := self.tables.find(*_split_name(head["table"])):
                    table.take_index(by_index["index"], primary=by_index["kind"].upper() == "PRIMARY")
                continue
            if listed := _LISTED.fullmatch(action):
                for one in pieces(listed[1]):
                    self._apply_change(f"{head[0]} ADD COLUMN {one}")
                continue
            self._apply_change(f"{head[0]} {action}")

    def _apply_change(self, text: str) -> None:
        parsed = parse(text, self._dialect)
        if parsed is None:
            raise _NotUnderstood("A change of this table was not understood")
        self._apply(parsed)

    def _take_type(self, text: str) -> None:
        if made := _ENUM_TYPE.match(text):
            self._types[_bare(made["name"])] = ("enum", tuple(_unquoted(v) for v in _TEXT.findall(made["values"])))
        elif changed := _ENUM_VALUE.match(text):
            name = _bare(changed["name"])
            kind, values = self._types.get(name, ("enum", ()))
            if changed["renamed"]:
                self._rename_type(name, _bare(changed["renamed"]))
                return
            if changed["value"] is not None:
                new = (*values, _unquoted(changed["value"]))
            else:
                swap = {_unquoted(changed["old"]): _unquoted(changed["new"])}
                new = tuple(swap.get(value, value) for value in values)
            self._types[name] = (kind, tuple(dict.fromkeys(new)))
            for table in self.tables.all():
                for column in table.columns.values():
                    if column.declared == name:
                        column.values = self._types[name][1]
        elif domain := _DOMAIN.match(text):
            base = exp.DataType.build(domain["type"].strip(), dialect=self._dialect, udt=True)
            self._types[_bare(domain["name"])] = (type_of(base)[0], ())

    def _rename_type(self, old: str, new: str) -> None:
        """Columns go with it: what is later added to the new name is added to them."""
        self._types[new] = self._types.pop(old, ("enum", ()))
        for table in self.tables.all():
            for column in table.columns.values():
                if column.declared == old:
                    column.declared = new

    def _at(self, node: exp.Expr | str | None) -> int:
        """The line of a name in the script; else that of its statement."""
        line = node.meta.get("line") if isinstance(node, exp.Expr) else None
        return self._line + line - 1 if isinstance(line, int) else self._line

    # What the statements do.

    def _apply(self, parsed: exp.Expr) -> None:
        if isinstance(parsed, exp.Create):
            if parsed.kind == "TABLE":
                self._create(parsed)
            elif parsed.kind == "INDEX":
                self._index(parsed)
        elif isinstance(parsed, exp.Alter):
            self._alter(parsed)
        elif isinstance(parsed, exp.Drop):
            for named in parsed.args.get("tables") or [parsed.this]:
                if isinstance(named, exp.Table):
                    self.tables.drop(named.name, named.db)
        elif isinstance(parsed, exp.Comment):
            self._comment(parsed)

    def _create(self, parsed: exp.Create) -> None:
        named = parsed.find(exp.Table)
        properties = list(parsed.args["properties"].expressions) if parsed.args.get("properties") else []
        if named is None or any(
            isinstance(one, exp.TemporaryProperty | exp.PartitionedOfProperty) for one in properties
        ):
            return  # gone with its session, or a piece of another table
        if self.tables.find(named.name, named.db) is not None and parsed.args.get("exists"):
            return
        table = Table(named.name, named.db, file=self._file, line=self._at(named.this))
        body = parsed.this.expressions if isinstance(parsed.this, exp.Schema) else []
        for one in properties:
            if isinstance(one, exp.SchemaCommentProperty):
                table.label = one.name
            elif isinstance(one, exp.LikeProperty):
                self._copy(one, table)
            elif isinstance(one, exp.InheritsProperty):
                for parent in one.expressions:
                    self._copy(parent, table)
        for one in body:
            if isinstance(one, exp.ColumnDef):
                self._add_column(table, one)
            elif isinstance(one, exp.LikeProperty):
                self._copy(one, table)
        for one in body:
            self._add_constraint(table, one)
        self.tables.add(table)
        if not table.columns and isinstance(parsed.expression, exp.Query):
            for name in parsed.expression.named_selects:
                if name and name != "*":
                    table.columns[name.lower()] = Column(name, file=self._file, line=table.line)
            raise _NotUnderstood("Types of columns that a query makes are not known")

    def _copy(self, like: exp.Expr, table: Table) -> None:
        named = like if isinstance(like, exp.Table) else like.find(exp.Table)
        origin = self.tables.find(named.name, named.db) if named is not None else None
        if origin is None:
            raise _NotUnderstood("A table is made like one that is not known")
        for key, column in origin.columns.items():
            copied = Column(column.name, column.type, column.required, values=column.values)
            copied.file, copied.line = self._file, self._line
            table.columns[key] = copied
        table.primary = origin.primary

    def _add_column(self, table: Table, defined: exp.ColumnDef) -> None:
        line = self._at(defined.this)
        name = defined.name
        kind, values = self._typed(defined.kind)
        declared = _bare(defined.kind.sql()) if isinstance(defined.kind, exp.DataType) else ""
        column = Column(name, kind, values=values, declared=declared, file=self._file, line=line)
        table.columns[name.lower()] = column
        for constraint in defined.constraints:
            rule = constraint.kind
            if isinstance(rule, exp.NotNullColumnConstraint):
                column.required = not rule.args.get("allow_null")
            elif isinstance(rule, exp.PrimaryKeyColumnConstraint):
                table.primary = (name.lower(),)
            elif isinstance(rule, exp.UniqueColumnConstraint):
                table.add_unique((name.lower(),), constraint.name)
            elif isinstance(rule, exp.CommentColumnConstraint):
                column.label = rule.name
            elif isinstance(rule, exp.Reference):
                table.add_foreign(ForeignKey((name.lower(),), target_of(rule), self._file, line), constraint.name)
            elif isinstance(rule, exp.CheckColumnConstraint):
                self._check(table, rule)

    def _typed(self, kind: exp.Expr | None) -> tuple[str, tuple[str, ...]]:
        if not isinstance(kind, exp.DataType):
            return "", ()
        found, values = type_of(kind)
        if not found and kind.this == exp.DataType.Type.USERDEFINED:
            return self._types.get(_bare(kind.sql()), (found, values))
        return found, values

    def _add_constraint(self, table: Table, rule: exp.Expr, name: str = "", line: int | None = None) -> None:
        if isinstance(rule, exp.Constraint):
            for inner in rule.expressions:
                self._add_constraint(table, inner, rule.name, self._at(rule.this))
            # SQL Server says beside the key how it is kept, and names the columns there.
            if isinstance(rule.expressions[0], exp.PrimaryKeyColumnConstraint) and len(rule.expressions) > 1:
                listed = rule.expressions[1].this
                found = [one.find(exp.Column) for one in (listed if isinstance(listed, list) else ())]
                table.primary = tuple(one.name.lower() for one in found if one is not None) or table.primary
        elif isinstance(rule, exp.PrimaryKey):
            table.primary = columns_of(rule)
        elif isinstance(rule, exp.UniqueColumnConstraint) and isinstance(rule.this, exp.Schema):
            key = rule.this.this.name if isinstance(rule.this.this, exp.Identifier) else ""
            table.add_unique(columns_of(rule.this), name or key)
        elif isinstance(rule, exp.ForeignKey):
            columns, reference = columns_of(rule), rule.args.get("reference")
            if reference is not None and columns:
                at = line or self._at(rule.expressions[0])
                table.add_foreign(ForeignKey(columns, target_of(reference), self._file, at), name)
        elif isinstance(rule, exp.CheckColumnConstraint):
            self._check(table, rule)

    def _check(self, table: Table, rule: exp.CheckColumnConstraint) -> None:
        """A column that may be one of some texts is an enum."""
        found = values_of(rule.this)
        column = table.columns.get(found[0].lower()) if found else None
        if found and column is not None:
            column.type, column.values = "enum", found[1]

    def _index(self, parsed: exp.Create) -> None:
        named, index = parsed.find(exp.Table), parsed.this
        table = self.tables.find(named.name, named.db) if named is not None else None
        parameters = index.args.get("params") if isinstance(index, exp.Index) else None
        if table is None or parameters is None or parameters.args.get("where") or not parsed.args.get("unique"):
            return
        columns = [one.this if isinstance(one, exp.Ordered) else one for one in parameters.args.get("columns") or ()]
        if columns and all(isinstance(one, exp.Column | exp.Identifier) for one in columns):
            table.add_unique(tuple(one.name.lower() for one in columns), index.name)

    def _alter(self, parsed: exp.Alter) -> None:
        named = parsed.this
        table = self.tables.find(named.name, named.db)
        if table is None:
            if parsed.args.get("exists"):
                return
            raise _NotUnderstood("A table is changed that is not known")
        for action in parsed.args.get("actions") or ():
            self._act(table, action)

    def _act(self, table: Table, action: exp.Expr) -> None:
        if isinstance(action, exp.ColumnDef):
            if not (action.args.get("exists") and action.name.lower() in table.columns):
                self._add_column(table, action)
        elif isinstance(action, exp.Drop):
            for one in action.args.get("tables") or [action.this]:
                table.drop_column(one.name) if action.args.get("kind") == "COLUMN" else table.drop_constraint(one.name)
        elif isinstance(action, exp.AlterColumn):
            self._alter_column(table, action)
        elif isinstance(action, exp.ModifyColumn):
            self._modify(table, action)
        elif isinstance(action, exp.RenameColumn):
            table.rename_column(action.this.name, action.args["to"].name)
        elif isinstance(action, exp.AlterRename):
            self.tables.rename(table, action.this.name)
        elif isinstance(action, exp.AddConstraint):
            for rule in action.expressions:
                self._add_constraint(table, rule)
        elif isinstance(action, exp.DropPrimaryKey):
            table.primary = ()

    def _alter_column(self, table: Table, action: exp.AlterColumn) -> None:
        column = table.columns.get(action.name.lower())
        if column is None:
            return
        if action.args.get("dtype") is not None:
            column.type, column.values = self._typed(action.args["dtype"])
            column.declared = _bare(action.args["dtype"].sql())
            column.file, column.line = self._file, self._at(action.this)
        if "allow_null" in action.args and action.args["allow_null"] is not None:
            column.required = not action.args["allow_null"]

    def _modify(self, table: Table, action: exp.ModifyColumn) -> None:
        """MySQL says the whole column again."""
        defined, old = action.this, action.args.get("rename_from")
        if not isinstance(defined, exp.ColumnDef):
            return
        if old is not None:
            table.rename_column(old.name, defined.name)
        order = list(table.columns)
        self._add_column(table, defined)
        table.columns = {key: table.columns[key] for key in dict.fromkeys((*order, defined.name.lower()))}

    def _comment(self, parsed: exp.Comment) -> None:
        text = parsed.expression.name if isinstance(parsed.expression, exp.Literal) else ""
        named = parsed.this
        if isinstance(named, exp.Table) and parsed.args.get("kind") == "TABLE":
            if table := self.tables.find(named.name, named.db):
                table.label = text
        elif isinstance(named, exp.Column) and (table := self.tables.find(named.table, named.text("db"))):
            column = table.columns.get(named.name.lower())
            if column is not None:
                column.label = text


def _bare(name: str) -> str:
    """A type's name as it is looked up: without its schema, quotes and case."""
    return name.rpartition(".")[2].strip('"`').lower()


def _split_name(name: str) -> tuple[str, str]:
    schema, _, bare = name.replace("`", "").replace('"', "").rpartition(".")
    return bare, schema


def _unquoted(text: str) -> str:
    return text.replace("''", "'")
