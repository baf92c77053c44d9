"""
Forms of the sealed room. Texts that are sealed to a tip are not watched for residents' data: they are about people.

What is born outside the room (a lead, an order, a directed visit) is written in the forms of those rooms, which are.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.desk.forms.referrals import Shown, day, line, pick, words
from mingcha.doors.hall.watched import WatchedForm
from mingcha.doors.hall.wording import choices
from mingcha.tips.states import Category, Channel, Kind, Outcome, Way

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
        gettext_lazy("反映人凭查询码能看到。写明依据和应当向哪里反映，不复述举报内容。"), rows=4, most=LONGEST,
    )  # fmt: skip


class How(Sealed):
    """How somebody was reached who spoke under their name: verified by an officer, not ticked by the citizen."""

    text = words(
        gettext_lazy("怎样联系、核实的"),
        gettext_lazy("哪天、用什么方式联系，怎样确认是本人。密封在身份里。"),
        rows=3,
        most=LONGEST,
    )
    what = pick(
        gettext_lazy("结论"),
        [("named", gettext_lazy("是本人，按实名举报办理")), ("contact", gettext_lazy("只记录联系情况"))],
    )


class Sort(Sealed):
    """The kind and the category, put right."""

    kind = pick(gettext_lazy("反映的是"), choices(Kind.choices))
    category = forms.ChoiceField(label=gettext_lazy("问题类型"), choices=choices(Category.choices))


class Concern(Shown, ChoosingForm):
    """The unit that a tip is about, out of the register."""

    apart: tuple[str, ...] = ("residents_checked", "what", "chosen")
    choosing = "seen"
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = gettext_lazy("被反映的单位")
        self.fields["what"].help_text = gettext_lazy("写名称、代码或拼音首字母，然后查找。")


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


WAYS = [way for way in Way if way not in (Way.ORDER, Way.DECLINED)]  # those two are acts of their own


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

    first = line(
        gettext_lazy("首次举报的编号"), gettext_lazy("例如 2021-15；还没有编号的，从“相近的举报”里选。"), most=40
    )


class Entry(Shown, ChoosingForm):
    """What an officer writes down of a call, a letter or a visit, sealed like any other."""

    apart: tuple[str, ...] = ("residents_checked", "what", "chosen", "receipt")
    choosing = "leaders"
    receipt = forms.CharField(max_length=40, widget=forms.HiddenInput)
    channel = pick(gettext_lazy("渠道"), choices([c for c in Channel.choices if c[0] != Channel.WEB]))
    kind = pick(gettext_lazy("反映的是"), choices(Kind.choices))
    category = forms.ChoiceField(label=gettext_lazy("问题类型"), choices=choices(Category.choices))
    county = forms.ChoiceField(label=gettext_lazy("县区"))
    place = line(gettext_lazy("发生在哪里"), gettext_lazy("乡镇、村或地点。"), required=False, most=200)
    happened = line(gettext_lazy("什么时候"), required=False)
    leaders = forms.BooleanField(label=gettext_lazy("涉及这个单位的领导"), required=False)
    text = words(gettext_lazy("反映的内容"), gettext_lazy("按原话记录，不评价。"), rows=8, most=20_000)
    name = line(gettext_lazy("反映人姓名"), gettext_lazy("匿名的留空。身份另外密封，承办人看不到。"), required=False)
    phone = line(gettext_lazy("联系电话"), required=False)
    address = line(gettext_lazy("单位或住址"), required=False, most=200)
    field_order = (
        "channel", "kind", "category", "county", "place", "happened", "what", "chosen", "leaders", "text", "name",
        "phone", "address",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], counties: Iterable[tuple[str, str]],
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = gettext_lazy("反映哪个单位")
        self.fields["what"].help_text = gettext_lazy("写名称或拼音首字母，然后查找。名录里没有的照写，不清楚的留空。")
        self.fields["what"].required = False
        self.fields["county"].choices = list(counties)  # type: ignore[attr-defined]

    def clean_what(self) -> str:
        """Return the words; a unit that is not in the register is kept as it was called."""
        return str(self.cleaned_data["what"]).strip()


class Handing(Sealed):
    """To whom keys are given, and the fingerprint read off that person's own screen."""

    person = forms.ChoiceField(label=gettext_lazy("授予谁"))
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("哪些"), widget=forms.CheckboxSelectMultiple,
        choices=[
            ("intake", gettext_lazy("受理：打开反映的内容")), ("index", gettext_lazy("比对：查找相近的举报")),
            ("identity", gettext_lazy("身份：打开反映人的身份和附件原件")), ("vouch", gettext_lazy("只担保：可以分到具体的举报")),
        ],
    )  # fmt: skip
    seen = line(
        gettext_lazy("对方屏幕上的指纹"),
        gettext_lazy("当面核对：请对方解锁后打开密钥页，把 30 位数字念给您。"),
        most=60,
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        wanted = given.get("purposes") or []
        if "vouch" in wanted and len(wanted) > 1:
            self.add_error("purposes", _("“只担保”不能和授予密钥同时选。"))
        return given


class Rule(Sealed):
    """The terms that an office sets for itself."""

    forward_days = forms.IntegerField(label=gettext_lazy("受理或移送（工作日）"), min_value=1, max_value=5)
    notice_days = forms.IntegerField(label=gettext_lazy("告知实名举报人受理情况（工作日）"), min_value=1, max_value=15)
    result_days = forms.IntegerField(label=gettext_lazy("办结后反馈结果（工作日）"), min_value=1, max_value=15)
    proposal_days = forms.IntegerField(label=gettext_lazy("提出处置意见（天）"), min_value=1, max_value=180)
    objection_days = forms.IntegerField(label=gettext_lazy("可以提出异议（天）"), min_value=1, max_value=180)
    keep_days = forms.IntegerField(label=gettext_lazy("办结后保存（天）"), min_value=30, max_value=36500)


class Call(Shown, WatchedForm):
    """A public call as the public will read it."""

    title = line(gettext_lazy("标题"), most=80)
    scope = words(gettext_lazy("受理范围"), gettext_lazy("请群众反映什么，哪些不在这里办、到哪里反映。"), rows=4)
    ways = words(gettext_lazy("反映渠道"), gettext_lazy("网上、电话、来信、来访分别怎么反映。"), rows=3)
    promises = words(gettext_lazy("承诺"), gettext_lazy("保密、时限、怎样查看答复。"), rows=3)
    until = day(gettext_lazy("截止日期"), gettext_lazy("长期有效的留空。"), required=False)
    watched = ("title", "scope", "ways", "promises")
