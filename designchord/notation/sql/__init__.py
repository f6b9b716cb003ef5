"""Tables of a relational database: their model, and SQL in the dialects that people run."""

from designchord.notation.sql.model import Column, ForeignKey, Schema, Table

__all__ = ["Column", "ForeignKey", "Schema", "Table"]
