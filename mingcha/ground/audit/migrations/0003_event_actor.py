from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AddIndex("event", models.Index(fields=["actor", "id"], name="audit_event_actor")),
    ]
