from datetime import datetime, time
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def carry_memberships_over(apps, schema_editor):
    """
    Give memberships their dates: from the team's forming; sent by its office.

    Where somebody was in several teams of campaigns under way, the latest is the one they are in now; the earlier ended
    when it was formed. Teams of a campaign that is over ended with its last day, their members then or with their next.
    """
    Member, Team = apps.get_model("campaigns", "Member"), apps.get_model("campaigns", "Team")
    for team in Team.objects.filter(campaign__state="closed").select_related("campaign"):
        last = datetime.combine(team.campaign.ends_on, time.max, ZoneInfo("Asia/Shanghai"))
        Team.objects.filter(pk=team.pk).update(disbanded_at=max(team.formed_at, last))
    following, standing = {}, {}
    for member in Member.objects.select_related("team").order_by("-team__formed_at", "-pk"):
        team, person = member.team, member.person_id
        until = standing.get(person)
        if team.disbanded_at is not None:
            until = min(team.disbanded_at, following.get(person, team.disbanded_at))
        else:
            standing[person] = team.formed_at
        following[person] = team.formed_at
        Member.objects.filter(pk=member.pk).update(
            body_id=team.office_id, since=team.formed_at, duty="leader" if member.leads else "member", until=until,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_initial'),
        ('territory', '0002_ranks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('reason', models.TextField(verbose_name='事由')),
                ('from_day', models.DateField(verbose_name='起')),
                ('to_day', models.DateField(verbose_name='止')),
                ('reply_by', models.DateTimeField(verbose_name='答复时限')),
                ('state', models.CharField(choices=[('open', '调配中'), ('ended', '已结束')], default='open', max_length=10, verbose_name='状态')),
                ('made_at', models.DateTimeField(verbose_name='发出时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
            ],
        ),
        migrations.CreateModel(
            name='CalledOffice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
            ],
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('skill', models.CharField(blank=True, max_length=30, verbose_name='专长')),
                ('people', models.PositiveSmallIntegerField(verbose_name='人数')),
            ],
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_day', models.DateField(verbose_name='可用起')),
                ('to_day', models.DateField(verbose_name='可用止')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('state', models.CharField(choices=[('offered', '可调用'), ('assigned', '已派往'), ('withdrawn', '已撤回')], default='offered', max_length=10, verbose_name='状态')),
                ('offered_at', models.DateTimeField(verbose_name='提出时间')),
            ],
        ),
        migrations.CreateModel(
            name='TeamBody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AlterModelOptions(
            name='member',
            options={'ordering': ['since', 'pk']},
        ),
        migrations.AddField(
            model_name='member',
            name='body',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='派出单位'),
        ),
        migrations.AddField(
            model_name='member',
            name='duty',
            field=models.CharField(choices=[('leader', '组长'), ('member', '组员'), ('liaison', '联络员')], default='member', max_length=10, verbose_name='分工'),
        ),
        migrations.AddField(
            model_name='member',
            name='left_reason',
            field=models.CharField(blank=True, max_length=120, verbose_name='离组原因'),
        ),
        migrations.AddField(
            model_name='member',
            name='since',
            field=models.DateTimeField(null=True, verbose_name='入组时间'),
        ),
        migrations.AddField(
            model_name='member',
            name='until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='离组时间'),
        ),
        migrations.AddField(
            model_name='team',
            name='base',
            field=models.CharField(blank=True, max_length=60, verbose_name='驻地'),
        ),
        migrations.AddField(
            model_name='team',
            name='disbanded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='解散时间'),
        ),
        migrations.AddField(
            model_name='team',
            name='vehicle',
            field=models.CharField(blank=True, max_length=40, verbose_name='车辆'),
        ),
        migrations.AlterField(
            model_name='member',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='campaigns.team', verbose_name='检查组'),
        ),
        migrations.RunPython(carry_memberships_over, migrations.RunPython.noop),
        # Settles what the rows above left pending: PostgreSQL alters no table with triggers still to fire.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='member',
            name='member_once',
        ),
        migrations.RemoveConstraint(
            model_name='member',
            name='one_leader_per_team',
        ),
        migrations.RemoveField(
            model_name='member',
            name='leads',
        ),
        migrations.AlterField(
            model_name='member',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='派出单位'),
        ),
        migrations.AlterField(
            model_name='member',
            name='since',
            field=models.DateTimeField(verbose_name='入组时间'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person',), name='one_open_membership'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('duty', 'leader'), ('until', None)), fields=('team',), name='one_leader_per_team'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('duty', 'liaison'), ('until', None)), fields=('team',), name='one_liaison_per_team'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='membership_in_order'),
        ),
        migrations.AddField(
            model_name='call',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign', verbose_name='任务'),
        ),
        migrations.AddField(
            model_name='call',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='发出机关'),
        ),
        migrations.AddField(
            model_name='call',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发出人'),
        ),
        migrations.AddField(
            model_name='calledoffice',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人'),
        ),
        migrations.AddField(
            model_name='calledoffice',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='单位'),
        ),
        migrations.AddField(
            model_name='calledoffice',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='called', to='campaigns.call', verbose_name='调配'),
        ),
        migrations.AddField(
            model_name='need',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='campaigns.call', verbose_name='调配'),
        ),
        migrations.AddField(
            model_name='need',
            name='division',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.division', verbose_name='用人县区'),
        ),
        migrations.AddField(
            model_name='offer',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='派出单位'),
        ),
        migrations.AddField(
            model_name='offer',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='campaigns.call', verbose_name='调配'),
        ),
        migrations.AddField(
            model_name='offer',
            name='need',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.need', verbose_name='派往'),
        ),
        migrations.AddField(
            model_name='offer',
            name='offered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人'),
        ),
        migrations.AddField(
            model_name='offer',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员'),
        ),
        migrations.AddField(
            model_name='teambody',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='联动单位'),
        ),
        migrations.AddField(
            model_name='teambody',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='joint', to='campaigns.team', verbose_name='检查组'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('campaign', 'number'), name='call_number_once'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('to_day__gte', models.F('from_day'))), name='call_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='calledoffice',
            constraint=models.UniqueConstraint(fields=('call', 'body'), name='office_called_once'),
        ),
        migrations.AddConstraint(
            model_name='need',
            constraint=models.UniqueConstraint(fields=('call', 'division', 'skill'), name='need_once'),
        ),
        migrations.AddConstraint(
            model_name='need',
            constraint=models.CheckConstraint(condition=models.Q(('people__gte', 1)), name='need_of_someone'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('call', 'person'), name='person_offered_once'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('to_day__gte', models.F('from_day'))), name='offer_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'assigned'), _negated=True), ('need__isnull', False), _connector='OR'), name='assigned_to_a_need'),
        ),
        migrations.AddConstraint(
            model_name='teambody',
            constraint=models.UniqueConstraint(fields=('team', 'body'), name='joint_body_once'),
        ),
    ]
