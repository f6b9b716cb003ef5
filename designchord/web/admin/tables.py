"""The lists themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, FloatField, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.safestring import SafeString

from designchord.api.callers import verbs
from designchord.designs.models import TERMINAL, ApiToken, Call, Design, Owner, Step
from designchord.designs.services import accounts, tokens
from designchord.designs.services.designs import local_owner
from designchord.web.admin.lists import ReadOnly, column, complain, dollars, link, note
from designchord.web.admin.site import site


def _below(rows: QuerySet[Any], by: str, value: Any, output: Any) -> Coalesce:
    """A figure over the rows that belong to each row of a list, 0 where there are none."""
    figures = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(figure=value).values("figure")
    return Coalesce(Subquery(figures, output_field=output()), 0, output_field=output())


@admin.register(Owner, site=site)
class Owners(ReadOnly):
    """People: how many designs they have and what those used."""

    has_page = deletable = True
    list_display = (
        "username", "is_active", "is_staff", "designs", "under_way", "calls", "tokens_used", "cost", "date_joined",
        "last_login",
    )  # fmt: skip
    list_filter = ("is_active", "is_staff")
    search_fields = ("username",)
    date_hierarchy = "date_joined"
    asked = ("is_active", "is_staff", "date_joined")
    fields = readonly_fields = list_display
    actions = ("lock", "unlock")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        present = Design.objects.filter(deleted_at=None)
        tokens_used = Sum("input_tokens", default=0) + Sum("output_tokens", default=0)
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(
            n_designs=_below(present, "owner", Count("pk"), IntegerField),
            n_under_way=_below(present.exclude(state__in=TERMINAL), "owner", Count("pk"), IntegerField),
            n_calls=_below(Call.objects.all(), "owner", Count("pk"), IntegerField),
            n_tokens=_below(Call.objects.all(), "owner", tokens_used, IntegerField),
            usd=_below(Call.objects.all(), "owner", Sum("cost_usd"), FloatField),
        )
        return counted

    @column("Designs", order="n_designs")
    def designs(self, owner: Any) -> SafeString:
        return link(Design, owner.n_designs, owner__id__exact=owner.pk)

    @column("Under way", order="n_under_way")
    def under_way(self, owner: Any) -> int:
        return int(owner.n_under_way)

    @column("Calls", order="n_calls")
    def calls(self, owner: Any) -> SafeString:
        return link(Call, owner.n_calls, owner__id__exact=owner.pk)

    @column("Tokens of models", order="n_tokens")
    def tokens_used(self, owner: Any) -> str:
        return f"{owner.n_tokens:,}"

    @column("Cost", order="usd")
    def cost(self, owner: Any) -> str:
        return dollars(owner.usd)

    @admin.action(description="Lock selected owners: sessions and API tokens open nothing")
    def lock(self, request: HttpRequest, queryset: QuerySet[Owner]) -> None:
        for owner in queryset:
            if self._may_end(request, owner):
                accounts.owner_change(owner=owner, active=False)
                note(request, "lock", owner)

    @admin.action(description="Unlock selected owners")
    def unlock(self, request: HttpRequest, queryset: QuerySet[Owner]) -> None:
        for owner in queryset:
            accounts.owner_change(owner=owner, active=True)
            note(request, "unlock", owner)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not _is_kept(request, obj))

    def end(self, request: HttpRequest, row: Owner) -> None:
        if self._may_end(request, row):
            verbs().delete_owner(owner=row)

    def _may_end(self, request: HttpRequest, owner: Owner) -> bool:
        kept = _is_kept(request, owner)
        if kept:
            complain(request, f"{owner.username} is left as it is: your own account, or the machine's.")
        return not kept


def _is_kept(request: HttpRequest, owner: Owner) -> bool:
    """Nobody locks themselves out, and the account of the machine itself stays."""
    return owner.pk in {request.user.pk, local_owner().pk}


class Deleted(admin.SimpleListFilter):
    """Designs that their owners can still take back are not shown unless asked for."""

    title = "deleted"
    parameter_name = "deleted"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "No"), ("yes", "Yes, to be purged")]

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return {"no": queryset.filter(deleted_at=None), "yes": queryset.exclude(deleted_at=None)}.get(
            self.value() or "", queryset
        )


@admin.register(Design, site=site)
class Designs(ReadOnly):
    """Designs without what is in them: no title, no idea, no artifact, no link under which they are shared."""

    has_page = deletable = True
    list_display = (
        "id",
        "owner",
        "state",
        "error_code",
        "model",
        "language",
        "created_at",
        "duration",
        "calls",
        "cost",
    )
    list_filter = ("state", "model", "language", Deleted)
    search_fields = ("id__exact", "owner__username")
    date_hierarchy = "created_at"
    asked = ("state", "model", "language", "deleted", "owner__id", "created_at")
    list_select_related = ("owner",)
    readonly_fields = ("duration", "calls", "cost", "steps", "parts", "shared")
    fields = (
        "id", "owner", "state", "error_code", "model", "language", "parts", "created_at", "duration", "deadline_at",
        "finished_at", "deleted_at", "shared", "steps", "calls", "cost",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.defer("title", "content", "requirements", "report").annotate(
            n_steps=_below(Step.objects.all(), "design", Count("pk"), IntegerField),
            n_calls=_below(Call.objects.all(), "design", Count("pk"), IntegerField),
            usd=_below(Call.objects.all(), "design", Sum("cost_usd"), FloatField),
        )
        return counted

    @column("Duration")
    def duration(self, design: Design) -> str:
        return _seconds(design.finished_at - design.created_at) if design.finished_at else ""

    @column("Parts asked for")
    def parts(self, design: Design) -> str:
        return ", ".join(design.kinds)

    @column("Shared", boolean=True)
    def shared(self, design: Design) -> bool:
        return design.share_token is not None

    @column("Steps", order="n_steps")
    def steps(self, design: Any) -> SafeString:
        return link(Step, design.n_steps, design__id__exact=design.pk)

    @column("Calls", order="n_calls")
    def calls(self, design: Any) -> SafeString:
        return link(Call, design.n_calls, design__id__exact=design.pk)

    @column("Cost", order="usd")
    def cost(self, design: Any) -> str:
        return dollars(design.usd)

    def end(self, request: HttpRequest, row: Design) -> None:
        verbs().erase(design_id=row.pk)


@admin.register(Step, site=site)
class Steps(ReadOnly):
    """Steps by kind; the names of parts are taken from ideas, so they are not shown."""

    list_display = (
        "id",
        "in_design",
        "kind",
        "state",
        "phase",
        "run",
        "attempt",
        "error_code",
        "started_at",
        "duration",
    )
    list_filter = ("state", "part__kind")
    list_select_related = ("part",)
    search_fields = ("design__id__exact",)
    date_hierarchy = "started_at"
    asked = ("state", "part__kind", "design__id", "started_at")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        return super().get_queryset(request).defer("part__key", "part__title", "feedback", "error_message")

    @column("Kind", order="part__kind")
    def kind(self, step: Step) -> str:
        return step.kind

    @column("Design", order="design")
    def in_design(self, step: Step) -> SafeString:
        return link(Step, step.design_id, design__id__exact=step.design_id)

    @column("Duration")
    def duration(self, step: Step) -> str:
        return _seconds(step.finished_at - step.started_at) if step.finished_at and step.started_at else ""


@admin.register(Call, site=site)
class Calls(ReadOnly):
    """The ledger without what was asked and answered."""

    list_display = (
        "id", "owner", "in_design", "model", "state", "error_code", "input_tokens", "cached_tokens", "output_tokens",
        "cost", "latency", "started_at",
    )  # fmt: skip
    list_filter = ("state", ("error_code", admin.AllValuesFieldListFilter), "model")
    search_fields = ("design__id__exact", "owner__username")
    date_hierarchy = "started_at"
    asked = ("state", "error_code", "model", "owner__id", "design__id", "started_at")
    list_select_related = ("owner",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return super().get_queryset(request).defer("raw", "digest")

    @column("Design", order="design")
    def in_design(self, call: Call) -> SafeString:
        return link(Call, call.design_id, design__id__exact=call.design_id)

    @column("Cost", order="cost_usd")
    def cost(self, call: Call) -> str:
        return dollars(call.cost_usd)


@admin.register(ApiToken, site=site)
class Tokens(ReadOnly):
    """API tokens by how they begin; deleting one revokes it."""

    deletable = True
    list_display = ("begins", "owner", "scope", "created_at", "expires_at", "last_used_at")
    list_filter = ("scope",)
    search_fields = ("prefix", "owner__username")
    date_hierarchy = "created_at"
    asked = ("scope", "owner__id", "created_at")
    list_select_related = ("owner",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return super().get_queryset(request).defer("digest")

    @column("Token", order="prefix")
    def begins(self, token: ApiToken) -> str:
        return f"{token.prefix}…"

    def end(self, request: HttpRequest, row: ApiToken) -> None:
        tokens.token_revoke(owner=row.owner, token_id=row.pk)


def _seconds(time: timedelta) -> str:
    return f"{time.total_seconds():,.1f} s"
