"""What is read of systems that are there: files of several kinds, several files of one kind, and databases."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from designchord.cli.neighbours import Folder
from designchord.errors import BadInput, DesignchordError, Unavailable
from designchord.notation.facts import AttributeFact, EntityFact
from designchord.readers.conventions import bare_names, is_bookkeeping, joined_ends, pair_columns
from designchord.readers.databases import read_database
from designchord.readers.inputs import Input, read_inputs
from designchord.readers.reading import Reading
from designchord.readers.system import System

TABLES = "CREATE TABLE loans (id int PRIMARY KEY, due_on date);\nCREATE TABLE members (id int PRIMARY KEY);\n"


def _read(**files: str) -> list[Reading]:
    return read_inputs([Input(name.replace("__", "/").replace("_dot_", "."), text) for name, text in files.items()])


def _named(files: dict[str, str]) -> list[Reading]:
    return read_inputs([Input(name, text) for name, text in files.items()])


# Scripts


def test_migrations_run_in_the_order_of_their_numbers_and_without_those_that_undo() -> None:
    files = {
        "db/V10__rename.sql": "ALTER TABLE b RENAME TO c;",
        "db/V2__rename.sql": "ALTER TABLE a RENAME TO b;",
        "db/V1__make.sql": "CREATE TABLE a (id int PRIMARY KEY);",
        "db/U1__undo.sql": "DROP TABLE a;",
        "db/V1__make.down.sql": "DROP TABLE a;",
    }
    (reading,) = _named(files)
    assert [entity.name for entity in reading.facts.entities] == ["c"]


def test_a_date_is_one_number_however_it_is_written() -> None:
    files = {
        "m/2019-11-15-182353_more/up.sql": "ALTER TABLE a ADD COLUMN b int;",
        "m/20140924113530_first/up.sql": "CREATE TABLE a (id int PRIMARY KEY);",
        "m/20140924113530_first/down.sql": "DROP TABLE a;",
    }
    (reading,) = _named(files)
    assert [one.name for one in reading.facts.entities[0].attributes] == ["id", "b"]
    assert reading.remarks == ()


def test_a_migration_that_only_drops_is_run_as_well() -> None:
    files = {"m/1.sql": f"{TABLES}CREATE TYPE a AS ENUM ('x');", "m/2.sql": "DROP TABLE members;"}
    (reading,) = _named(files)
    assert [entity.name for entity in reading.facts.entities] == ["loans"]


def test_scripts_that_change_what_is_made_elsewhere_say_so_once() -> None:
    (reading,) = _named({"m/2.sql": "ALTER TABLE ghosts ADD a int; ALTER TABLE ghosts ADD b int;"})
    assert [remark.problem.code for remark in reading.remarks] == ["sql.not_understood"]


def test_of_a_key_of_several_columns_the_one_beside_the_tenants_points() -> None:
    (reading,) = _named(
        {
            "a.sql": "CREATE TABLE shop (id int PRIMARY KEY);"
            "CREATE TABLE orders (id int, shop_id int REFERENCES shop(id), PRIMARY KEY (id, shop_id));"
            "CREATE TABLE lines (id int PRIMARY KEY, number int, shop_id int REFERENCES shop(id),"
            " FOREIGN KEY (number, shop_id) REFERENCES orders (id, shop_id));"
        }
    )
    assert {one.name: one.references for one in reading.facts.entities[2].attributes} == {
        "id": "",
        "number": "orders",
        "shop_id": "shop",
    }


def test_the_schema_file_of_rails_is_read_as_rails_writes_it() -> None:
    text = (
        "ActiveRecord::Schema[7.1].define(version: 2024_01_01_000000) do\n"
        '  create_enum "loan_state", ["open", "back"]\n'
        '  create_table "members", id: :uuid, default: -> { "gen_random_uuid()" }, force: :cascade do |t|\n'
        '    t.citext "email", null: false, comment: "where to write"\n'
        '    t.index ["email"], name: "a", unique: true\n'
        "  end\n\n"
        '  create_table "loans", force: :cascade do |t|\n'
        '    t.uuid "member_id", null: false\n'
        '    t.enum "state", enum_type: "loan_state"\n'
        '    t.string "tags", array: true\n'
        "  end\n\n"
        '  create_table "loans_tags", id: false, force: :cascade do |t|\n'
        '    t.bigint "loan_id"\n'
        "  end\n\n"
        '  add_foreign_key "loans", "members"\n'
        "end\n"
    )
    (reading,) = _named({"db/schema.rb": text, "app/models/loan.rb": "class Loan; end"})
    tables = {entity.name: {one.name: one for one in entity.attributes} for entity in reading.facts.entities}
    assert (tables["members"]["id"].type, tables["members"]["email"].unique, tables["members"]["email"].line) == (
        *("uuid", True, 4),
    )
    assert tables["loans"]["id"].primary
    assert tables["loans"]["member_id"].references == "members"
    assert tables["loans"]["state"].values == ("open", "back")
    assert tables["loans"]["tags"].type == "json"
    assert list(tables["loans_tags"]) == ["loan_id"]


def test_of_one_schema_for_several_databases_one_is_read_and_the_others_are_named() -> None:
    readings = _named({"db/mysql/schema.sql": TABLES, "db/postgres/schema.sql": TABLES, "db/h2/schema.sql": TABLES})
    (reading,) = readings
    assert reading.name == "db/postgres/schema.sql"
    assert {remark.problem.code for remark in reading.remarks} == {"sql.same_tables"}
    one = "CREATE TABLE a (id int PRIMARY KEY);"
    (reading,) = _named({"m/1_a.mysql.up.sql": one, "m/1_a.postgres.up.sql": one, "m/1_a.postgres.down.sql": one})
    assert reading.facts.entities[0].file == "m/1_a.postgres.up.sql"


# APIs of several files


@pytest.fixture
def api(tmp_path: Path) -> Path:
    root = tmp_path / "api"
    (root / "schemas").mkdir(parents=True)
    (root / "paths").mkdir()
    (root / "openapi.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: Loans, version: '1'}\npaths:\n"
        "  /loans:\n    $ref: paths/loans.yaml\n"
        "  /loans/{id}:\n    get:\n      operationId: getLoan\n      responses:\n        '200':\n"
        "          description: ok\n          content:\n            application/json:\n"
        "              schema: {$ref: 'schemas/loan.yaml#/Loan'}\n"
    )
    (root / "paths" / "loans.yaml").write_text(
        "post:\n  operationId: createLoan\n  responses:\n    '201':\n      description: made\n      content:\n"
        "        application/json:\n          schema: {$ref: '../schemas/loan.yaml#/Loan'}\n"
    )
    (root / "schemas" / "loan.yaml").write_text(
        "Loan:\n  type: object\n  properties:\n    id: {type: string}\n    due_on: {type: string, format: date}\n"
    )
    return root


def test_what_stands_in_other_files_has_its_place_there(api: Path) -> None:
    given = [Input("openapi.yaml", (api / "openapi.yaml").read_text())]
    (reading,) = read_inputs(given, Folder(api))
    operations = {one.operation_id: one for one in reading.facts.operations}
    assert (operations["createLoan"].file, operations["createLoan"].line) == ("paths/loans.yaml", 1)
    (loan,) = (schema for schema in reading.facts.schemas if schema.name == "Loan")
    assert (loan.file, loan.line) == ("schemas/loan.yaml", 1)
    assert [(one.name, one.line) for one in loan.attributes] == [("id", 4), ("due_on", 5)]
    described = {one.operation.operation_id: one for one in reading.described}
    assert described["getLoan"].answers == (("Loan", "one"),)


@pytest.mark.parametrize(
    "reference", ["file:///etc/passwd", "https://example.org/a.yaml", "../secret.yaml", "link.yaml"]
)
def test_references_out_of_the_folder_are_refused_and_named(api: Path, tmp_path: Path, reference: str) -> None:
    (tmp_path / "secret.yaml").write_text("Secret: {type: object, properties: {canary_4711: {type: string}}}\n")
    (api / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    text = (
        "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
        f"    A: {{$ref: '{reference}#/Secret'}}\n"
    )
    (reading,) = read_inputs([Input("openapi.yaml", text)], Folder(api))
    assert "canary_4711" not in str(reading)
    assert [remark.problem.code for remark in reading.remarks] == ["openapi.remote_ref"]


# Diagrams


def test_diagrams_in_markdown_have_the_lines_of_the_file() -> None:
    text = (
        "# Data\n\n```mermaid\nerDiagram\n    Loan {\n        uuid id PK\n    }\n```\n\n"
        "```mermaid\nsequenceDiagram\n    A->>B: GET /loans\n```\n"
    )
    data, story = _named({"notes.md": text})
    assert data.facts.entities[0].attributes[0].line == 6
    assert (story.notation, story.facts.calls[0].path) == ("sequence", "/loans")


def test_dbml_gives_tables_keys_enums_and_lines() -> None:
    text = (
        "Enum state {\n  open\n  back\n}\n\nTable members {\n  id integer [pk]\n}\n\n"
        "Table loans {\n  id integer [pk, increment]\n  member_id integer [not null, ref: > members.id]\n"
        "  state state\n  due timestamp [unique, note: 'when']\n}\n"
    )
    (reading,) = _named({"schema.dbml": text})
    loans = {one.name: one for one in reading.facts.entities[1].attributes}
    assert (loans["member_id"].references, loans["member_id"].line, loans["member_id"].required) == (
        "members",
        12,
        True,
    )
    assert (loans["state"].type, loans["state"].values) == ("enum", ("open", "back"))
    assert (loans["due"].type, loans["due"].unique, loans["due"].label) == ("datetime", True, "when")


@pytest.mark.parametrize(
    "text", ["Table {", "Table a { id [pk }", "\x00", "Ref: a.b > c.d", "Table a {\n id int\n}\nTable a {\n id int\n}"]
)
def test_dbml_that_cannot_be_read_is_a_remark(text: str) -> None:
    (reading,) = _named({"schema.dbml": text})
    assert [remark.problem.code for remark in reading.remarks] == ["dbml.syntax"]


# Databases


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "loans.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE members (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE);"
            "CREATE TABLE loans (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES members(id),"
            " state VARCHAR(8) CHECK (state IN ('open', 'back')), due_at DATETIME, paid BOOLEAN);"
        )
    connection.close()
    return path


def test_a_database_is_read_by_its_catalogue(database: Path) -> None:
    before = database.read_bytes()
    reading = read_database(f"sqlite:///{database}")
    tables = {entity.name: {one.name: one for one in entity.attributes} for entity in reading.facts.entities}
    assert tables["members"]["email"].unique
    assert tables["loans"]["member_id"].references == "members"
    assert tables["loans"]["state"].values == ("open", "back")
    assert {name: one.type for name, one in tables["loans"].items()} == {
        "id": "integer",
        "member_id": "integer",
        "state": "enum",
        "due_at": "datetime",
        "paid": "boolean",
    }
    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == ["loans.db"]


@pytest.fixture
def silent() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_database_that_does_not_answer_ends_in_a_sentence(silent: int) -> None:
    with pytest.raises(Unavailable) as told:
        read_database(f"postgresql://reader:canary_4711@127.0.0.1:{silent}/loans", patience=1.0)
    assert "canary_4711" not in f"{told.value.message}{told.value.details}"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgresql://reader:canary_4711@127.0.0.1:1/loans", "database_unreachable"),
        ("oracle://reader:canary_4711@host/loans", "database_kind"),
        ("canary_4711", "database_address"),
        ("://canary_4711", "database_address"),
        ("sqlite:////nowhere/canary.db", "not_found"),
        ("postgresql://reader:canary_4711@host:port/loans", "database_address"),
    ],
)
def test_addresses_that_lead_nowhere_are_told_without_what_is_secret(address: str, code: str) -> None:
    with pytest.raises(DesignchordError) as told:
        read_database(address)
    assert told.value.code == code
    assert "canary_4711" not in told.value.message


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("no database" * 1000)
    with pytest.raises(BadInput) as told:
        read_database(str(tmp_path / "a.db"))
    assert told.value.code == "database_file"


# Conventions


def test_prefixes_of_systems_and_of_applications_are_left_out_where_that_is_plain() -> None:
    assert bare_names(["wp_posts", "wp_users", "wp_terms"])["wp_posts"] == "posts"
    django = bare_names(["library_loan", "library_member", "auth_user", "django_session", "library_user"])
    assert (django["library_loan"], django["auth_user"], django["library_user"]) == (
        "loan",
        "auth_user",
        "library_user",
    )
    assert bare_names(["loan_item", "member", "loan_item_tag", "loan_item_member"])["loan_item"] == "loan_item"
    assert bare_names(["order_items", "orders", "members"])["order_items"] == "order_items"


@pytest.mark.parametrize("name", ["alembic_version", "_prisma_migrations", "flyway_schema_history", "django_session"])
def test_tables_of_tools_are_known(name: str) -> None:
    assert is_bookkeeping(name)
    assert not is_bookkeeping("loans")


@pytest.mark.parametrize(
    ("design", "built"),
    [
        ("due_on", "dueOn"),
        ("created_at", "date_created"),
        ("member_id", "member_uuid"),
        ("id", "loan_id"),
        ("password", "password_hash"),
        ("is_active", "active"),
        ("items", "item"),
        ("date", "loan_date"),
    ],
)
def test_columns_that_differ_by_convention_alone_are_the_same(design: str, built: str) -> None:
    pairs, left, right = pair_columns([AttributeFact(design, "string")], [AttributeFact(built, "string")], "Loan")
    assert (len(pairs), left, right) == (1, [], [])


def test_a_table_that_only_joins_is_known_by_its_keys_or_names() -> None:
    keyed = EntityFact("tags", (AttributeFact("a", "", references="x"), AttributeFact("b", "", references="y")))
    assert joined_ends(keyed, ["x", "y"]) == ("x", "y")
    named = EntityFact("z", tuple(AttributeFact(name, "integer") for name in ("id", "loan_id", "tag_id", "created_at")))
    assert joined_ends(named, ["loans", "tags"]) == ("loans", "tags")
    more = EntityFact("z", (*named.attributes, AttributeFact("amount", "integer")))
    assert joined_ends(more, ["loans", "tags"]) is None


def test_several_data_models_of_one_system_are_put_together_and_what_is_recognised_is_shown() -> None:
    drawn = "erDiagram\n" + "".join(
        f"    {name} {{\n        int id PK\n    }}\n" for name in ("LoanBook", "BookLoan", "Fine")
    )
    readings = _named({"a.sql": "CREATE TABLE loan_books (id int PRIMARY KEY);", "erd.mmd": drawn})
    system = System(readings)
    assert [table.bare for table in system.tables] == ["loan_books", "book_loan", "fine"]


def test_an_api_says_what_is_sent_and_answered_through_envelopes() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {
            "/loans": {
                "get": {
                    "parameters": [{"name": "state", "in": "query", "schema": {"type": "string"}}],
                    "responses": {
                        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}
                    },
                },
                "post": {
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"loan": {"$ref": "#/components/schemas/NewLoan"}},
                                }
                            }
                        }
                    },
                    "responses": {"201": {"description": "made"}, "409": {"description": "lent already"}},
                },
            }
        },
        "components": {
            "schemas": {
                "Loan": {"type": "object", "properties": {"id": {"type": "string"}}},
                "NewLoan": {"type": "object", "properties": {"due_on": {"type": "string"}, "note": {"type": "string"}}},
                "Page": {
                    "type": "object",
                    "properties": {
                        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Loan"}},
                        "total": {"type": "integer"},
                    },
                },
            }
        },
    }
    (reading,) = _named({"openapi.json": json.dumps(document)})
    listed, made = reading.described
    assert (listed.returns, listed.filters, ("Loan", "page") in listed.answers) == ("page", ("state",), True)
    assert (made.request, made.refusals, made.returns) == (("due_on", "note"), ((409, "lent already"),), "none")


@pytest.mark.parametrize(
    ("schemas", "entity", "shown"),
    [
        (("LoanDto", "PageLoanDto", "ListLoansResponse"), "Loan", ["LoanDto"]),
        (("List", "ListPage"), "List", ["List"]),
        (("ReadingListDto",), "ReadingList", ["ReadingListDto"]),
        (("pbLoan", "pbMember", "pbLoginResponse", "Any"), "Loan", ["pbLoan"]),
        (("LoanCreate", "LoanPublic", "LoanUpdate"), "Loan", ["LoanCreate", "LoanPublic", "LoanUpdate"]),
    ],
)
def test_what_holds_many_of_a_thing_does_not_show_it_and_what_a_package_is_called_does_not_hide_it(
    schemas: tuple[str, ...], entity: str, shown: list[str]
) -> None:
    described = {name: {"type": "object", "properties": {"title": {"type": "string"}}} for name in schemas}
    operation = {"responses": {"200": {"description": "ok"}}}
    document = {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {"/loans": {"get": operation}}}
    system = System(_named({"openapi.json": json.dumps({**document, "components": {"schemas": described}})}))
    assert [schema.name for _, schema in system.shown([entity])[entity]] == shown
