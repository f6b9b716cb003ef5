"""Gives every step its part, and every revision the blueprint that it was made from."""

from typing import Any

from django.db import migrations
from django.db.models import F


def fill(apps: Any, schema_editor: Any) -> None:
    for design_id in apps.get_model('designs', 'Design').objects.values_list('pk', flat=True).iterator():
        _give_steps_their_parts(apps, design_id)
        _give_revisions_their_blueprints(apps, design_id)


def _give_steps_their_parts(apps: Any, design_id: Any) -> None:
    Part, Step = apps.get_model('designs', 'Part'), apps.get_model('designs', 'Step')
    parts = {(part.kind, part.key): part for part in Part.objects.filter(design_id=design_id)}
    for step in Step.objects.filter(design_id=design_id).exclude(kind='report'):
        part = parts.get((step.kind, step.key))
        if part is None:  # nothing was made of it yet
            part = Part.objects.create(
                design_id=design_id, kind=step.kind, key=step.key, title=step.title, position=step.position
            )
        step.part = part
        step.save(update_fields=['part'])
        if part.retired and step.state in ('waiting', 'ready', 'running'):
            Step.objects.filter(pk=step.pk).update(
                state='cancelled', phase='', token=F('token') + 1, lease_until=None, finished_at=step.ready_at
            )


def _give_revisions_their_blueprints(apps: Any, design_id: Any) -> None:
    """What a revision was made from was a digest; now it is the blueprint's revision that stood when it was made."""
    Part, Revision = apps.get_model('designs', 'Part'), apps.get_model('designs', 'Revision')
    revisions = Revision.objects.filter(part__design_id=design_id)
    blueprints = list(
        revisions.filter(part__kind='blueprint').order_by('number').values_list('number', 'created_at')
    )
    for part in Part.objects.filter(design_id=design_id):
        by_hand: dict[int, bool] = {}
        for revision in part.revisions.order_by('number').defer('source'):
            restored = revision.provenance.get('restored')
            by_hand[revision.number] = revision.origin == 'edited' or (
                revision.origin == 'restored' and by_hand.get(restored, False)
            )
            made_from = None
            if part.kind != 'blueprint' and blueprints:
                before = [number for number, created_at in blueprints if created_at <= revision.created_at]
                made_from = before[-1] if before else blueprints[0][0]
            Revision.objects.filter(pk=revision.pk).update(blueprint=made_from, by_hand=by_hand[revision.number])
        current = part.revisions.filter(number=part.current).values_list('inputs', flat=True).first()
        if part.kind != 'blueprint' and current is not None and current != part.inputs:
            part.stale = [{'what': 'blueprint', 'id': '', 'how': 'changed'}]
            part.save(update_fields=['stale'])


class Migration(migrations.Migration):

    dependencies = [('designs', '0002_part')]

    operations = [migrations.RunPython(fill, elidable=False)]
