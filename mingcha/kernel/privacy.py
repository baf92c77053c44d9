"""
Warns when residents' personal data is typed into a note. It never blocks and never changes the text.

The project inspects duties, not residents: no field asks for a resident's name, number, phone or health. People type
them all the same; the door shows what was recognised and asks for a count or a post instead. Small rules that can be
read, so both misses and false alarms are expected. Officials' names alone raise nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Kind = Literal["id_number", "mobile", "passport", "health", "travel", "home_address"]

LABELS: Final[dict[Kind, str]] = {
    "id_number": "身份证号",
    "mobile": "手机号码",
    "passport": "出入境证件号",
    "health": "个人健康状况",
    "travel": "个人行程",
    "home_address": "家庭住址",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One suspicion: what, where (`text[start:end]`), and an excerpt safe to show, with the telling part starred out."""

    kind: Kind
    start: int
    end: int
    excerpt_masked: str


# Full-width letters, digits and signs are read as plain ones, so the rules name only those; positions hold.
_NARROW = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}

# Numbers. A look-around keeps them from being cut out of longer codes, such as hashes or site codes.
_LONE = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_ID_NUMBER = re.compile(r"(?:\d[ -]?){14}(?:(?:\d[ -]?){2}\d[ -]?[\dXx]|\d)".join(_LONE))
_MOBILE = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}".join(_LONE))
_PASSPORT = re.compile(r"(?:[EeGg]\d{8}|[Ee][A-HJ-NP-Za-hj-np-z]\d{7})".join(_LONE))
_NAMED_PASSPORT = re.compile(r"(?:护照|通行证)(?:号码?)?(?:[为是:]|\s)*(?P<number>[A-Za-z]{1,2}\d{7,9})(?![0-9A-Za-z])")
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# Names: a frequent surname, then 某, ×, * or one or two characters that end neither a place, a body nor a post.
_SURNAME = (
    "(?:欧阳|司马|上官|诸葛|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎武贺赖龚文庞樊兰殷施陶洪翟"
    "安颜倪严牛温芦季俞鲁葛韦申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫"
    "查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强])"
)
_MASKED = rf"(?:{_SURNAME}(?:某某?某?|[×*]{{1,2}}|[Xx]{{1,2}}(?![A-Za-z])))"
_BARE = rf"(?:{_SURNAME}(?:(?![某区县市镇乡村社州省路街站点口院校店所组队员者人和确诊阳密接核检隔无发感])[\u4e00-\u9fff]){{1,2}})"
# Everyday words that begin like a name.
_NOT_NAME = re.compile(
    "张掖|金昌|金塔|武威|安定|安全|安排|安置|江苏|江西|江浙|温州|成都|"
    "成县|康县|文县|武汉|武都|武山|兰州|宁夏|宁波|石家|阳泉|高风|高台|"
    "高度|高速|高铁|高校|高危|马上|任何|任务|时间|时有|时任|单位|单独|"
    "管理|管控|向上|向外|何时|何地|何种|项目|成功|成为|成立|包括|包保|"
    "包抓|严格|严密|严重|严禁|关于|关注|关键|强化|强调|解除|解决|方舱|"
    "周边|周围|于是|曾经|曾有|曾在|文件|康复|许多|白天|全员|全部|应当|"
    "钟情|程序|常态|施工|位于|查验|查出|查看|查找|费用|路上|路过|司机|"
    "童车|卫生|卫健|谷物|石油|田间|龙头|甘肃|景点|毛病|史上|尤其|毕竟|"
    "焦点|柳州|岳阳|庄稼|盛行|欧洲|曲线|游客|游览|席间|阳性|阴性|凌晨|"
    "左右|辛苦|齐全"
)

_STATUS = (
    "(?:阳性|确诊|次?密接|次?密切接触者|无症状感染者|感染者|发热|发烧|病例|隔离(?:观察|医学观察)|染疫|"
    "患(?:有|上|了)?[\u4e00-\u9fff]{0,6}(?:病|症|癌|炎)|癌症|精神病|残疾|怀孕|透析)"
)
_LINK = (
    r"(?:\([^()]{0,20}\))?(?:同志|女士|先生|之[妻夫父母子女]|的)?,?(?:\d{1,2}[月日.])*(?:[已曾仍均也刚]|今日|昨日)?"
    r"(?:新冠)?(?:病毒)?(?:核酸|抗原)?(?:检测|筛查)?(?:结果)?[已曾仍均也]?"
    r"(?:呈|为|系|是|被?(?:判定|列|确定|诊断|认定)为|属|出现|有|正在)?(?:新冠)?(?:肺炎)?"
)
_WHO = r"(?:的)?(?:患者|病例|病人|人员|居民|村民|住户|业主|学生|司机|旅客|返乡)+"
_TRIP = r"(?:的)?(?:个人)?(?:行程|活动轨迹|行动轨迹|旅居史)(?!码|卡|登记|查验|报备)"
_TRIP_MASKED = r"[^。;!\n]{0,10}?(?:从|自|由)[^。;!\n]{1,10}(?:返|回|来|入)|" + _TRIP
_POST = re.compile(r"(?:组长|书记|主任|镇长|乡长|县长|区长|院长|站长|科长|局长|校长|所长|队长|委员|干部|班子成员)$")

