"""Takes away from artifacts, steps and revisions what their parts say now."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('designs', '0003_fill_part')]

    operations = [
        migrations.AlterModelOptions(name='step', options={'ordering': ['id']}),
        migrations.RemoveField(model_name='part', name='inputs'),
        migrations.RemoveField(model_name='revision', name='inputs'),
        migrations.RemoveField(model_name='revision', name='step'),
        migrations.RemoveField(model_name='step', name='inputs'),
        migrations.RemoveField(model_name='step', name='key'),
        migrations.RemoveField(model_name='step', name='kind'),
        migrations.RemoveField(model_name='step', name='position'),
        migrations.RemoveField(model_name='step', name='title'),
        migrations.AlterField(
            model_name='step',
            name='design',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='designs.design'),
        ),
        migrations.AddIndex(
            model_name='design',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='design_deleted'),
        ),
        migrations.AddIndex(
            model_name='design',
            index=models.Index(condition=models.Q(('report_due', True)), fields=['id'], name='design_report_due'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('design', 'kind', 'key'), name='one_part_per_key'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('part', 'number'), name='one_revision_per_number'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('part', 'run'), name='one_revision_per_run'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(condition=models.Q(('part', None)), fields=('design',), name='one_report_per_design'),
        ),
    ]
