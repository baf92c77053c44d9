"""What will not flow from a form, told when it is published: it may be published all the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mingcha.kernel.checklists.conventions import (
    LISTS,
    MODES,
    OUTCOMES,
    RESPONSIBILITIES,
    SEVERITIES,
    Understood,
)
from mingcha.kernel.checklists.trees import Node, everywhere, leaves, repeats

# What the form, or its findings, may lack → what that costs.
LACKING: Final = {
    "form": {
        "site_code": "没有 site_code 题：交上来后要人工对应点位。",
        "mode": "没有 mode 题：明察还是暗访看不出来，一律按明察登记。",
        "outcome": "没有 outcome 题：被拒绝、关门停业看不出来，一律按完成检查登记。",
        "location": "没有 location 题（geopoint）：检查没有定位。",
        "start": "没有 start：不知道检查何时开始。",
        "end": "没有 end：不知道检查何时结束。",
        "feedback": "没有 feedback 题：现场反馈不会自动登记。",
    },
    "findings": {
        "item": "findings 里没有 item 题（select_one_from_file items.csv）：问题所属条目要人工补。",
        "responsibility": "findings 里没有 responsibility 题：一律按单位管理责任登记。",
        "severity": "findings 里没有 severity 题：一律按一般登记。",
        "description": "findings 里没有 description 题：问题没有描述，要人工补。",
        "on_spot": "findings 里没有 on_spot 题：是否当场改正看不出来。",
        "requirement": "findings 里没有 requirement 题：整改要求要人工补。",
        "body": "findings 里没有 body 题（select_one_from_file bodies.csv）：责任单位一律按点位登记的单位。",
    },
}
_MEANINGS: Final = {
    "mode": MODES,
    "outcome": OUTCOMES,
    "responsibility": tuple(RESPONSIBILITIES),
    "severity": tuple(SEVERITIES),
}


@dataclass(frozen=True)
class Warning_:
    """What will not flow: `template`, with %(name)s places filled from `facts`."""

    template: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return self.template % self.facts


def warned(tree: Node, known: Understood, files: Sequence[str]) -> Iterator[Warning_]:
    """Yield what will not flow from a form of this tree; `files` are the outside files that it asks for."""
    yield from (Warning_(template) for name, template in LACKING["form"].items() if name not in known.marks)
    if not known.judges:
        yield Warning_("没有选项为 pass、fail（可加 na）的判断题：不会有合格率和得分。")
    if not known.counts:
        yield Warning_("没有成对的整数题 ×_reported 和 ×_verified：上报数与核实数不会比对。")
    if not known.asks:
        yield Warning_("没有 ask_ 开头的文字题：问答不会登记。")
    if not any(leaf.get("file") == "signature" for leaf in everywhere(tree)):
        yield Warning_("没有签名题（image，appearance 写 signature）：反馈单上没有签名。")
    yield from _of_findings(tree, known)
    yield from _not_understood(tree, known)
    for name in sorted(set(files) - set(LISTS)):
        yield Warning_(
            "文件 %(name)s 不会发到手机上，用到它的题打不开。可用的名单：%(known)s。",
            {"name": name, "known": "、".join(LISTS)},
        )
    unchecked = sum(bool(leaf.get("unless")) + bool(leaf.get("unruled")) for leaf in everywhere(tree))
    if unchecked:
        yield Warning_("有 %(count)s 处条件较复杂，系统不核对；用到时标明未核验。", {"count": unchecked})


def _of_findings(tree: Node, known: Understood) -> Iterator[Warning_]:
    if known.findings is None:
        yield Warning_("没有 findings 重复组：问题不会自动进入台账。")
        return
    for name, template in LACKING["findings"].items():
        if name not in known.found:
            yield Warning_(template)
    if not known.found.keys() & {"due_hours", "due"}:
        yield Warning_("findings 里没有 due_hours 或 due 题：整改时限按默认，应急期 24 小时，平时 15 天。")
    row = next(repeat for keys, repeat in repeats(tree) if keys == known.findings)
    if not any(leaf.get("file") == "photo" for leaf in everywhere(row)):
        yield Warning_("findings 里没有拍照题（image）：问题没有照片。")


def _not_understood(tree: Node, known: Understood) -> Iterator[Warning_]:
    row = next((repeat for keys, repeat in repeats(tree) if keys == known.findings), None)
    places = [(tree, known.marks), (row, known.found)] if row else [(tree, known.marks)]
    for node, marks in places:
        for keys, leaf, _ in leaves(node):
            name = leaf["name"]
            if marks.get(name) == keys and name in _MEANINGS:
                strange = [choice for choice in leaf.get("choices", {}) if choice not in _MEANINGS[name]]
                if strange or "choices" not in leaf:
                    yield Warning_(
                        "%(name)s 题的选项只认 %(known)s；填了别的，按没有填登记。",
                        {"name": name, "known": "、".join(_MEANINGS[name])},
                    )
