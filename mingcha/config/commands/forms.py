"""`mingcha forms`: publish a checklist from a file, list what is published, download a site type's to change it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mingcha.config import house
from mingcha.config.columns import print_table
from mingcha.config.commands.brief import CampaignUnknown
from mingcha.config.commands.importing import report
from mingcha.config.words import say
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.rulebook.models import Checklist
    from mingcha.ground.territory.models import SiteType


class SiteTypeUnknown(Refusal):
    """No kind of sites has this code."""

    message = "没有代码为“%(code)s”的点位类型，可用的代码：%(known)s。"
    status = 404


class NoWorkbook(Refusal):
    """Nothing published yet, or published from an XForm, which is no workbook."""

    message = "点位类型 %(name)s 还没有 Excel 形式的检查表单可供下载。"
    status = 404


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Three acts."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    publish = acts.add_parser("publish", help=say("从 Excel（XLSForm）或 XForm 文件发布表单"))
    publish.add_argument("file", type=Path, metavar="FILE", help=say("xlsx 或 xml"))
    publish.add_argument("--campaign", required=True, metavar="ID", help=say("任务编号"))
    publish.add_argument(
        "--site-type", metavar="CODE", help=say("点位类型代码；默认按表单 settings 页所写，没写则任何点位都能用")
    )
    listed = acts.add_parser("list", help=say("列出已发布的表单"))
    template = acts.add_parser("template", help=say("下载一类点位最新的表单，改好后再发布"))
    template.add_argument("site_type", metavar="SITE_TYPE", help=say("点位类型代码"))
    template.add_argument("--out", type=Path, metavar="FILE", help=say("写到这个新文件，默认 <代码>.xlsx"))
    for act in (publish, listed, template):
        act.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help=say("数据目录"))


def run(arguments: argparse.Namespace) -> int:
    """Do one of them; 1 where a form is refused."""
    if arguments.act == "publish":
        # Read first: a mistyped name is answered at once, before any database is started.
        content = arguments.file.read_bytes()
        with house.opened(arguments.data):
            return _publish(arguments, content)
    with house.opened(arguments.data):
        _list() if arguments.act == "list" else _template(arguments)
    return 0


def _publish(arguments: argparse.Namespace, content: bytes) -> int:
    from django.db import transaction

    from mingcha.config import shipped
    from mingcha.doors.hall import clock
    from mingcha.flow.campaigns import queries as campaigns
    from mingcha.flow.campaigns.actions import phones
    from mingcha.ground.rulebook.actions import checklists

    at = clock.now()
    shipped.ensure(at)
    campaign = campaigns.by_slug(arguments.campaign)
    if campaign is None:
        raise CampaignUnknown(campaign=arguments.campaign)
    kind = _site_type(arguments.site_type) if arguments.site_type else None
    try:
        # Together: a form that the campaign cannot take is not left behind published.
        with transaction.atomic():
            made = checklists.publish(content, site_type=kind, by=None, at=at)
            if made.site_type_id is None:
                phones.take_up(campaign, checklist=made, by=None, at=at)
    except Refusal as refusal:
        report(refusal)
        return 1
    _tell(made)
    return 0


def _tell(made: "Checklist") -> None:
    facts = {
        "form_id": made.form_id, "version": made.form_version, "title": made.title, "questions": made.questions.count(),
    }  # fmt: skip
    print(say("已发布表单 %(form_id)s 版本 %(version)s：%(title)s，%(questions)d 个问题。") % facts)
    if made.site_type is None:
        print(say("任何点位都能用，本次任务的手机更新表单后即可填报。"))
    else:
        print(say("用于点位类型：%(name)s，从下一次检查起生效。") % {"name": made.site_type.name})
    for warning in made.warnings:
        template = warning["template"]  # a key within say() would be taken for a phrase
        print(say("提醒：%(warning)s") % {"warning": say(template) % warning["facts"]})


def _list() -> None:
    from mingcha.ground.rulebook.models import Checklist

    found = Checklist.objects.exclude(xform="").select_related("site_type").defer("xform", "workbook", "compiled")
    lines = [[say("表单编号"), say("版本"), say("标题"), say("点位类型"), say("发布")]]
    for one in found.order_by("site_type__position", "form_id", "-version"):
        kind = one.site_type.name if one.site_type else say("任何点位")
        lines.append([one.form_id, one.form_version, one.title, kind, f"{one.published_at:%Y-%m-%d}"])
    print_table(lines)


def _template(arguments: argparse.Namespace) -> None:
    from mingcha.config import shipped
    from mingcha.doors.hall import clock
    from mingcha.ground.rulebook.models import Checklist

    shipped.ensure(clock.now())
    kind = _site_type(arguments.site_type)
    newest = Checklist.objects.filter(site_type=kind).order_by("-version").first()
    if newest is None or not newest.workbook:
        raise NoWorkbook(name=kind.name)
    target = arguments.out or Path(f"{kind.pk}.xlsx")
    # A file that is there may be one that somebody has been changing all day.
    with target.open("xb") as file:
        file.write(newest.workbook)
    print(
        say("已写入 %(file)s：改好后把 settings 页的 version 换成新的版本号，再用 mingcha forms publish 发布。")
        % {"file": target}
    )


def _site_type(code: str) -> "SiteType":
    from mingcha.ground.territory import queries as territory

    known = {kind.pk: kind for kind in territory.site_types()}
    if code not in known:
        raise SiteTypeUnknown(code=code, known="、".join(known))
    return known[code]
