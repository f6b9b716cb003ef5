"""SQL of a design: it can be executed, it keeps what the design says, and no name can break out of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
import sqlglot
from hypothesis import Phase, given, settings

from designchord.blueprint.model import Actor, Attribute, Blueprint, Entity, Operation, Relation, Scenario
from designchord.kinds.registry import KINDS
from designchord.notation.sql.dialects import NAMES
from designchord.notation.sql.model import Column, ForeignKey, Schema, Table
from designchord.notation.sql.naming import LONGEST_NAME, short
from designchord.notation.sql.writing import script, statements
from designchord.rehearsal.tables import tables_of
from tests.servers import PostgreSQL
from tests.unit.blueprints import HOSTILE, blueprints

ID = Attribute(name="id", type="uuid", key="primary")


def blueprint(*entities: Entity, relations: tuple[Relation, ...] = (), **more: Any) -> Blueprint:
    return Blueprint(
        title="Library",
        actors=(Actor(id="Member", label="Member"),),
        entities=entities,
        relations=relations,
        operations=more.pop("operations", (Operation(id="list", method="GET", path="/x", summary="x"),)),
        scenarios=(Scenario(id="x", title="x", actor="Member"),),
        **more,
    )


def entity(name: str, *attributes: Attribute, label: str = "") -> Entity:
    return Entity(name=name, label=label or name, attributes=(ID, *attributes))


def points(name: str, target: str, **more: Any) -> Attribute:
    return Attribute(name=name, type="uuid", key="foreign", references=target, **more)


_OPENED: list[sqlite3.Connection] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


def opened() -> sqlite3.Connection:
    _OPENED.append(sqlite3.connect(":memory:", isolation_level=None))
    return _OPENED[-1]


def created(schema: Schema) -> sqlite3.Connection:
    database = opened()
    database.execute("PRAGMA foreign_keys = ON")
    for statement in statements(schema, "sqlite"):
        database.execute(statement)
    return database


MEMBER = entity("Member", Attribute(name="email", type="email", unique=True))
LOAN = entity(
    "Loan",
    points("member_id", "Member"),
    Attribute(name="status", type="enum", values=("open", "it's late")),
    Attribute(name="note", type="text", required=False, label='say "hi"; -- x'),
)


def test_constraints_of_the_design_are_kept_by_the_database() -> None:
    database = created(tables_of(blueprint(MEMBER, LOAN)))
    database.execute("INSERT INTO member VALUES ('m1', 'a@x.org')")
    database.execute("INSERT INTO loan VALUES ('l1', 'm1', 'it''s late', NULL)")
    for refused in (
        "INSERT INTO member VALUES ('m2', 'a@x.org')",
        "INSERT INTO member VALUES ('m3', NULL)",
        "INSERT INTO loan VALUES ('l2', 'nobody', 'open', NULL)",
        "INSERT INTO loan VALUES ('l3', 'm1', 'stolen', NULL)",
        "DELETE FROM member",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(refused)


def test_parts_go_with_their_whole_and_what_may_stand_alone_is_let_go() -> None:
    schema = tables_of(
        blueprint(
            entity("Order"),
            entity("OrderItem", points("order_id", "Order")),
            entity("Invoice", points("order_id", "Order", required=False)),
        )
    )
    database = created(schema)
    database.execute("""INSERT INTO "order" VALUES ('o')""")
    database.execute("INSERT INTO order_item VALUES ('i', 'o')")
    database.execute("INSERT INTO invoice VALUES ('v', 'o')")
    database.execute("""DELETE FROM "order" """)
    assert database.execute("SELECT count(*) FROM order_item").fetchone() == (0,)
    assert database.execute("SELECT order_id FROM invoice").fetchone() == (None,)


def test_a_link_between_two_is_there_once() -> None:
    like = entity("Like", points("member_id", "Member"), points("tool_id", "Tool"))
    database = created(tables_of(blueprint(MEMBER, entity("Tool"), like)))
    database.execute("INSERT INTO member VALUES ('m', 'a@x.org')")
    database.execute("INSERT INTO tool VALUES ('t')")
    database.execute("""INSERT INTO "like" VALUES ('1', 'm', 't')""")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("""INSERT INTO "like" VALUES ('2', 'm', 't')""")


def test_relations_without_a_foreign_key_get_one_and_many_to_many_a_table() -> None:
    schema = tables_of(
        blueprint(
            MEMBER,
            entity("Team"),
            entity("Badge"),
            relations=(
                Relation(source="Team", target="Member", cardinality="one_to_many", required=False),
                Relation(source="Member", target="Badge", cardinality="many_to_many"),
                Relation(source="Member", target="Member", cardinality="one_to_many"),
            ),
        )
    )
    member = schema.of_entity("Member")
    assert member is not None
    assert {key.column: key.table for key in member.foreign_keys} == {"team_id": "team", "parent_id": "member"}
    joining = schema.table("member_badge")
    assert joining is not None
    assert joining.primary_key == ("member_id", "badge_id")
    created(schema)


def test_tables_that_need_each_other_are_joined_afterwards() -> None:
    schema = tables_of(
        blueprint(entity("Team", points("lead_id", "Member")), entity("Member", points("team_id", "Team")))
    )
    created(schema)
    for dialect in ("postgresql", "mysql"):
        assert sum(one.startswith("ALTER TABLE") for one in statements(schema, dialect)) >= 1


def test_what_lists_are_filtered_by_has_an_index() -> None:
    operation = Operation(
        id="listLoans", method="GET", path="/loans", summary="x", entity="Loan", returns="page", filters=("status",)
    )
    loan = tables_of(blueprint(MEMBER, LOAN, operations=(operation,))).of_entity("Loan")
    assert loan is not None
    assert set(loan.indexes) == {("member_id",), ("status",)}


def test_words_of_the_language_are_quoted_and_labels_are_comments() -> None:
    written = script(tables_of(blueprint(entity("Order", label="주문"), entity("User", label="회원"))), "postgresql")
    assert 'CREATE TABLE "order"' in written
    assert 'CREATE TABLE "user"' in written
    assert "COMMENT ON TABLE \"order\" IS '주문'" in written


@pytest.mark.parametrize("word", ["order", "returning", "nothing", "key", "Größe", 'say "hi"', "1st", "two\nlines"])
def test_any_word_can_be_a_name_in_sqlite(word: str) -> None:
    column = Column(word, "enum", values=("it's", "a:b"), unique=True)
    table = Table(word, columns=(Column("id", "uuid", primary=True), column), indexes=((word,),))
    pointing = Table("x", columns=(column,), foreign_keys=(ForeignKey(word, word, word),))
    database = created(Schema("", (table, pointing)))
    quoted = word.replace('"', '""')
    database.execute(f'INSERT INTO "{quoted}" ("id", "{quoted}") VALUES (1, ?)', ["it's"])
    database.execute(f'INSERT INTO x ("{quoted}") VALUES (?)', ["it's"])
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(f'INSERT INTO "{quoted}" ("id", "{quoted}") VALUES (2, ?)', ["other"])


def test_sqlite_writes_what_is_not_given() -> None:
    columns = (
        Column("id", "integer", primary=True),
        Column("open", "boolean", default=True),
        Column("change", "integer", default=-3),
        Column("said", "string", default="it's; so"),
        Column("due", "date", default="now()"),
        Column("due_at", "datetime", default="now()"),
    )
    database = created(Schema("", (Table("row", columns=columns),)))
    for _ in range(2):
        database.execute('INSERT INTO "row" DEFAULT VALUES')
    *_, (number, is_open, change, said, due, due_at) = database.execute('SELECT * FROM "row"')
    assert (number, is_open, change, said) == (2, 1, -3, "it's; so")
    assert due_at.startswith(due)


def test_what_somebody_draws_into_the_erd_is_created() -> None:
    source = "erDiagram\n  Member {\n    uuid id PK\n    date born\n  }\n"
    source += "  Card {\n    int no PK\n    uuid member_id FK\n  }\n"
    source += "  Member ||--o{ Card : has\n"
    schema = tables_of(blueprint(MEMBER), KINDS["erd"].facts(source))
    member, card = schema.of_entity("Member"), schema.of_entity("Card")
    assert member is not None
    assert card is not None
    assert [column.name for column in member.columns] == ["id", "email", "born"]
    assert card.foreign_key("member_id") is not None
    created(schema)


def test_a_long_name_is_cut_to_what_every_dialect_takes_and_stays_its_own() -> None:
    names = [f"{'A' * 63}{letter}" for letter in "BC"]
    schema = tables_of(blueprint(*(entity(name) for name in names)))
    assert len({table.name for table in schema.tables}) == 2
    assert all(len(table.name) <= LONGEST_NAME for table in schema.tables)
    assert short("x" * 64) != short("x" * 65)


def test_a_thousand_tables_are_written_in_their_order() -> None:
    tables = [Table("t0", columns=(Column("id", "uuid", primary=True),))]
    for number in range(1, 1000):
        columns = (Column("id", "uuid", primary=True), Column("up", "uuid"))
        tables.append(Table(f"t{number}", columns=columns, foreign_keys=(ForeignKey("up", f"t{number - 1}", "id"),)))
    schema = Schema("many", tuple(reversed(tables)))
    made = [match[1] for one in statements(schema, "postgresql") if (match := re.match(r"CREATE TABLE (\w+)", one))]
    assert made == [f"t{number}" for number in range(1000)]


@given(blueprints())
@settings(max_examples=20)
def test_whatever_a_blueprint_is_called_its_sql_runs_and_is_one_script(made: Blueprint) -> None:
    schema = tables_of(made)
    opened().executescript(script(schema, "sqlite"))
    names = {row[0] for row in created(schema).execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == {table.name for table in schema.tables}
    for dialect, reader in (("mysql", "mysql"), ("postgresql", "postgres"), ("sqlite", "sqlite")):
        parsed = sqlglot.parse(script(schema, dialect), read=reader, error_level=sqlglot.ErrorLevel.RAISE)  # type: ignore[arg-type]
        tables = [one for one in parsed if isinstance(one, sqlglot.exp.Create) and one.kind == "TABLE"]
        assert len(tables) == len(schema.tables)


def hostile() -> Schema:
    columns = [Column("id", "uuid", primary=True, default="uuid()")]
    columns += [
        Column(f"c{number} {text}"[:60].replace("\x00", ""), "string", text) for number, text in enumerate(HOSTILE)
    ]
    values = tuple(dict.fromkeys(text.replace("\x00", "").replace("\u2028", "") for text in HOSTILE))
    columns.append(Column("kind", "enum", values=values, default=values[0]))
    return Schema("'; DROP TABLE x; --\n", (Table("%s';--", "X", "it's \\ 100% \x00", tuple(columns)),))


@pytest.mark.parametrize("dialect", NAMES)
def test_hostile_names_and_values_are_one_statement_each(dialect: Any) -> None:
    written = statements(hostile(), dialect)
    assert sum("CREATE TABLE" in one for one in written) == 1
    reader = {"postgresql": "postgres"}.get(dialect, dialect)
    assert all(len(sqlglot.parse(one, read=reader)) == 1 for one in written)


@pytest.fixture
def server(postgresql: PostgreSQL) -> Iterator[Any]:
    import psycopg

    url = postgresql.create_database("sql")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
    postgresql.drop_database("sql")


def again(connection: Any, written: str) -> None:
    connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.execute(written)


@pytest.mark.servers
def test_postgresql_takes_them_with_their_comments_and_values(server: Any) -> None:
    schema = hostile()
    again(server, script(schema, "postgresql"))
    assert server.execute("SELECT obj_description('\"%s'';--\"'::regclass)").fetchone() == ("it's \\ 100%",)
    count = server.execute("SELECT count(*) FROM information_schema.columns WHERE table_name = '%s'';--'").fetchone()
    assert count == (len(schema.tables[0].columns),)

    @given(blueprints())
    @settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    def execute(made: Blueprint) -> None:
        again(server, script(tables_of(made), "postgresql"))

    execute()


def test_every_idea_of_the_corpus_has_tables_that_run(corpus: Any) -> None:
    from designchord.blueprint.model import Brief
    from designchord.drafter.drafting import draft

    for idea in corpus("ideas"):
        made = draft(Brief(title=idea["id"], content=idea["text"], language=idea["lang"]))
        schema = tables_of(made)
        assert {table.entity for table in schema.tables} >= {one.name for one in made.entities}
        created(schema)
        sqlglot.parse(script(schema, "mysql"), read="mysql", error_level=sqlglot.ErrorLevel.RAISE)
