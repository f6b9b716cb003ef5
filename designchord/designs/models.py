"""Designs, their parts, steps, revisions, events and calls.

The database is the truth: any process may die at any moment and what stands here is enough to go on. States are
drawn in ``docs/states.md``. Rows are written by ``designs.services`` alone and read by ``designs.selectors``.

A foreign key has no index of its own (``db_index=False``) where another index begins with it: each costs every write.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models

from designchord.designs.folding import FoldedTextField


class Owner(AbstractUser):
    """Whoever a design belongs to; without accounts there is one, made at the first start.

    ``invitation`` is the one that the account was made with: each makes one account.
    """

    invitation = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - NULL is "without one"


class Scope(models.TextChoices):
    READ = "read"
    WRITE = "write"  # and read


class ApiToken(models.Model):
    """What a program shows instead of signing in. Only a digest is kept; ``prefix`` is there to recognise it by."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=8, choices=Scope)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class Pace(models.Model):
    """How fast something is asked for: ``free_at`` (Unix seconds) is when all that was allowed is spent again."""

    key = models.CharField(max_length=100, primary_key=True)
    free_at = models.FloatField()

    def __str__(self) -> str:
        return self.key


class Beat(models.Model):
    """When any process last looked after all designs. One row, so that time in which none did is made up for once.

    Until ``patient_until`` it may be the clock that has ended a lease, not the death of its holder.
    """

    at = models.DateTimeField()
    patient_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.at.isoformat()


class DesignState(models.TextChoices):
    QUEUED = "queued"  # accepted, no step has begun
    RUNNING = "running"
    DONE = "done"  # every part is there as asked for
    PARTIAL = "partial"  # some parts are stand-ins; they can be retried
    FAILED = "failed"  # no part is there as asked for
    CANCELLED = "cancelled"


UNDER_WAY = (DesignState.QUEUED, DesignState.RUNNING)
TERMINAL = (DesignState.DONE, DesignState.PARTIAL, DesignState.FAILED, DesignState.CANCELLED)


class StepState(models.TextChoices):
    WAITING = "waiting"  # for other steps
    READY = "ready"  # anybody may take it
    RUNNING = "running"  # somebody holds its lease
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


SETTLED = (StepState.DONE, StepState.FAILED, StepState.CANCELLED)
UNSETTLED = (StepState.WAITING, StepState.READY, StepState.RUNNING)


class Origin(models.TextChoices):
    GENERATED = "generated"  # a model's answer as it came
    REPAIRED = "repaired"  # a model's answer after fixes or a re-ask
    COMPILED = "compiled"  # made from the blueprint by code
    SKELETON = "skeleton"  # made by rules because no valid answer came
    OFFLINE = "offline"  # made by rules, no model was asked
    EDITED = "edited"
    REGENERATED = "regenerated"
    RESTORED = "restored"


class Assume(models.TextChoices):
    """What the offline drafter may add that the text does not say."""

    USUAL = "usual"
    NONE = "none"


class Effort(models.TextChoices):
    """How much of a design a model writes; which kinds those are, the kinds say."""

    QUICK = "quick"  # the blueprint
    STANDARD = "standard"  # also what gains most by it
    THOROUGH = "thorough"  # every part


