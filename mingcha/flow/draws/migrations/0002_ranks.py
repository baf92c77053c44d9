from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('draws', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='framesite',
            name='township',
            field=models.CharField(blank=True, max_length=9, verbose_name='乡镇代码'),
        ),
        migrations.AddField(
            model_name='sealedlist',
            name='barred',
            field=models.JSONField(default=list, verbose_name='回避点位'),
        ),
        migrations.AddField(
            model_name='sealedlist',
            name='reach',
            field=models.JSONField(default=list, verbose_name='可派乡镇'),
        ),
    ]
