import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0002_ranks'),
        ('draws', '0002_ranks'),
        ('fieldwork', '0002_unvisited_reason'),
        ('territory', '0002_ranks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='inspection',
            name='list',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='draws.sealedlist', verbose_name='清单'),
        ),
        migrations.CreateModel(
            name='EmbeddedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('meeting', '列席会议'), ('roster', '检查值班'), ('joint_check', '联合检查'), ('reminder', '提醒督促'), ('own', '督促部门自查本系统')], max_length=12, verbose_name='方式')),
                ('day', models.DateField(verbose_name='日期')),
                ('subject', models.CharField(max_length=120, verbose_name='事项')),
                ('text', models.TextField(verbose_name='情况')),
                ('checked', models.PositiveIntegerField(blank=True, null=True, verbose_name='检查数')),
                ('amiss', models.PositiveIntegerField(blank=True, null=True, verbose_name='发现异常数')),
                ('reminded', models.CharField(blank=True, max_length=60, verbose_name='提醒对象职务')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign', verbose_name='任务')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='派驻组')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='驻在部门')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('visit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldwork.visit', verbose_name='检查')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amiss', None), models.Q(('amiss__lte', models.F('checked')), ('checked__isnull', False)), _connector='OR'), name='amiss_among_checked')],
            },
        ),
    ]
