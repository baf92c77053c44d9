from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_ranks'),
    ]

    operations = [
        migrations.AddField(
            model_name='post',
            name='relieved_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='交接时间'),
        ),
    ]