class Design(models.Model):
    """One request of one owner, and all that is made for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="designs", db_index=False)
    title = models.CharField(max_length=200)
    content = models.TextField()
    requirements = models.TextField(blank=True)
    language = models.CharField(max_length=16)
    kinds = models.JSONField()
    model = models.CharField(max_length=120)
    assume = models.CharField(max_length=8, choices=Assume, default=Assume.USUAL)
    effort = models.CharField(max_length=8, choices=Effort, default=Effort.STANDARD)
    state = models.CharField(max_length=12, choices=DesignState, default=DesignState.QUEUED)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    report = models.JSONField(null=True)
    report_due = models.BooleanField(default=False)  # something was changed by hand since the report was made
    last_event = models.PositiveIntegerField(default=0)
    verified = models.PositiveIntegerField(default=0)  # the number of the last verification; 0 before there is one
    idempotency_key = models.CharField(max_length=200, null=True)  # noqa: DJ001 - NULL is "no key", "" is a key
    request_digest = models.CharField(max_length=64)
    share_token = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - NULL is "not shared"
    created_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    #: What ``last_event`` is in the database while this process has the row locked (``services.events``).
    numbered: int | None = None

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "idempotency_key"], name="one_design_per_key")]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="design_by_owner"),
            models.Index(fields=["state", "deadline_at"], name="design_by_state"),
            models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="design_deleted"),
            models.Index(fields=["id"], condition=models.Q(report_due=True), name="design_report_due"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Part(models.Model):
    """One thing that a design is to have: the blueprint, or a part that the blueprint calls for.

    It owns the step that makes it and the revisions that were made. ``current`` is the number of the revision shown, 0
    before there is one. ``retired``: the blueprint has no such part any more; nothing makes or shows it, its history
    stays. ``stale`` lists what the blueprint has changed since the current revision was made, of what the part is
    about (``kinds.staleness``); None when nothing.
    """

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="parts", db_index=False)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)
    current = models.PositiveIntegerField(default=0)
    stale = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["design", "kind", "key"], name="one_part_per_key")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.design_id} {self.kind} {self.key}".strip()


class ChangeRequest(models.Model):
    """A change in words that a model reads: what it came to is proposed, and stored as a change by nobody but a person.

    ``answered``: a question that the words had led to, and its answer. ``base`` is the number of the blueprint's
    revision that was read, ``operations`` and ``question`` what came of it, ``problems`` what was wrong with an answer
    that came to nothing. ``closed_at``: it was carried out, or nobody wants it any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="requests")
    words = models.TextField()
    answered = models.JSONField(null=True)
    base = models.PositiveIntegerField(null=True)
    operations = models.JSONField(default=list)
    question = models.TextField(blank=True)
    problems = models.JSONField(default=list)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return str(self.id)


class Step(models.Model):
    """The work of making a part or of reading a request for a change, or, without either, the report.

    The step of a request stands beside the others: a design that has ended stays so, and no report waits for it.

    ``run`` counts how often the work was asked for (first time, retry, regeneration; 0 where what is compiled from the
    blueprint was all that was asked for), ``attempt`` how often it was
    taken up within the run. ``token`` is the fencing token: it grows with each claim and with a cancel, and a write
    that carries an older one is refused.
    """

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="steps")
    part = models.OneToOneField(Part, on_delete=models.CASCADE, null=True, related_name="step")
    request = models.ForeignKey(
        ChangeRequest, on_delete=models.CASCADE, null=True, related_name="steps", db_index=False
    )
    state = models.CharField(max_length=12, choices=StepState)
    phase = models.CharField(max_length=12, blank=True)
    waiting = models.JSONField(null=True)  # in the phase of that name: the code of what it waits for, and until when
    run = models.PositiveIntegerField(default=1)
    attempt = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    feedback = models.TextField(blank=True)
    cascade = models.BooleanField(default=False)  # bring the parts up to date when this blueprint is done
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    refused = models.JSONField(default=list)  # codes of the errors for which its run's answers were refused
    unchanged = models.BooleanField(default=False)  # its run made again what was there, and no revision
    ready_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["design"], condition=models.Q(part=None, request=None), name="one_report_per_design"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(request__isnull=False), name="one_step_per_request"
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="step_by_lease")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.design_id} {self.kind}"

    @property
    def kind(self) -> str:
        """The kind of the part, or ``request``, or ``report``."""
        if self.request_id is not None:
            return "request"
        return self.part.kind if self.part else "report"


