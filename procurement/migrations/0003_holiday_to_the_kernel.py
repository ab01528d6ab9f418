"""Holidays concern registration too: the table goes on as ``calendar_holiday``, rows and all."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("procurement", "0002_separation"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Holiday", "calendar_holiday")],
            state_operations=[migrations.DeleteModel("Holiday")],
        ),
    ]
