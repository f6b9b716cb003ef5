"""A small system that is there: its tables, and the description of its API."""

SCHEMA = """\
CREATE TYPE loan_state AS ENUM ('open', 'returned', 'lost');
CREATE TABLE members (
    id uuid PRIMARY KEY,
    email varchar(200) NOT NULL UNIQUE,
    full_name varchar(100) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE tools (
    id uuid PRIMARY KEY,
    title varchar(100) NOT NULL,
    weight_kg numeric(6, 2),
    internal_note text
);
CREATE TABLE loans (
    id uuid PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES members(id),
    tool_id uuid NOT NULL REFERENCES tools(id),
    due_on date NOT NULL,
    state loan_state NOT NULL
);
CREATE TABLE tags (
    id serial PRIMARY KEY,
    word varchar(40) NOT NULL UNIQUE
);
CREATE TABLE tools_tags (
    tool_id uuid NOT NULL REFERENCES tools(id),
    tag_id int NOT NULL REFERENCES tags(id),
    PRIMARY KEY (tool_id, tag_id)
);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
"""

API = """\
openapi: 3.0.3
info: {title: Tool library, version: "1"}
servers: [{url: /api/v1}]
paths:
  /tools:
    get:
      operationId: listTools
      parameters:
        - {name: word, in: query, schema: {type: string}}
        - {name: page, in: query, schema: {type: integer}}
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Tool"}}}}
    post:
      operationId: createTool
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ToolCreate"}}}}
      responses:
        "201":
          description: made
          content: {application/json: {schema: {$ref: "#/components/schemas/Tool"}}}
  /tools/{toolId}:
    parameters: [{name: toolId, in: path, required: true, schema: {type: string, format: uuid}}]
    get:
      operationId: getTool
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Tool"}}}
        "404": {description: no such tool}
    put:
      operationId: updateTool
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ToolCreate"}}}}
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Tool"}}}
  /loans:
    get:
      operationId: listLoans
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Loan"}}}}
    post:
      operationId: createLoan
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/LoanCreate"}}}}
      responses:
        "201":
          description: lent
          content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}
        "409": {description: lent already}
  /loans/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getLoan
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}
components:
  schemas:
    Tool:
      type: object
      properties:
        id: {type: string, format: uuid}
        title: {type: string}
        weightKg: {type: number}
        lentOut: {type: boolean}
    ToolCreate:
      type: object
      properties:
        title: {type: string}
        weightKg: {type: number}
    Loan:
      type: object
      properties:
        id: {type: string, format: uuid}
        memberId: {type: string, format: uuid}
        toolId: {type: string, format: uuid}
        dueOn: {type: string, format: date}
        state: {type: string, enum: [open, returned, lost]}
    LoanCreate:
      type: object
      properties:
        toolId: {type: string, format: uuid}
        dueOn: {type: string, format: date}
"""
