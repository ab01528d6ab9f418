from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registration", "0004_signup_requests")]

    operations = [
        migrations.AddField(
            model_name="documentcheck",
            name="compared_with",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
    ]
