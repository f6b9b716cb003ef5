from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("designs", "0005_storage_and_past_calls"),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="refused",
            field=models.JSONField(default=list),
        ),
        # Of the designs that are there, a model was asked for every part.
        migrations.AddField(
            model_name="design",
            name="effort",
            field=models.CharField(
                choices=[("quick", "Quick"), ("standard", "Standard"), ("thorough", "Thorough")],
                default="thorough",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="design",
            name="effort",
            field=models.CharField(
                choices=[("quick", "Quick"), ("standard", "Standard"), ("thorough", "Thorough")],
                default="standard",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="revision",
            name="origin",
            field=models.CharField(
                choices=[
                    ("generated", "Generated"),
                    ("repaired", "Repaired"),
                    ("compiled", "Compiled"),
                    ("skeleton", "Skeleton"),
                    ("offline", "Offline"),
                    ("edited", "Edited"),
                    ("regenerated", "Regenerated"),
                    ("restored", "Restored"),
                ],
                max_length=12,
            ),
        ),
    ]
