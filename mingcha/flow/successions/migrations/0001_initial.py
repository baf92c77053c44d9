import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_ranks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=120, verbose_name='原因')),
                ('last_day', models.DateField(verbose_name='止任日期')),
                ('at', models.DateTimeField(verbose_name='办理时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='离任人')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='接任人')),
            ],
        ),
        migrations.CreateModel(
            name='LeftPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post', verbose_name='任职')),
                ('succession', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='successions.succession', verbose_name='交接')),
            ],
        ),
        migrations.CreateModel(
            name='Handed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('post', '岗位'), ('team', '检查组'), ('visit', '在办检查'), ('link', '联系关系'), ('offer', '紧急调配'), ('order', '整改事项'), ('note', '工作提示'), ('ruling', '回避裁定')], max_length=10, verbose_name='种类')),
                ('name', models.CharField(max_length=160, verbose_name='事项')),
                ('link', models.CharField(blank=True, max_length=120, verbose_name='链接')),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='接办人')),
                ('succession', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handed', to='successions.succession', verbose_name='交接')),
            ],
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.CheckConstraint(condition=models.Q(('successor', None), models.Q(('successor', models.F('person')), _negated=True), _connector='OR'), name='not_own_successor'),
        ),
    ]
