"""
Forms of the sealed room. Texts that are sealed to a tip are not watched for residents' data: they are about people.

What is born outside the room (a lead, an order, a directed visit) is written in the forms of those rooms, which are.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mingcha.doors.desk.forms.referrals import Shown, day, line, pick, words
from mingcha.doors.hall.wording import choices
from mingcha.tips.states import CATEGORIES, Channel, Kind, Outcome, Way

LONGEST = 8000


class Sealed(Shown, forms.Form):
    """A form whose texts are sealed as soon as they are sent."""

    apart: tuple[str, ...] = ()
    suspicions: tuple[object, ...] = ()


def _passphrase(label: Any, help_text: Any = "", *, new: bool = False, focus: bool = False) -> forms.CharField:
    attrs: dict[str, Any] = {"autocomplete": "new-password" if new else "off"}
    return forms.CharField(
        label=label, help_text=help_text, max_length=200, strip=False,
        widget=forms.PasswordInput(attrs=attrs | ({"autofocus": True} if focus else {})),
    )  # fmt: skip


class Unlock(Sealed):
    """The passphrase of one's own key; never shown again, whatever happens."""

    passphrase = _passphrase(gettext_lazy("举报箱口令"), focus=True)


class Begin(Sealed):
    """The first passphrase, typed twice."""

    passphrase = _passphrase(
        gettext_lazy("设定举报箱口令"), gettext_lazy("至少 12 个字，和登录密码不同。可以用几个不相干的词。"), new=True, focus=True
    )  # fmt: skip
    again = _passphrase(gettext_lazy("再输入一次"), new=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("passphrase") and given.get("again") and given["passphrase"] != given["again"]:
            self.add_error("again", _("两次输入的不一样，请重新输入。"))
        return given


class Change(Begin):
    """A new passphrase in place of the one at hand."""

    old = _passphrase(gettext_lazy("现在的口令"), focus=True)
    field_order = ("old", "passphrase", "again")


class Text(Sealed):
    """Some sentences about a tip, sealed to it."""

    text = words(gettext_lazy("内容"), rows=4, most=LONGEST)

    def __init__(self, *args: Any, label: Any = "", help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label
        if help_text:
            self.fields["text"].help_text = help_text


class Decline(Sealed):
    """Why an office does not take a tip in; the citizen reads it through the receipt."""

    text = words(
        gettext_lazy("不予受理的理由"),
        gettext_lazy("反映人凭回执能看到。写明依据和应当向哪里反映，不复述举报内容。"), rows=4, most=LONGEST,
    )  # fmt: skip


class Named(Sealed):
    """That who reported is who they say: verified by somebody, not ticked by the citizen."""

    text = words(
        gettext_lazy("核实情况"), gettext_lazy("哪天、用什么方式联系，怎样确认是本人。只有保管身份密钥的人能看到。"), rows=3,
        most=LONGEST,
    )  # fmt: skip
    real = pick(
        gettext_lazy("结论"),
        [("yes", gettext_lazy("是本人，按实名举报办理")), ("no", gettext_lazy("不是本人或无法联系"))],
    )


class Office(Sealed):
    """Which office a tip is offered to, and why."""

    office = forms.ChoiceField(label=gettext_lazy("移送到"))
    text = words(gettext_lazy("移送理由"), gettext_lazy("密封给接收机关，反映人看不到。"), rows=3, most=LONGEST)

    def __init__(self, *args: Any, offices: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "—"), *offices]  # type: ignore[attr-defined]


class Handler(Sealed):
    """Who is to handle a tip."""

    person = forms.ChoiceField(label=gettext_lazy("承办人"))

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


WAYS = [way for way in Way if way not in (Way.ORDER, Way.DECLINED)]


class Propose(Sealed):
    """How a tip is to be disposed of; another hand settles it."""

    way = forms.ChoiceField(label=gettext_lazy("处置方式"), choices=choices([(w.value, w.label) for w in WAYS]))
    opinion = words(gettext_lazy("处置意见"), gettext_lazy("为什么这样处置，依据哪些事实。"), rows=3, most=LONGEST)
    study = words(
        gettext_lazy("集体研究情况"),
        gettext_lazy("什么会议、什么时间、参加的是哪些岗位、什么意见。"),
        rows=2,
        most=LONGEST,
    )
    review_on = day(gettext_lazy("复查日期"), gettext_lazy("暂存待查的要填，到期提醒。"), required=False)


class Ruling(Sealed):
    """Settling what another proposed."""

    verdict = pick(
        gettext_lazy("审批"), [("approve", pgettext_lazy("审批", "同意")), ("reject", pgettext_lazy("审批", "退回"))]
    )
    text = words(gettext_lazy("审批意见"), gettext_lazy("退回的要写明理由。"), rows=2, required=False, most=LONGEST)


class Conclude(Sealed):
    """What came of it; the citizen is told afterwards, in words of their own."""

    outcome = forms.ChoiceField(label=gettext_lazy("办理结果"), choices=choices(Outcome.choices))
    text = words(gettext_lazy("办理情况"), gettext_lazy("只留在举报里，反映人看不到。"), rows=4, most=LONGEST)


class First(Sealed):
    """Which earlier tip this one repeats."""

    first = line(gettext_lazy("首次举报的编号"), gettext_lazy("例如 2021-15。"), most=20)


class Entry(Sealed):
    """What an officer writes down of a call, a letter or a visit, sealed like any other."""

    channel = pick(gettext_lazy("渠道"), choices([c for c in Channel.choices if c[0] != Channel.WEB]))
    kind = pick(gettext_lazy("反映的是"), choices(Kind.choices))
    category = forms.ChoiceField(label=gettext_lazy("问题类型"))
    place = line(gettext_lazy("发生在哪里"), gettext_lazy("乡镇、村或地点。"), required=False, most=120)
    body_name = line(gettext_lazy("反映哪个单位"), gettext_lazy("写名称或代码；不清楚的留空。"), required=False)
    leaders = forms.BooleanField(label=gettext_lazy("涉及这个单位的领导"), required=False)
    happened = line(gettext_lazy("什么时候"), required=False)
    text = words(gettext_lazy("反映的内容"), gettext_lazy("按原话记录，不评价。"), rows=8, most=LONGEST)
    name = line(gettext_lazy("反映人姓名"), gettext_lazy("匿名的留空。身份另外密封，承办人看不到。"), required=False)
    phone = line(gettext_lazy("联系电话"), required=False)
    address = line(gettext_lazy("单位或住址"), required=False, most=120)

    def __init__(self, *args: Any, county: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = dict.fromkeys(each for kind in CATEGORIES.values() for each in kind)
        self.fields["category"].choices = choices([(e.value, e.label) for e in every])  # type: ignore[attr-defined]
        self.fields["county"] = forms.ChoiceField(label=gettext_lazy("县区"), choices=list(county))
        self.order_fields(
            ("channel", "kind", "category", "county", "place", "body_name", "leaders", "happened", "text")
        )


class Rule(Sealed):
    """The terms that an office sets for itself."""

    forward_days = forms.IntegerField(label=gettext_lazy("受理或移送（工作日）"), min_value=1, max_value=5)
    notice_days = forms.IntegerField(label=gettext_lazy("告知实名举报人受理情况（工作日）"), min_value=1, max_value=15)
    result_days = forms.IntegerField(label=gettext_lazy("办结后反馈结果（工作日）"), min_value=1, max_value=15)
    proposal_days = forms.IntegerField(label=gettext_lazy("提出处置意见（天）"), min_value=1, max_value=180)
    objection_days = forms.IntegerField(label=gettext_lazy("可以提出异议（天）"), min_value=1, max_value=180)
    keep_days = forms.IntegerField(label=gettext_lazy("办结后保存（天）"), min_value=30, max_value=36500)