class Revision(models.Model):
    """An immutable version of a part.

    ``blueprint`` is the number of the blueprint's revision that it was made from or edited in view of; ``by_hand``:
    a person wrote it, perhaps long ago and restored since.
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    source = FoldedTextField()
    origin = models.CharField(max_length=12, choices=Origin)
    problems = models.JSONField(default=list)
    provenance = models.JSONField(default=dict)
    blueprint = models.PositiveIntegerField(null=True)
    by_hand = models.BooleanField(default=False)
    run = models.PositiveIntegerField(null=True)  # of the step that made it, if it was not a person
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "number"], name="one_revision_per_number"),
            models.UniqueConstraint(fields=["part", "run"], name="one_revision_per_run"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.part_id} #{self.number}"


class ChangeOrigin(models.TextChoices):
    """How somebody came to change a blueprint."""

    CHANGED = "changed"  # by words or by operations
    EDITED = "edited"  # its text, by hand
    SETTLED = "settled"  # assumptions confirmed or struck
    RESTORED = "restored"  # an earlier revision
    UNDONE = "undone"  # another change taken back


class ChangeSet(models.Model):
    """One change of a design's blueprint: it made revision ``result`` of revision ``base``, and is known by ``result``.

    ``who`` is the owner's name at that time, ``why`` the words that asked for it. ``operations`` are those that were
    carried out, ``inverse`` those that take them back. ``undoes`` is the ``result`` of the change that it took back.
    """

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="changes", db_index=False)
    origin = models.CharField(max_length=12, choices=ChangeOrigin)
    who = models.CharField(max_length=150)
    why = models.TextField(blank=True)
    operations = models.JSONField()
    inverse = models.JSONField()
    base = models.PositiveIntegerField()
    result = models.PositiveIntegerField()
    undoes = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["design", "result"], name="one_change_per_revision")]
        ordering = ["result"]

    def __str__(self) -> str:
        return f"{self.design_id} {self.base} → {self.result}"


class Verification(models.Model):
    """What a verification of a built system against a design found, as it was reported (``verification.reporting``).

    ``revision`` is the version of what was built, in its makers' words; ``blueprint`` the number of the revision that
    it was held against, None where that is no revision of this design. ``digest`` is that of all that was reported.
    """

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="verifications", db_index=False)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    who = models.CharField(max_length=150)
    revision = models.CharField(max_length=100, blank=True)
    blueprint = models.PositiveIntegerField(null=True)
    compared = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    accepted = models.JSONField(default=list)
    things = models.JSONField(default=list)
    not_read = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)  # bytes that count as kept by the owner
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["design", "number"], name="one_verification_per_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.design_id} {self.number}"


class Event(models.Model):
    """One entry of a design's gapless history; large values are referred to, see ``selectors.events_after``."""

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="events", db_index=False)
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=12)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["design", "number"], name="one_event_per_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.design_id} {self.number} {self.type}"


class CallState(models.TextChoices):
    OPEN = "open"
    ANSWERED = "answered"
    FAILED = "failed"


class Call(models.Model):
    """The ledger: one row before each call to a model, completed after it with the raw answer and its price.

    ``digest`` identifies the question, so that a step taken up again after a crash finds an answer already paid for.
    What is ``reserved`` is the most that the call may use while it is open.
    """

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="calls", db_index=False)
    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="calls")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="calls", db_index=False)
    run = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    model = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.OPEN)
    error_code = models.CharField(max_length=60, blank=True)
    raw = models.TextField(blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    estimated = models.BooleanField(default=False)
    reserved_tokens = models.PositiveIntegerField(default=0)
    reserved_usd = models.FloatField(default=0.0)
    cost_usd = models.FloatField(null=True)
    latency = models.FloatField(null=True)
    first_token = models.FloatField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["step", "run", "digest"], name="call_by_question"),
            models.Index(fields=["owner", "started_at"], name="call_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.model} {self.state}"


class Storage(models.Model):
    """How many bytes an owner has given to keep for a design: its idea and what was edited since. Gone with it."""

    design = models.OneToOneField(Design, on_delete=models.CASCADE, primary_key=True, related_name="storage")
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="storage")
    bytes = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.design_id} {self.bytes}"


class PastCalls(models.Model):
    """What the ledger held of designs that are gone: sums alone, so that counters never go down.

    ``within`` counts calls by latency, as ``figures.LATENCIES`` has them.
    """

    model = models.CharField(max_length=120)
    outcome = models.CharField(max_length=60)
    count = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    cached_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cost_usd = models.FloatField(default=0.0)
    seconds = models.FloatField(default=0.0)
    within = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "outcome"], name="one_past_of_a_model_and_outcome")]

    def __str__(self) -> str:
        return f"{self.model} {self.outcome} {self.count}"
