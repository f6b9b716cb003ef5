"""Artifacts become parts, which steps and revisions belong to. What they hold is brought along by 0003."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('designs', '0001_initial')]

    operations = [
        migrations.RemoveConstraint(model_name='artifact', name='one_artifact_per_part'),
        migrations.RemoveConstraint(model_name='revision', name='one_revision_per_number'),
        migrations.RemoveConstraint(model_name='revision', name='one_revision_per_run'),
        migrations.RemoveConstraint(model_name='step', name='one_step_per_part'),
        migrations.RenameModel('Artifact', 'Part'),
        migrations.RenameField('Part', 'part', 'key'),
        migrations.AlterField(
            'Part', 'design',
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='designs.design'),
        ),
        migrations.AddField('Part', 'stale', models.JSONField(null=True)),
        migrations.RenameField('Revision', 'artifact', 'part'),
        migrations.AddField('Revision', 'blueprint', models.PositiveIntegerField(null=True)),
        migrations.AddField('Revision', 'by_hand', models.BooleanField(default=False)),
        migrations.RenameField('Step', 'part', 'key'),
        migrations.AddField(
            'Step', 'part',
            models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='step', to='designs.part'),
        ),
        migrations.AddField('Design', 'report_due', models.BooleanField(default=False)),
    ]
