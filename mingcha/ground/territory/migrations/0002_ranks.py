import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mechanism',
            fields=[
                ('division', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='territory.division', verbose_name='城市')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('former_post_years', models.PositiveSmallIntegerField(default=3, verbose_name='曾任职回避年数')),
                ('rest_hours', models.PositiveSmallIntegerField(default=10, verbose_name='两次外派间最少休息小时')),
                ('longest_run_days', models.PositiveSmallIntegerField(default=7, verbose_name='连续外派最多天数')),
            ],
        ),
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='次序')),
                ('name', models.CharField(max_length=30, verbose_name='层级')),
                ('kind', models.CharField(choices=[('lead', '牵头机关'), ('area', '属地机关'), ('group', '派驻和专项组'), ('township', '乡镇监督力量'), ('village', '村级监督力量')], max_length=10, verbose_name='类别')),
                ('open_ended', models.BooleanField(default=False, verbose_name='数目不定')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='body',
            name='host',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='驻在部门'),
        ),
        migrations.AddField(
            model_name='body',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='已并入'),
        ),
        migrations.AddField(
            model_name='site',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site', verbose_name='已并入'),
        ),
        migrations.AlterField(
            model_name='body',
            name='kind',
            field=models.CharField(choices=[('office', '纪检监察机关'), ('resident_group', '派驻机构'), ('special_group', '专项工作组'), ('township_office', '乡镇纪检组织'), ('village_supervisors', '村级监督组织'), ('department', '部门'), ('government', '乡镇街道'), ('village', '村社区组织'), ('institution', '学校医院等单位'), ('enterprise', '企业商户')], max_length=20, verbose_name='种类'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('active', False), _connector='OR'), name='merged_site_is_off'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='site_not_into_itself'),
        ),
        migrations.AddField(
            model_name='tier',
            name='mechanism',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='territory.mechanism', verbose_name='机制'),
        ),
        migrations.AddField(
            model_name='body',
            name='tier',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.tier', verbose_name='层级'),
        ),
        migrations.AddConstraint(
            model_name='body',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('code')), _negated=True), name='body_not_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='body',
            constraint=models.CheckConstraint(condition=models.Q(('host', models.F('code')), _negated=True), name='body_not_its_own_host'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(fields=('mechanism', 'name'), name='tier_name_once'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(fields=('mechanism', 'position'), name='tier_position_once'),
        ),
    ]
