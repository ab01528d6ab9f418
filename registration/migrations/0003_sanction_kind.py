from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registration", "0002_applications")]

    operations = [
        migrations.AddField(
            model_name="sanction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("company", "Company"),
                    ("sole", "Sole proprietorship"),
                    ("person", "Individual"),
                ],
                default="company",
                max_length=16,
                verbose_name="kind",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["company", "sole", "person"])),
                name="sanction_kind_known",
            ),
        ),
    ]
