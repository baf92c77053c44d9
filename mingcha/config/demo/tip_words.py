"""The words of the demo's public calls and of its citizens. All of it made up."""

from dataclasses import dataclass

from mingcha.config.demo.counties import ANDING, MINXIAN
from mingcha.config.demo.stage import LEAD, made_up
from mingcha.tips.public import Draft, Identity
from mingcha.tips.states import Category, Kind

SCOPE = (
    "一是党员干部和公职人员在疫情防控工作中失职渎职、不担当不作为、弄虚作假、吃拿卡要等问题；"
    "二是防控措施不落实、生活保障不到位、群众合法权益受到侵害等问题。"
)
WAYS = "本页网上反映，匿名、实名都可以；也可以来信、来访或者拨打12388。"
PROMISES = "收到后5个工作日内受理或者移送；实名的15个工作日内告知受理情况；办结后15个工作日内反馈结果。对反映人和反映内容严格保密。"
CALLS = {
    office: {"title": f"{name}关于征集疫情防控工作问题线索的公告{made_up('')}", "scope": SCOPE, "ways": WAYS, "promises": PROMISES}
    for office, name in ((MINXIAN.office, "岷县纪委监委"), (LEAD, "定西市纪委监委"))
}  # fmt: skip
PUMA = "621126101-zf"  # 蒲麻镇人民政府
EMPTY = (
    "蒲麻镇南边那个卡点，晚上十点以后就没有人了，连着四个晚上都是这样。白天来登记的人也不看健康码，登记簿是一个人"
    "一次把好几天的补上去，签字都是一个笔迹。我们村里有人从外地回来，就从那里直接进去了，村上的人都看见了。"
)
EMPTY_AGAIN = (
    "蒲麻镇南边那个卡点，晚上十点以后就没有人了，连着好几个晚上都是这样。白天来登记的人也不看健康码，登记簿是一个人"
    "一次把好几天的补上去，签字都是一个笔迹。前天又有两辆外地车半夜直接开过去，没有人管。"
)


@dataclass(frozen=True)
class Report:
    """What somebody sends in, and when."""

    name: str
    day: int
    hour: str
    draft: Draft


def _told(kind: Kind, category: Category, text: str, *, county: str = MINXIAN.code, **more: object) -> Draft:
    return Draft(kind=kind, category=category, county=county, text=made_up(text), **more)  # type: ignore[arg-type]


NAMED = Identity(name=made_up("王某"), phone="（演示，不是真实号码）", wants_contact=True)
REPORTS = (
    Report("empty-post", 20, "07:40", _told(
        Kind.MISCONDUCT, Category.DISCIPLINE, EMPTY, body=PUMA, division=PUMA[:9], place="镇南卡点",
        happened="10月中旬的几个晚上")),
    Report("rude", 21, "12:20", _told(
        Kind.MISCONDUCT, Category.CONDUCT, "办理返乡证明时，窗口工作人员让我跑了三趟，还说“嫌慢你去告”。",
        body_name=made_up("十里镇便民服务中心"), identity=NAMED)),
    Report("office-itself", 24, "21:30", _told(
        Kind.MISCONDUCT, Category.ABUSE, "县纪委监委一名干部给亲戚的饭馆打招呼，检查的时候不去他家。",
        body=MINXIAN.office, leaders=True)),
    Report("city-bureau", 24, "22:05", _told(
        Kind.MISCONDUCT, Category.DISCIPLINE, "市里派来的督导组在宾馆里开会，三天没有下乡，简报写的是每天走访。",
        body_name="市里派来的督导组")),
    Report("paid-back", 25, "06:50", _told(
        Kind.MISCONDUCT, Category.RETALIATION, "我上次在会上提了意见，之后村上就把我的公益岗停了，说是名额减少，别人都没有减。",
        body_name="所在村村委会")),
    Report("neighbours", 25, "19:15", _told(
        Kind.MEASURES, Category.OTHER, "邻居把杂物堆在楼道里，说了几次都不搬，请来管一管。", place="县城")),
    Report("empty-post-again", 26, "07:05", _told(
        Kind.MISCONDUCT, Category.DISCIPLINE, EMPTY_AGAIN, body=PUMA, division=PUMA[:9], place="镇南卡点")),
    Report("no-food", 26, "08:10", _told(
        Kind.MEASURES, Category.SUPPLY, "我们小区封了六天，说好每天送菜，已经三天没有人来。楼上老人的降压药也没有人代买。",
        body=f"{MINXIAN.code}100-zf", place="县城一处小区", higher=True)),
    Report("fee", 26, "20:40", _told(
        Kind.MEASURES, Category.MONEY, "隔离点每天收一百五十元伙食费，没有收据，问标准说没有文件。", place="集中隔离点")),
    Report("from-anding", 27, "08:20", _told(
        Kind.MEASURES, Category.RIGHTS, "孩子半夜发烧，医院让先等核酸结果，在门口站了四个小时。", county=ANDING.code,
        body_name="区里的一家医院")),
    Report("faked", 27, "11:10", _told(
        Kind.MISCONDUCT, Category.FALSE_REPORT, "上报的摸排人数是抄上个月的，表是坐在办公室里填的，检查前一天才补的签字。",
        body=f"{MINXIAN.code}110-zf")),
    Report("supermarket", 27, "15:35", _told(
        Kind.MEASURES, Category.CONTROL, "超市门口扫码的人中午不在，谁都可以进，保安说吃饭去了。", place="县城西边的超市")),
)  # fmt: skip
NAMES = tuple(report.name for report in REPORTS)
