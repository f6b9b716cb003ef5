"""Schemas out of scripts of SQL, as dumps and migrations write them."""

from __future__ import annotations

import pytest

from designchord.notation.facts import EntityFact
from designchord.notation.sql.reading import Schema, Script, read


def _schema(*texts: str, dialect: str = "") -> Schema:
    return read([Script(f"{at}.sql", text) for at, text in enumerate(texts, 1)], dialect)


def _tables(*texts: str, dialect: str = "") -> dict[str, EntityFact]:
    return {entity.name: entity for entity in _schema(*texts, dialect=dialect).facts.entities}


def _columns(table: EntityFact) -> dict[str, str]:
    return {attribute.name: attribute.type for attribute in table.attributes}


DUMP = """\
-- a dump; with a sign
SET search_path = 'a;b';
CREATE TYPE public.loan_state AS ENUM ('open', 'back');
CREATE TABLE public.members (
    id uuid NOT NULL,
    email citext NOT NULL
);
CREATE FUNCTION f() RETURNS int AS $body$ begin; select 'x; end $body$ LANGUAGE plpgsql;
CREATE TABLE public.loans (
    id bigint NOT NULL,
    "memberId" uuid NOT NULL,
    state public.loan_state,
    due_on timestamp with time zone,
    kind character varying(8)
);
COPY public.loans (id, kind) FROM stdin;
1\tit's; CREATE TABLE no (id int);
\\.
ALTER TABLE ONLY public.members ADD CONSTRAINT members_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.loans
    ADD CONSTRAINT loans_member FOREIGN KEY ("memberId") REFERENCES public.members(id) ON DELETE CASCADE;
CREATE UNIQUE INDEX members_email ON public.members USING btree (email);
CREATE UNIQUE INDEX some_loans ON public.loans (kind) WHERE kind IS NOT NULL;
COMMENT ON COLUMN public.members.email IS 'where to write';
ALTER TABLE public.loans OWNER TO somebody;
"""


def test_a_dump_gives_tables_columns_keys_and_their_lines() -> None:
    schema = _schema(DUMP)
    tables = {entity.name: entity for entity in schema.facts.entities}
    assert schema.problems == ()
    assert list(tables) == ["members", "loans"]
    loans = {one.name: one for one in tables["loans"].attributes}
    assert (tables["loans"].line, loans["memberId"].line, loans["memberId"].file) == (9, 11, "1.sql")
    assert loans["memberId"].references == "members"
    assert loans["state"].values == ("open", "back")
    assert loans["due_on"].type == "datetime"
    assert not loans["kind"].unique
    email = next(one for one in tables["members"].attributes if one.name == "email")
    assert (email.unique, email.required, email.label) == (True, True, "where to write")
    relation = schema.facts.relations[0]
    assert (relation.source, relation.target, relation.cardinality, relation.line) == (
        *("members", "loans", "one_to_many"),
        21,
    )


def test_migrations_change_what_earlier_ones_made() -> None:
    tables = _tables(
        'CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "name" TEXT, old int, "teamId" INTEGER);',
        'ALTER TABLE "User" RENAME TO "Person"; CREATE TABLE team (id serial primary key);',
        'ALTER TABLE "Person" DROP COLUMN old, ADD COLUMN age INT NOT NULL, ALTER COLUMN name SET NOT NULL;',
        'ALTER TABLE "Person" ALTER COLUMN age TYPE numeric(5,2), RENAME CONSTRAINT a TO b, ENABLE ROW LEVEL SECURITY;',
        'ALTER TABLE "Person" ADD CONSTRAINT u UNIQUE ("teamId"); DROP INDEX u;',
        'ALTER TABLE "Person" ADD CONSTRAINT fk FOREIGN KEY ("teamId") REFERENCES team(id);'
        "ALTER TABLE team RENAME TO teams; CREATE TABLE gone (id int); DROP TABLE IF EXISTS gone;",
    )
    assert set(tables) == {"Person", "teams"}
    person = {one.name: one for one in tables["Person"].attributes}
    assert _columns(tables["Person"]) == {"id": "integer", "name": "text", "teamId": "integer", "age": "decimal"}
    assert person["name"].required
    assert person["age"].line == 1
    assert person["age"].file == "4.sql"
    assert person["teamId"].references == "teams"
    assert not person["teamId"].unique


def test_mysql_is_told_by_its_signs() -> None:
    schema = _schema(
        "CREATE TABLE `loan` (`id` int(11) unsigned NOT NULL AUTO_INCREMENT, `open` tinyint(1) NOT NULL,"
        " `state` enum('a','it''s') DEFAULT NULL COMMENT 'how it stands', `uid` binary(16), PRIMARY KEY (`id`),"
        " UNIQUE KEY `u` (`state`), KEY `k` (`open`), CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `member` (`id`)"
        ") ENGINE=InnoDB;\nDELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON loan FOR EACH ROW BEGIN SET @a = 1; END;;\n"
        "DELIMITER ;\nALTER TABLE loan CHANGE COLUMN `open` `is_open` tinyint(1) NULL, ADD (note text, n int);\n"
        "RENAME TABLE loan TO loans;"
    )
    assert schema.dialect == "mysql"
    assert schema.problems == ()
    table = schema.facts.entities[0]
    assert _columns(table) == {
        "id": "integer",
        "is_open": "boolean",
        "state": "enum",
        "uid": "uuid",
        "note": "text",
        "n": "integer",
    }
    assert next(one for one in table.attributes if one.name == "state").label == "how it stands"
    assert table.name == "loans"
    assert schema.facts.relations[0].cardinality == "one_to_one"


