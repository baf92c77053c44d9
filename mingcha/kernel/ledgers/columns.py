"""
What a column of an office's ledger may mean, and a guess from its heading.

No fixed header row of such ledgers is known. The synonyms are the union of what public rules and forms name
(检查记录、整改清单、审计整改清单、督查系统); an office corrects the guess once, and it is kept.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum


class Meaning(StrEnum):
    """KEEP: handed back as it stands, read by nothing. SKIP: not read at all, and empty when handed back."""

    NUMBER = "number"
    ORDINAL = "ordinal"
    FOUND_ON = "found_on"
    FOUND_BY = "found_by"
    MODE = "mode"
    TOWNSHIP = "township"
    SITE = "site"
    SITE_TYPE = "site_type"
    ITEM = "item"
    RESPONSIBILITY = "responsibility"
    DESCRIPTION = "description"
    SEVERITY = "severity"
    WAY = "way"
    BODY = "body"
    REQUIREMENT = "requirement"
    DUE = "due"
    MEASURES = "measures"
    STATE = "state"
    CLOSED_ON = "closed_on"
    CLOSED_BY = "closed_by"
    KEEP = "keep"
    SKIP = "skip"


ONCE = frozenset(Meaning) - {Meaning.KEEP, Meaning.SKIP}  # what one column at most may mean

SYNONYMS: Mapping[Meaning, str] = {
    Meaning.NUMBER: "编号 问题编号 台账编号 问题台账编号 登记编号",
    Meaning.ORDINAL: "序号 序 行号 No No.",
    Meaning.FOUND_ON: (
        "发现日期 发现时间 检查日期 检查时间 检查日期时间 排查日期 排查时间 督查日期 督查时间 督导时间 监督检查时间 监督检查日期"
        " 暗访时间 暗访日期 问题发现时间 日期 时间"
    ),
    Meaning.FOUND_BY: "检查组 检查人员 检查人 排查人员 督查人员 督查组 督导组 发现人 检查单位 检查组别 组别 排查检查人员",
    Meaning.MODE: "方式 检查方式 监督方式 督查方式 监督检查方式",
    Meaning.TOWNSHIP: "乡镇 乡镇街道 所在乡镇 所属乡镇 镇街 乡镇名称 属地",
    Meaning.SITE: (
        "点位名称 点位 检查点位 被检查单位 被督查单位 被检查对象 检查对象 检查地点 检查场所 检查点 部位或场所 场所名称 场所 位置 地点"
        " 单位名称 受检单位"
    ),
    Meaning.SITE_TYPE: "点位类型 场所类型 场所类别 点位类别 单位类型 检查点类型",
    Meaning.ITEM: "所属清单条目 清单条目 所属条目 问题类别 问题类型 问题分类 类型 类别 违反条款 对应条款",
    Meaning.RESPONSIBILITY: "四方责任 四方责任归属 责任类型 责任归属 责任类别",
    Meaning.DESCRIPTION: (
        "问题描述 存在问题 存在的问题 发现问题 发现的问题 检查发现问题 发现问题情况 主要问题 具体问题 问题表现 问题内容 问题 问题情况"
    ),
    Meaning.SEVERITY: "等级 级别 问题等级 问题级别 严重程度",
    Meaning.WAY: "整改方式 整改类型 整改形式 处置方式",
    Meaning.BODY: "责任单位 单位 整改单位 整改责任单位 责任部门 整改主体 牵头单位 整改责任主体 主体责任单位",
    Meaning.REQUIREMENT: "整改要求 整改建议 整改要求和建议 整改意见 处理意见 交办意见",
    Meaning.DUE: "整改时限 整改期限 完成时限 限期 整改截止时间 要求完成时间 整改截止日期 时限 办结时限",
    Meaning.MEASURES: "整改措施 整改情况 整改措施及结果 整改结果 整改进展 进展情况 进度 落实情况 整改落实情况 措施",
    Meaning.STATE: (
        "状态 整改状态 是否整改 是否整改到位 是否完成整改 是否完成 是否销号 销号情况 完成情况 办理状态 整改完成情况 是否已整改"
    ),
    Meaning.CLOSED_ON: "完成时间 整改完成时间 销号时间 销号日期 办结时间 办结日期 完成日期 整改完成日期 实际完成时间 整改时间 验收日期",
    Meaning.CLOSED_BY: "销号人 验收人 复查人 核查人 核验人 验收人员 复查人员 验收人签字 复查人签字",
    Meaning.KEEP: "备注 责任人 包联领导 交办文书号 文号 责任领导 整改责任人 是否反弹 处理结果",
}
_BY_HEADING = {
    heading: meaning for meaning, headings in SYNONYMS.items() for heading in headings.split()
}  # fmt: skip
# Whole headings first; then the longest part of one that is no everyday word on its own.
_PARTS = sorted((heading for heading in _BY_HEADING if len(heading) >= 4), key=lambda part: (-len(part), part))


def plain(heading: str) -> str:
    """Return a heading without spaces, line breaks, stars and what stands in brackets."""
    without = re.sub(r"[（(【\[][^（）()【】\[\]]*[）)】\]]", "", heading)
    return re.sub(r"[\s*＊:：、/／.．]", "", without) or re.sub(r"\s", "", heading)


def known(heading: str) -> Meaning | None:
    """Return what a heading means by itself, or None."""
    bare = plain(heading)
    if bare in _BY_HEADING:
        return _BY_HEADING[bare]
    return next((_BY_HEADING[part] for part in _PARTS if part in bare), None)


def guess(headings: Iterable[str]) -> dict[str, Meaning]:
    """Return heading → meaning; of two that would mean the same, the first does, the other is kept as it stands."""
    found: dict[str, Meaning] = {}
    taken: set[Meaning] = set()
    for heading in headings:
        meaning = known(heading) or Meaning.SKIP
        if meaning in ONCE and meaning in taken:
            meaning = Meaning.SKIP
        taken.add(meaning)
        found[heading] = meaning
    return found
