
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Owner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('invitation', models.CharField(max_length=64, null=True, unique=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Pace',
            fields=[
                ('key', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('free_at', models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('prefix', models.CharField(max_length=12)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Write')], max_length=8)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Design',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('content', models.TextField()),
                ('requirements', models.TextField(blank=True)),
                ('language', models.CharField(max_length=16)),
                ('kinds', models.JSONField()),
                ('model', models.CharField(max_length=120)),
                ('assume', models.CharField(choices=[('usual', 'Usual'), ('none', 'None')], default='usual', max_length=8)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('partial', 'Partial'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=12)),
                ('error_code', models.CharField(blank=True, max_length=60)),
                ('error_message', models.CharField(blank=True, max_length=500)),
                ('report', models.JSONField(null=True)),
                ('last_event', models.PositiveIntegerField(default=0)),
                ('idempotency_key', models.CharField(max_length=200, null=True)),
                ('request_digest', models.CharField(max_length=64)),
                ('share_token', models.CharField(max_length=64, null=True, unique=True)),
                ('created_at', models.DateTimeField()),
                ('deadline_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='designs', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Artifact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('part', models.CharField(blank=True, max_length=64)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('current', models.PositiveIntegerField(default=0)),
                ('inputs', models.CharField(blank=True, max_length=64)),
                ('retired', models.BooleanField(default=False)),
                ('design', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='artifacts', to='designs.design')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('type', models.CharField(max_length=12)),
                ('data', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('design', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='designs.design')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('part', models.CharField(blank=True, max_length=64)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('ready', 'Ready'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], max_length=12)),
                ('phase', models.CharField(blank=True, max_length=12)),
                ('run', models.PositiveIntegerField(default=1)),
                ('attempt', models.PositiveSmallIntegerField(default=0)),
                ('token', models.PositiveIntegerField(default=0)),
                ('holder', models.CharField(blank=True, max_length=120)),
                ('lease_until', models.DateTimeField(null=True)),
                ('enqueued_at', models.DateTimeField(null=True)),
                ('inputs', models.CharField(blank=True, max_length=64)),
                ('feedback', models.TextField(blank=True)),
                ('cascade', models.BooleanField(default=False)),
                ('error_code', models.CharField(blank=True, max_length=60)),
                ('error_message', models.CharField(blank=True, max_length=500)),
                ('ready_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('first_token_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('design', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='designs.design')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('source', models.TextField()),
                ('origin', models.CharField(choices=[('generated', 'Generated'), ('repaired', 'Repaired'), ('skeleton', 'Skeleton'), ('offline', 'Offline'), ('edited', 'Edited'), ('regenerated', 'Regenerated'), ('restored', 'Restored')], max_length=12)),
                ('problems', models.JSONField(default=list)),
                ('provenance', models.JSONField(default=dict)),
                ('inputs', models.CharField(blank=True, max_length=64)),
                ('run', models.PositiveIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('artifact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='designs.artifact')),
                ('step', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='designs.step')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('model', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('failed', 'Failed')], default='open', max_length=10)),
                ('error_code', models.CharField(blank=True, max_length=60)),
                ('raw', models.TextField(blank=True)),
                ('input_tokens', models.PositiveIntegerField(default=0)),
                ('cached_tokens', models.PositiveIntegerField(default=0)),
                ('output_tokens', models.PositiveIntegerField(default=0)),
                ('estimated', models.BooleanField(default=False)),
                ('reserved_tokens', models.PositiveIntegerField(default=0)),
                ('reserved_usd', models.FloatField(default=0.0)),
                ('cost_usd', models.FloatField(null=True)),
                ('latency', models.FloatField(null=True)),
                ('first_token', models.FloatField(null=True)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to=settings.AUTH_USER_MODEL)),
                ('design', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='designs.design')),
                ('step', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='designs.step')),
            ],
        ),
        migrations.AddIndex(
            model_name='design',
            index=models.Index(fields=['owner', '-created_at'], name='design_by_owner'),
        ),
        migrations.AddIndex(
            model_name='design',
            index=models.Index(fields=['state', 'deadline_at'], name='design_by_state'),
        ),
        migrations.AddConstraint(
            model_name='design',
            constraint=models.UniqueConstraint(fields=('owner', 'idempotency_key'), name='one_design_per_key'),
        ),
        migrations.AddConstraint(
            model_name='artifact',
            constraint=models.UniqueConstraint(fields=('design', 'kind', 'part'), name='one_artifact_per_part'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('design', 'number'), name='one_event_per_number'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(fields=['state', 'lease_until'], name='step_by_lease'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('design', 'kind', 'part'), name='one_step_per_part'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('artifact', 'number'), name='one_revision_per_number'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('step', 'run'), name='one_revision_per_run'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['step', 'run', 'digest'], name='call_by_question'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['owner', 'started_at'], name='call_by_day'),
        ),
    ]
