"""What the style guide shows. Every name and number is made up for it; nothing here reaches a running house."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest

from . import clock, pills

ANSWERS = [("pass", "合格"), ("fail", "不合格"), ("na", "不适用")]


class Sample(forms.Form):
    site = forms.CharField(label="点位名称", help_text="写门牌上的全称，不写居民姓名。")
    kind = forms.ChoiceField(label="点位类型", choices=[("", "请选择"), ("village", "村"), ("market", "超市")])
    due = forms.DateTimeField(label="整改期限", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    reported = forms.IntegerField(label="现场上报人数", required=False)
    note = forms.CharField(label="问题描述", widget=forms.Textarea, required=False)
    proof = forms.FileField(
        label="现场照片",
        required=False,
        help_text="每张不超过 10 MB。",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    covert = forms.BooleanField(label="暗访（不亮明身份）", required=False)
    answer = forms.ChoiceField(label="是否查验“两码”", choices=ANSWERS, widget=forms.RadioSelect)
    duty = forms.ChoiceField(
        label="四方责任",
        widget=forms.RadioSelect,
        choices=[("t", "属地主体责任"), ("d", "部门监督责任"), ("u", "单位管理责任"), ("i", "个人直接责任")],
    )


def sample(request: HttpRequest) -> dict[str, object]:
    """Return the content of both shells of the guide."""
    now = clock.now()
    messages.success(request, "已登记，编号 演示-0031。")
    form = Sample({"site": "", "kind": "", "due": "2021-10-26T09:00", "answer": "fail", "duty": "u"})
    form.add_error("due", "期限 10月26日 09:00 已经过去，请改为 10月27日 18:00 以后的时间。")
    return {
        "form": form,
        "rows": _rows(),
        "page": Paginator(range(482), 50).get_page(3),
        "events": [
            {"act": "现场登记", "by": "演示检查员", "at": now - timedelta(hours=30), "note": "门口无人查验。"},
            {"act": "交办", "by": "演示县区办", "at": now - timedelta(hours=28)},
            {
                "act": "已回复",
                "by": "演示单位",
                "at": now - timedelta(hours=3),
                "note": "已增设查验岗。",
                "tone": "good",
            },
            {"act": "待核验", "tone": "next", "note": "由原发现人以外的人核验"},
        ],
        "bars": [("岷县", 58, 39, 97), ("安定区", 31, 12, 43), ("渭源县", 20, 8, 28), ("陇西县", None, None, None)],
        "now": now,
        "states": list(pills.PILLS),
        "labels": ["启封", "检查", "反馈", "收队"],
    }


def _rows() -> list[dict[str, object]]:
    kinds = ["火车站", "高速路卡点", "村", "超市", "饭店", "小区"]
    states = [
        ("returned", "已退回"), ("answered", "待核验"), ("closed", "已销号"), ("ordered", "待整改"), ("attested", "现场已改"),
        ("confirmed", "已确认"),
    ]  # fmt: skip
    return [
        {
            "number": f"演示-{31 + index:04}",
            "site": f"演示{kind}（岷阳镇）",
            "kind": kind,
            "text": "进出口查验“两码”、测温和登记不到位，现场无专人值守。",
            "reported": 40 + index if index != 2 else None,
            "verified": 38 - index,
            "state": state,
            "label": label,
            "late": index == 0,
            "due": clock.now() + timedelta(hours=index * 7 - 5),
        }
        for index, (kind, (state, label)) in enumerate(zip(kinds, states, strict=True))
    ]
