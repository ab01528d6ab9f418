"""The table was procurement's, which has renamed it: only Django's picture of it is new."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("procurement", "0003_holiday_to_the_kernel"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Holiday",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("day", models.DateField(unique=True, verbose_name="day")),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        ("is_joint_leave", models.BooleanField(default=False, verbose_name="joint leave")),
                    ],
                    options={"ordering": ["day"]},
                ),
            ],
        ),
    ]