def test_sqlite_and_its_way_to_change_a_table() -> None:
    tables = _tables(
        'CREATE TABLE "a" ("id" integer PRIMARY KEY AUTOINCREMENT, b, c REFERENCES d) WITHOUT ROWID;'
        "CREATE TABLE new__a (id integer primary key, b varchar(3) UNIQUE, kind text CHECK (kind IN ('x', 'y')));"
        "INSERT INTO new__a SELECT * FROM a; DROP TABLE a; ALTER TABLE new__a RENAME TO a;"
    )
    assert list(tables) == ["a"]
    kind = {one.name: one for one in tables["a"].attributes}["kind"]
    assert (kind.type, kind.values) == ("enum", ("x", "y"))


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE [dbo].[a] ([id] [int] IDENTITY(1,1) NOT NULL, [b] nvarchar(max) NULL,"
        " CONSTRAINT [pk] PRIMARY KEY CLUSTERED ([id] ASC) ON [PRIMARY]) ON [PRIMARY]\nGO\nPRINT 'x'\nGO\n",
        "CREATE TABLE a (id NUMBER(19) NOT NULL, b VARCHAR2(30), CONSTRAINT p PRIMARY KEY (id));",
    ],
)
def test_other_databases_are_read_as_far_as_they_parse(script: str) -> None:
    table = _tables(script)["a"]
    assert [one.name for one in table.attributes if one.primary] == ["id"]


def test_blocks_that_guard_a_statement_are_looked_into() -> None:
    schema = _schema(
        "DO $$\nBEGIN\n  CREATE TYPE state AS ENUM ('open', 'back');\n"
        "EXCEPTION\n  WHEN duplicate_object THEN NULL;\nEND $$;\n"
        "CREATE TABLE a (id int PRIMARY KEY);\n"
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE a ADD COLUMN s state;\nEND IF; END $$;"
    )
    attribute = schema.facts.entities[0].attributes[1]
    assert (attribute.name, attribute.values, attribute.line) == ("s", ("open", "back"), 8)


def test_columns_and_indexes_are_renamed_in_every_spelling() -> None:
    tables = _tables(
        "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE UNIQUE INDEX i ON a (b);"
        "ALTER TABLE a RENAME b TO c; ALTER INDEX i RENAME TO j; DROP INDEX IF EXISTS public.j;"
    )
    assert [(one.name, one.unique) for one in tables["a"].attributes] == [("id", False), ("c", False)]


def test_a_type_that_is_renamed_stays_that_of_its_columns() -> None:
    """As Prisma changes an enum: a new type, the column to it, the new one under the old name."""
    tables = _tables(
        "CREATE TYPE \"Plan\" AS ENUM ('FREE', 'PRO'); CREATE TABLE space (id int, plan \"Plan\" NOT NULL);",
        "CREATE TYPE \"Plan_new\" AS ENUM ('FREE', 'TEAM');"
        'ALTER TABLE space ALTER COLUMN plan TYPE "Plan_new" USING (plan::text::"Plan_new");'
        'ALTER TYPE "Plan" RENAME TO "Plan_old"; ALTER TYPE "Plan_new" RENAME TO "Plan"; DROP TYPE "Plan_old";',
        "ALTER TYPE \"Plan\" ADD VALUE 'CUSTOM';",
    )
    assert tables["space"].attributes[1].values == ("FREE", "TEAM", "CUSTOM")


def test_the_half_of_a_migration_that_undoes_is_not_run() -> None:
    tables = _tables("-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n")
    assert list(tables) == ["a"]


def test_what_is_not_understood_is_named_and_costs_nothing_else() -> None:
    schema = _schema("CREATE TABLE a (id int);\n\nCREATE TABLE b (((;\nALTER TABLE ghost ADD COLUMN x int;\n")
    assert [entity.name for entity in schema.facts.entities] == ["a"]
    assert [(file, problem.code, problem.line) for file, problem in schema.problems] == [
        ("1.sql", "sql.not_understood", 3),
        ("1.sql", "sql.not_understood", 4),
    ]


@pytest.mark.parametrize("piece", ["'", '"', "/*", "$a$", "`", "(", "\\", "--", "[", "\x00", "GO\n", "DELIMITER x\n"])
def test_whatever_is_left_open_a_thousand_times_ends_in_a_moment(piece: str) -> None:
    """Quadratic reading of this would take minutes, and the test has its time."""
    text = f"CREATE TABLE a (id int);\n{piece * 300_000}\nCREATE TABLE b (id int);"
    assert "a" in _tables(text)
    assert _schema(f"CREATE TABLE a ({'(' * 2000}").facts.entities == ()


def test_a_dump_of_megabytes_is_stepped_over() -> None:
    row = "INSERT INTO a VALUES (1, 'it''s; a row', \"x\");\n"
    assert list(_tables(f"CREATE TABLE a (id int);\n{row * 100_000}CREATE TABLE b (id int);")) == ["a", "b"]
