"""From one revision's tables to the next, with rows in them: what can be kept is kept, what is lost is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from designchord.blueprint.model import Attribute, Blueprint
from designchord.notation.sql.writing import statements
from designchord.rehearsal.revising import migration
from designchord.rehearsal.tables import tables_of
from tests.servers import PostgreSQL
from tests.unit.test_sql import LOAN, MEMBER, blueprint, entity, points

FIRST = blueprint(
    entity("Member", *MEMBER.attributes[1:], Attribute(name="phone", label="phone"), label="member"),
    entity("Loan", *LOAN.attributes[1:], label="loan"),
    entity("Poster", label="poster"),
)
#: A person instead of a member, a new attribute that is required, an entity less, another that each loan may belong to.
LAST = blueprint(
    entity(
        "Person", *MEMBER.attributes[1:], Attribute(name="mobile", label="phone"),
        Attribute(name="points", type="integer"), label="member",
    ),
    entity("Branch", label="branch"),
    entity(
        "Loan", points("person_id", "Person"), points("branch_id", "Branch", required=False),
        Attribute(name="status", type="enum", values=("open", "closed")), LOAN.attributes[3], label="loan",
    ),
)  # fmt: skip


class Database:
    """Executes statements on either of the two."""

    def __init__(self, connection: Any, name: Any) -> None:
        self.connection, self.name = connection, name

    def run(self, *written: str) -> None:
        for one in written:
            self.connection.execute(one)

    def rows(self, written: str) -> list[tuple[Any, ...]]:
        return [tuple(map(str, row)) for row in self.connection.execute(written).fetchall()]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        yield Database(connection, "sqlite")
        connection.close()
        return
    import psycopg

    server: PostgreSQL = request.getfixturevalue("postgresql")
    with psycopg.connect(server.create_database("migrations"), autocommit=True) as made:
        yield Database(made, "postgresql")
    server.drop_database("migrations")


M1, M2, L1, L2 = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(4))


@pytest.fixture
def filled(database: Database) -> Database:
    database.run(*statements(tables_of(FIRST), database.name))
    database.run(
        f"INSERT INTO member VALUES ('{M1}', 'a@x.org', '1'), ('{M2}', 'b@x.org', '2')",
        f"INSERT INTO loan VALUES ('{L1}', '{M1}', 'open', NULL)",
        f"INSERT INTO loan VALUES ('{L2}', '{M2}', 'it''s late', 'a \\ b')",
    )
    return database


def test_from_the_first_revision_to_the_last_rows_keep_what_can_be_kept(filled: Database) -> None:
    made = migration(FIRST, LAST, filled.name)
    filled.run(*made.statements)
    assert filled.rows("SELECT id, email, mobile, points FROM person ORDER BY email") == [
        (M1, "a@x.org", "1", "0"),
        (M2, "b@x.org", "2", "0"),
    ]
    loans = filled.rows("SELECT id, person_id, branch_id, status, note FROM loan ORDER BY id")
    assert loans == [(L1, M1, "None", "open", "None"), (L2, M2, "None", "open", "a \\ b")]
    assert set(made.losses) == {"poster", "loan.status: values that there are no longer"}


def test_the_tables_are_then_those_of_the_last_revision(filled: Database) -> None:
    filled.run(*migration(FIRST, LAST, filled.name).statements)
    filled.run(f"INSERT INTO branch VALUES ('{L1}')", f"UPDATE loan SET branch_id = '{L1}'")
    for refused in (
        "INSERT INTO person VALUES ('00000000-0000-4000-8000-00000000000a', 'a@x.org', '3', 0)",
        "UPDATE loan SET status = 'it''s late'",
        f"DELETE FROM person WHERE id = '{M1}'",
    ):
        with pytest.raises(Exception, match=r"(?i)constraint"):
            filled.run(refused)


def test_back_and_forth_is_the_way_it_came(filled: Database) -> None:
    filled.run(*migration(FIRST, LAST, filled.name).statements)
    filled.run(*migration(LAST, FIRST, filled.name).statements)
    assert filled.rows("SELECT email, phone FROM member ORDER BY email") == [("a@x.org", "1"), ("b@x.org", "2")]


def test_without_a_change_there_is_nothing_to_do() -> None:
    assert migration(FIRST, FIRST, "sqlite").statements == ()


def test_what_was_renamed_can_be_said_where_labels_do_not_tell() -> None:
    after = FIRST.model_copy(
        update={"entities": (FIRST.entities[0], FIRST.entities[1], entity("Placard", label="placard"))}
    )
    assert migration(FIRST, after, "sqlite").losses == ("poster",)
    assert migration(FIRST, after, "sqlite", renamed={"Poster": "Placard"}).losses == ()


def test_rows_that_cannot_point_anywhere_are_left_out_and_that_is_said(filled: Database) -> None:
    needing: Blueprint = FIRST.model_copy(
        update={
            "entities": (
                FIRST.entities[0],
                entity("Branch", label="branch"),
                entity("Loan", *LOAN.attributes[1:], points("branch_id", "Branch"), label="loan"),
            )
        }
    )
    made = migration(FIRST, needing, filled.name)
    filled.run(*made.statements)
    assert filled.rows("SELECT count(*) FROM loan") == [("0",)]
    assert any("branch_id" in one for one in made.losses)
