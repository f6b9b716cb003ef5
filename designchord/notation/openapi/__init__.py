"""OpenAPI 2.0, 3.0 and 3.1: text in, problems and facts out. Nothing is ever fetched."""

from designchord.notation.openapi.checking import Checked, check, check_document
from designchord.notation.openapi.reading import Document, read
from designchord.notation.openapi.stating import facts

__all__ = ["Checked", "Document", "check", "check_document", "facts", "read"]
