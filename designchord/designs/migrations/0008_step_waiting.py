from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('designs', '0007_change_set'),
    ]

    operations = [
        migrations.AddField(
            model_name='step',
            name='waiting',
            field=models.JSONField(null=True),
        ),
    ]
