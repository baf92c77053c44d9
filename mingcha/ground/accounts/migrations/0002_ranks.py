import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingcha.ground.territory.queries import pinyin


def read_names_anew(apps, schema_editor):
    """Store readings as bodies and sites have them, syllables joined and initials, so that a search finds old accounts."""
    Person = apps.get_model("accounts", "Person")
    for person in Person.objects.only("pk", "name"):
        Person.objects.filter(pk=person.pk).update(pinyin=pinyin(person.name)[:120])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('territory', '0002_ranks'),
    ]

    operations = [
        migrations.RunPython(read_names_anew, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('liaison', '联系'), ('sponsor', '包联')], max_length=10, verbose_name='方式')),
                ('since', models.DateField(verbose_name='起')),
                ('until', models.DateField(blank=True, null=True, verbose_name='止')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
            ],
        ),
        migrations.CreateModel(
            name='Recusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(choices=[('relative', '近亲属关系'), ('interest', '利害关系'), ('former', '曾任职或共事'), ('other', '可能影响公正的其他情形')], max_length=10, verbose_name='情形')),
                ('reason', models.CharField(max_length=200, verbose_name='说明')),
                ('state', models.CharField(choices=[('asked', '待裁定'), ('standing', '回避'), ('refused', '不予回避'), ('lifted', '已解除')], max_length=10, verbose_name='状态')),
                ('recorded_at', models.DateTimeField(verbose_name='提出时间')),
                ('ruling', models.CharField(blank=True, max_length=200, verbose_name='裁定意见')),
                ('ruled_at', models.DateTimeField(blank=True, null=True, verbose_name='裁定时间')),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='skills',
            field=models.JSONField(blank=True, default=list, verbose_name='专长'),
        ),
        migrations.AddField(
            model_name='post',
            name='capacity',
            field=models.CharField(choices=[('regular', '任职'), ('deputy', '副职'), ('acting', '代理')], default='regular', max_length=10, verbose_name='任职方式'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('capacity', 'acting'), _negated=True), ('until__isnull', False), _connector='OR'), name='acting_ends'),
        ),
        migrations.AddField(
            model_name='link',
            name='body',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='联系的单位'),
        ),
        migrations.AddField(
            model_name='link',
            name='division',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.division', verbose_name='联系的区划'),
        ),
        migrations.AddField(
            model_name='link',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='联系单位'),
        ),
        migrations.AddField(
            model_name='link',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='联系人'),
        ),
        migrations.AddField(
            model_name='link',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site', verbose_name='联系的点位'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='申请单位'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='body',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='回避的单位'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='division',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.division', verbose_name='回避的区划'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='回避人'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='ruled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='裁定人'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='ruled_in',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='裁定机关'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site', verbose_name='回避的点位'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('body__isnull', False), ('division__isnull', True), ('site__isnull', True)), models.Q(('body__isnull', True), ('division__isnull', False), ('site__isnull', True)), models.Q(('body__isnull', True), ('division__isnull', True), ('site__isnull', False)), _connector='OR'), name='link_names_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='link_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='recusal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('body__isnull', False), ('division__isnull', True), ('site__isnull', True)), models.Q(('body__isnull', True), ('division__isnull', False), ('site__isnull', True)), models.Q(('body__isnull', True), ('division__isnull', True), ('site__isnull', False)), _connector='OR'), name='recusal_names_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='recusal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'asked'), _negated=True), models.Q(('asked_by__isnull', False), ('ruled_in__isnull', False)), _connector='OR'), name='asked_recusal_has_a_judge'),
        ),
        migrations.AddConstraint(
            model_name='recusal',
            constraint=models.CheckConstraint(condition=models.Q(('ruled_by', None), models.Q(('ruled_by', models.F('person')), _negated=True), _connector='OR'), name='nobody_rules_on_self'),
        ),
    ]
