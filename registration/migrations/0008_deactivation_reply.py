import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("registration", "0007_expiry_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="deactivation",
            name="reply",
            field=models.TextField(blank=True, verbose_name="decision on the answer"),
        ),
        migrations.AddField(
            model_name="deactivation",
            name="replied_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="deactivation",
            name="replied_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="deactivation",
            constraint=models.CheckConstraint(
                condition=Q(replied_at=None, replied_by=None)
                | Q(
                    replied_at__isnull=False,
                    replied_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="deactivation_answer_decided_on",
            ),
        ),
    ]
