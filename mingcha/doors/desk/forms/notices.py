"""How a person and an office hear of messages outside the house."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall.wording import choices
from mingcha.ground.notices.states import KEYWORD, Kind
from mingcha.kernel.hours import Hours

KINDS = choices(Kind.choices)
SECURITY = [("ssl", "SSL"), ("starttls", "STARTTLS"), ("insecure", _("不加密（只限单位内网，不填密码）"))]


def _clock(label: Any, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, help_text=help_text, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class HoursForm(forms.Form):
    """When nobody is to be disturbed, and at which hour the day's messages are collected."""

    quiet_from = _clock(_("免打扰自"))
    quiet_to = _clock(_("免打扰至"))
    digest_at = _clock(_("每天汇总"), _("填了时间，一天的消息合成一条在这时发；留空随到随发。紧急的总是马上发。"))

    def hours(self) -> Hours:
        """Return the hours of a valid form."""
        given = self.cleaned_data
        return Hours(given["quiet_from"], given["quiet_to"], given["digest_at"])


class Prefer(HoursForm):
    """One's own ways of hearing of messages."""

    mail = forms.CharField(
        label=_("邮箱"), max_length=254, required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("邮件只说有几条新消息，不说是什么事。"),
    )  # fmt: skip
    by_mail = forms.BooleanField(label=_("发邮件提醒我"), required=False)
    in_group = forms.BooleanField(label=_("我的消息计入本单位群里的提醒"), required=False)
    field_order = ("by_mail", "mail", "in_group", "quiet_from", "quiet_to", "digest_at")


class OfBody(HoursForm):
    """For which body a way out is set up."""

    body = forms.ChoiceField(label=_("单位"))

    def __init__(self, data: Any = None, *, bodies: Iterable[tuple[str, str]], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["body"].choices = list(bodies)  # type: ignore[attr-defined]


class SetRobot(OfBody):
    """The robot of a group. Its address is a key: whoever has it can write to the group."""

    address = forms.CharField(
        label=_("机器人的 Webhook 地址"), max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("在群设置里添加自定义机器人，复制它的地址粘贴到这里。保存后不再显示。"),
    )  # fmt: skip
    field_order: tuple[str, ...] = ("body", "address")


class SetDingTalk(SetRobot):
    """A robot of DingTalk may be set to take signed messages alone."""

    secret = forms.CharField(
        label=_("加签密钥"), max_length=140, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=format_lazy(
            _("机器人的安全设置选了“加签”才填，以 SEC 开头。选“自定义关键词”的，关键词填“{keyword}”。"), keyword=KEYWORD
        ),
    )  # fmt: skip
    field_order = ("body", "address", "secret")


class SetMail(OfBody):
    """A mail server. Its password is asked for anew after a refusal."""

    server = forms.CharField(label=_("邮件服务器"), max_length=120, help_text=_("例如 smtp.example.gov.cn。"))
    port = forms.IntegerField(label=_("端口"), initial=465)
    security = forms.ChoiceField(label=_("加密方式"), choices=SECURITY, widget=forms.RadioSelect, initial="ssl")
    sender = forms.EmailField(label=_("发件地址"))
    user = forms.CharField(
        label=_("账号"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("密码或授权码"), max_length=200, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    field_order = ("body", "server", "port", "security", "sender", "user", "password")

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        # Persons have their own hours for mail.
        for name in ("quiet_from", "quiet_to", "digest_at"):
            del self.fields[name]

    def hours(self) -> Hours:
        return Hours()


FORMS: dict[str, type[OfBody]] = {
    Kind.MAIL: SetMail,
    Kind.WECOM: SetRobot,
    Kind.DINGTALK: SetDingTalk,
    Kind.FEISHU: SetRobot,
}


class RaiseAfter(forms.Form):
    """After how many hours unread messages go to the next person."""

    urgent_hours = forms.IntegerField(label=_("紧急消息，几小时未读就转"), required=False)
    other_hours = forms.IntegerField(
        label=_("其他消息，几小时未读就转"), required=False, help_text=_("留空就不转。转给同一单位同一岗位的下一个人。")
    )
