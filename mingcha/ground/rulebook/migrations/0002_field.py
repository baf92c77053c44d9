import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_forms(apps, _editor):
    """Name what was published before checklists were forms; what a phone needs is made at the next start."""
    Checklist, Question = apps.get_model("rulebook", "Checklist"), apps.get_model("rulebook", "Question")
    for checklist in Checklist.objects.select_related("site_type"):
        Checklist.objects.filter(pk=checklist.pk).update(
            form_id=checklist.site_type_id, form_version=str(checklist.version), title=checklist.site_type.name
        )
    stems = {"judge": "q", "count": "c", "ask": "ask_"}
    for question in Question.objects.all():
        Question.objects.filter(pk=question.pk).update(name=f"{stems[question.kind]}{question.position}")


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0001_initial'),
        ('territory', '0003_field'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='checklist',
            name='compiled',
            field=models.JSONField(default=dict, verbose_name='校验规则'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='form_id',
            field=models.CharField(default='', max_length=64, verbose_name='表单编号'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='form_version',
            field=models.CharField(blank=True, max_length=40, verbose_name='表单版本'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='keeper',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='发布单位'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='published_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='title',
            field=models.CharField(default='', max_length=120, verbose_name='名称'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='warnings',
            field=models.JSONField(default=list, verbose_name='提醒'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='workbook',
            field=models.BinaryField(null=True, verbose_name='Excel 文件'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='xform',
            field=models.TextField(default='', verbose_name='XForm'),
        ),
        migrations.AddField(
            model_name='question',
            name='name',
            field=models.CharField(blank=True, max_length=80, verbose_name='题名'),
        ),
        migrations.AlterField(
            model_name='checklist',
            name='site_type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.sitetype', verbose_name='点位类型'),
        ),
        migrations.RunPython(name_forms, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='checklist',
            constraint=models.UniqueConstraint(fields=('form_id', 'form_version'), name='form_version_once'),
        ),
    ]
