"""What the lists have in common: they show, they do not edit, and no address asks them about what they do not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import structlog
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import Media
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

_SUFFIXES = ("", "__exact", "__isnull", "__year", "__month", "__day", "__gte", "__lt")

_log = structlog.get_logger(__name__)


class ReadOnly(_Admin):
    """A list of rows. ``asked``: by which columns an address may choose; Django would allow each of the table's."""

    list_per_page = 50
    show_full_result_count = False
    has_page = False
    deletable = False
    asked: tuple[str, ...] = ()

    @property
    def media(self) -> Media:
        """Django's, without jQuery, which neither these lists nor our policy have a use for."""
        return Media(js=["admin/js/actions.js"])

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.deletable and self.admin_site.has_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return any(lookup == f"{name}{suffix}" for name in self.asked for suffix in _SUFFIXES)

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return super().get_list_display_links(request, list_display) if self.has_page else None

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        if not self.has_page or request.method not in {"GET", "HEAD"}:
            raise Http404
        return super().change_view(request, object_id, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        raise Http404

    def get_deleted_objects(
        self, objs: Iterable[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What is named before it is deleted: the rows themselves, not everything below them."""
        named = [str(each) for each in objs]
        return named, {str(self.opts.verbose_name_plural): len(named)}, set(), []

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Without the transaction that Django lays around it: services have their own, and speak after it."""
        return self._delete_view(request, object_id, extra_context)  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.end(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for each in queryset:
            self.end(request, each)

    def end(self, request: HttpRequest, row: Any) -> None:
        """Delete a row by its service."""
        raise NotImplementedError

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for each in queryset:
            note(request, "delete", each)


def note(request: HttpRequest, what: str, row: Model) -> None:
    """What a member of staff did, for the operator's logs: by numbers, which outlive nobody's name."""
    _log.warning("staff_acted", what=what, staff=request.user.pk, kind=type(row).__name__.lower(), id=str(row.pk))


def complain(request: HttpRequest, sentence: str) -> None:
    messages.error(request, sentence)


def link(model: type[Model], text: object, **query: Any) -> SafeString:
    """A link to a list, narrowed down."""
    address = reverse(f"admin:designs_{model.__name__.lower()}_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(query), text)


def column(short_description: str, *, order: str | None = None, boolean: bool = False) -> Callable[[Any], Any]:
    return admin.display(description=short_description, ordering=order, boolean=boolean or None)


def dollars(value: float | None) -> str:
    return "" if value is None else f"${value:,.4f}" if value else "$0"
