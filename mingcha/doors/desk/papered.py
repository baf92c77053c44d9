"""What happened to a numbered paper, in plain words, out of the record of acts."""

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from mingcha.doors.desk.stories import Step
from mingcha.ground.audit import queries as audit

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Paper

# verb on record: (what a person would say, tone of the dot); what only the issuer and those above are told stands apart.
FOR_ALL = {
    "paper.issue": (pgettext_lazy("记录", "印发文书"), ""),
    "paper.receive": (pgettext_lazy("记录", "责任单位签收"), ""),
    "paper.reply": (pgettext_lazy("记录", "责任单位回复"), "good"),
    "paper.register_receipt": (pgettext_lazy("记录", "登记纸质回执"), ""),
    "paper.register_reply": (pgettext_lazy("记录", "登记纸质回复"), "good"),
    "paper.withdraw": (pgettext_lazy("记录", "撤销文书"), "bad"),
}
FOR_ISSUERS = {
    "paper.receive_copy": (pgettext_lazy("记录", "抄送单位签收"), ""),
    "paper.sign": (pgettext_lazy("记录", "登记签字"), ""),
    "paper.print_links": (pgettext_lazy("记录", "打印带二维码的文书"), ""),
}


def story(paper: "Paper", *, whole: bool) -> list[Step]:
    """Return the story of a paper, oldest first; `whole`: with what is its issuer's to know."""
    said = FOR_ALL | (FOR_ISSUERS if whole else {})
    notes = {"paper.withdraw": paper.withdrawn_reason}
    return [
        Step(str(said[event.verb][0]), event.actor_name, event.at, notes.get(event.verb, ""), said[event.verb][1])
        for event in audit.about("paper", paper.pk)
        if event.verb in said
    ]


def by_hand(paper: "Paper") -> bool:
    """Return whether the reply came back on paper and its issuer registered it."""
    return audit.about("paper", paper.pk).filter(verb="paper.register_reply").exists()
