from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('designs', '0008_step_waiting'),
    ]

    operations = [
        migrations.CreateModel(
            name='Beat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('patient_until', models.DateTimeField(null=True)),
            ],
        ),
    ]