_END = r"(?=$|[\s,、。;.:()的未在已没不自从到去于]|\d)"
_HEALTH = re.compile(
    rf"(?P<name>{_MASKED}|{_BARE}){_LINK}{_STATUS}"
    rf"|{_STATUS}(?:{_WHO})?:?(?P<masked>{_MASKED})"
    rf"|(?:{_STATUS}{_WHO}|感染者|接触者|密接者?|病例):?(?P<bare>{_BARE}){_END}"
)
_TRAVEL = re.compile(rf"(?P<masked>{_MASKED})(?:{_TRIP_MASKED})|(?P<bare>{_BARE}){_TRIP}")
_COUNT = r"(?:(?<!\d)\d{1,4}|[A-Za-z]|[一二三四五六七八九十]{1,3})"
_ROOM = r"(?:\d{1,2}楼)?\d{2,4}(?!\d)(?:室|号|户)?"
_HOME = re.compile(
    rf"(?:{_COUNT}(?:号楼|栋|幢|座|#))?{_COUNT}单元{_ROOM}"
    rf"|{_COUNT}(?:号楼|栋|幢)\d{{3,4}}(?:室|户)"
    rf"|[村庄]{_COUNT}[社组]\d{{1,4}}号"
    r"|(?:家住|现住址?|家庭住址|户籍地址|居住于):?[\u4e00-\u9fffA-Za-z0-9]{4,30}"
)


def _is_id_number(found: str) -> bool:
    """Check province, birth date and, with 18 digits, the check digit (GB 11643-1999)."""
    digits = re.sub(r"[ -]", "", found).upper()
    birth = digits[6:14] if len(digits) == 18 else "19" + digits[6:12]
    try:
        born = date(int(birth[:4]), int(birth[4:6]), int(birth[6:]))
    except ValueError:
        return False
    if not _PROVINCE.match(digits) or born.year < 1900:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return len(digits) == 15 or "10X98765432"[total % 11] == digits[17]


def _is_somebody(match: re.Match[str]) -> bool:
    """Sort out everyday words that begin like a name, and posts that stand for an office rather than a person."""
    bare = match.groupdict().get("bare") or match.groupdict().get("name") or ""
    return not _NOT_NAME.match(bare)


def _travels(match: re.Match[str]) -> bool:
    """A trip of an official on duty is no resident's data."""
    return _is_somebody(match) and not _POST.search(match.string[: match.start()])


def _mask_number(found: str) -> str:
    return found[:3] + "*" * (len(found) - 5) + found[-2:]


def _mask_home(found: str) -> str:
    starred = re.sub(r"[\d一二三四五六七八九十]", "*", found)
    return starred if "单元" in found or "号" in found else found[:4] + "*" * (len(found) - 4)


def _always(match: re.Match[str]) -> bool:
    return bool(match)


def _mask_person(match: re.Match[str], original: str) -> str:
    """Keep the surname and what is said of the person; star the given name and every digit."""
    excerpt = list(original[match.start() : match.end()])
    for group in ("name", "masked", "bare"):
        if group in match.groupdict() and match[group]:
            begin = match.start(group) - match.start()
            for place in range(begin + 1, begin + len(match[group])):
                excerpt[place] = "*"
    return "".join("*" if character.isdigit() else character for character in excerpt)


_RULES: Final[tuple[tuple[Kind, re.Pattern[str], Callable[[re.Match[str]], bool]], ...]] = (
    ("id_number", _ID_NUMBER, lambda match: _is_id_number(match[0])),
    ("mobile", _MOBILE, _always),
    ("passport", _PASSPORT, _always),
    ("passport", _NAMED_PASSPORT, _always),
    ("home_address", _HOME, _always),
    ("health", _HEALTH, _is_somebody),
    ("travel", _TRAVEL, _travels),
)


def _suspicions(text: str) -> Iterator[Hit]:
    plain = text.translate(_NARROW)
    for kind, pattern, holds in _RULES:
        at = 0
        while match := pattern.search(plain, at):
            if not holds(match):
                at = match.start() + 1
                continue
            at = match.end()
            group = "number" if "number" in match.groupdict() else 0
            found = text[match.start(group) : match.end(group)]
            if kind in ("health", "travel"):
                masked = _mask_person(match, text)
            else:
                masked = _mask_home(found) if kind == "home_address" else _mask_number(found)
            yield Hit(kind, match.start(group), match.end(group), masked)


def detect(text: str) -> tuple[Hit, ...]:
    """
    Return what looks like a resident's personal data, in order of place; none lies within another.

    Sources: GB 11643-1999 (ID numbers); the numbering plan of mobile phones (11 digits, 13–19). Never raises.
    """
    kept: list[Hit] = []
    for hit in sorted(_suspicions(text), key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return tuple(kept)
