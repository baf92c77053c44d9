"""
What the record says of the tip line's keys, whose were begun, made, granted, taken back, and of what the public sent.
Never a key, never a word of a report, of the public's own acts not the hour.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

VERBS: dict[str, str | Promise] = {
    "tips.begin": pgettext_lazy("记录", "设置举报箱口令"),
    "tips.unlock": pgettext_lazy("记录", "解锁举报箱"),
    "tips.wrong_passphrase": pgettext_lazy("记录", "举报箱口令输错"),
    "tips.change_passphrase": pgettext_lazy("记录", "更换举报箱口令"),
    "tips.make_epoch": pgettext_lazy("记录", "建立新一期举报密钥"),
    "tips.discard_epoch": pgettext_lazy("记录", "作废未签入的举报密钥"),
    "tips.begin_epoch": pgettext_lazy("记录", "启用举报密钥"),
    "tips.grant": pgettext_lazy("记录", "授予举报密钥"),
    "tips.vouch": pgettext_lazy("记录", "核对承办人公钥"),
    "tips.withdraw": pgettext_lazy("记录", "收回举报密钥"),
    "tips.leave": pgettext_lazy("记录", "离岗收回密钥和举报"),
    "tips.rewrap": pgettext_lazy("记录", "把在办举报换到新密钥"),
    "tips.restore": pgettext_lazy("记录", "由保管人恢复举报密钥"),
    "tips.forget": pgettext_lazy("记录", "销毁不再使用的举报密钥"),
    "tips.install": pgettext_lazy("记录", "安装举报密钥目录"),
    "tips.send": pgettext_lazy("记录", "群众提交举报"),
    "tips.add": pgettext_lazy("记录", "群众补充举报"),
    "tips.object": pgettext_lazy("记录", "群众提出异议"),
    "tips.rate": pgettext_lazy("记录", "群众评价办理"),
    "tips.name": pgettext_lazy("记录", "群众向承办机关表明身份"),
    "tips.enter": pgettext_lazy("记录", "登记来电来信来访举报"),
}
KINDS: dict[str, str | Promise] = {"tip_key": _("举报密钥")}
DETAILS: dict[str, str | Promise] = {
    "anew": _("忘记口令后重设"),
    "count": _("件数"),
    "custodians": _("恢复保管人"),
    "epoch": _("期次"),
    "fingerprint": _("指纹"),
    "fingerprints": _("指纹"),
    "keys": _("密钥数"),
    "of": _("对象"),
    "purposes": _("用途"),
    "recovery": _("留恢复封"),
    "serial": _("目录号"),
    "tips": _("举报数"),
}
