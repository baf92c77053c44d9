"""An office's former ledger in words: what each column may mean, how far a state says a row has come, what looks like a resident."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mingcha.doors.hall.watched import Suspicion
from mingcha.kernel import privacy
from mingcha.kernel.ledgers import Meaning, Standing

if TYPE_CHECKING:
    from mingcha.flow.rectifications.actions.ledger_rows import Row

# meaning → what it is called, and what is done with it
MEANINGS: dict[Meaning, tuple[str | Promise, str | Promise]] = {
    Meaning.FOUND_ON: (
        gettext_lazy("发现日期"),
        gettext_lazy("必需。2021-10-27、2021.10.27、2021年10月27日、10月27日都认得。"),
    ),
    Meaning.DESCRIPTION: (gettext_lazy("问题描述"), gettext_lazy("必需。照原文登记，登记后不能改。")),
    Meaning.SITE: (
        gettext_lazy("点位名称"),
        gettext_lazy("名称或点位编号。没有登记过的列为待核实，不参加抽签。没有这一列时用责任单位。"),
    ),
    Meaning.TOWNSHIP: (pgettext_lazy("列", "乡镇（街道）"), gettext_lazy("用来找点位，也是新点位的所在地。")),
    Meaning.SITE_TYPE: (gettext_lazy("点位类型"), gettext_lazy("只给新点位用；对不上的列为其他。")),
    Meaning.BODY: (
        gettext_lazy("责任单位"),
        gettext_lazy("整改由它办理。没有登记过的一并登记；空着就用点位的责任单位。"),
    ),
    Meaning.STATE: (
        pgettext_lazy("列", "整改状态"),
        gettext_lazy("已销号、已整改、整改中、立行立改等；看不懂的会请您说明。空着算未整改。"),
    ),
    Meaning.WAY: (gettext_lazy("整改方式"), gettext_lazy("立行立改或限期整改。")),
    Meaning.DUE: (gettext_lazy("整改时限"), gettext_lazy("未办结的按它计时；空着的从导入起按规则计。")),
    Meaning.REQUIREMENT: (gettext_lazy("整改要求"), gettext_lazy("随交办给责任单位。")),
    Meaning.MEASURES: (pgettext_lazy("列", "整改情况"), gettext_lazy("照原样留存，在整改页上看得到。")),
    Meaning.CLOSED_ON: (gettext_lazy("完成时间"), gettext_lazy("办结的日期。空着的按导入时间记，不往前推。")),
    Meaning.CLOSED_BY: (gettext_lazy("销号人"), gettext_lazy("照原样留存，不对应到账号。")),
    Meaning.NUMBER: (gettext_lazy("编号（长期不变）"), gettext_lazy("再次导入凭它认出同一件。")),
    Meaning.ORDINAL: (gettext_lazy("序号（每份从 1 起）"), gettext_lazy("只是次序，不凭它认件；导出时重新编。")),
    Meaning.FOUND_BY: (gettext_lazy("检查人员或检查组"), gettext_lazy("照原样留存，不对应到账号。")),
    Meaning.MODE: (gettext_lazy("检查方式"), gettext_lazy("写有“暗”字的算暗访，其余算明察。")),
    Meaning.ITEM: (gettext_lazy("所属清单条目"), gettext_lazy("与条目原文一致的对上条目，其余照原样记为所填条款。")),
    Meaning.RESPONSIBILITY: (gettext_lazy("四方责任"), gettext_lazy("属地、部门、单位、个人中的一方；空着算单位。")),
    Meaning.SEVERITY: (gettext_lazy("等级"), gettext_lazy("轻微、一般、重大；空着算一般。")),
    Meaning.KEEP: (gettext_lazy("原样留存"), gettext_lazy("系统不用，按原样导出时放回原处。不要留居民信息。")),
    Meaning.SKIP: (gettext_lazy("不读取"), gettext_lazy("不进系统，导出时空着。有联系电话、居民信息的列选这一项。")),
}
STANDINGS = {
    Standing.CLOSED: gettext_lazy("已经销号"),
    Standing.DONE: gettext_lazy("已经整改"),
    Standing.ON_SPOT: gettext_lazy("当场整改"),
    Standing.OPEN: gettext_lazy("没有办结"),
}


def suspicions(rows: Iterable["Row"]) -> list[Suspicion]:
    """Look through what would come in for what looks like a resident's data; each says the row it stands in."""
    return [
        Suspicion(_("第 %(row)s 行 %(column)s") % {"row": row.entry.row, "column": heading}, "", _(privacy.LABELS[hit.kind]), hit.excerpt_masked)
        for row in rows
        for heading, text in row.entry.kept.items()
        for hit in privacy.detect(text)
    ]  # fmt: skip
