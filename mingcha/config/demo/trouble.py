"""What the teams of 岷县 find, by kind of site. The four kinds the county named, and items of the catalogues on record."""

from dataclasses import dataclass

# Catalogue and position of the item cited.
SCAN, UNMANNED, CODES, PARENTS = (("minxian-wenti-leixing", position) for position in (1, 2, 3, 4))
BENT, SHIRKED = (("gansu-bage-yanjin", position) for position in (1, 2))
HOLLOW, REPORTS, NEEDS, SCOLDED = (("dingxi-17lei-wenti", position) for position in (1, 2, 3, 4))
ABSENT = ("dingxi-17lei-wenti", 6)

TERRITORIAL, DEPARTMENT, UNIT, INDIVIDUAL = "territorial", "department", "unit", "individual"
SLIGHT, ORDINARY, GRAVE = "slight", "ordinary", "grave"


@dataclass(frozen=True)
class Trouble:
    """One thing that may be seen at a kind of site: where, what ({n}: a small number), and what is asked for."""

    item: tuple[str, int]
    responsibility: str
    severity: str
    where: str
    seen: str
    asked: str


_GOVERNMENT = (
    Trouble(SCAN, UNIT, ORDINARY, "办公楼门口", "来客扫码登记形同虚设，十分钟内{n}名来客无人查验", "门口设专人，逐人扫码登记"),
    Trouble(HOLLOW, TERRITORIAL, ORDINARY, "疫情防控办公室", "方案照抄上级文件，{n}个岗位没有分到人、排到班", "三天内修订方案，分工到人到班次"),
    Trouble(SHIRKED, TERRITORIAL, GRAVE, "疫情防控办公室", "{n}个村三天没有上报排查情况，镇上没有催问", "补齐排查汇总，建立每日催报"),
    Trouble(ABSENT, INDIVIDUAL, ORDINARY, "值班室", "值班表上的带班领导不在岗，电话打了{n}遍才接通", "当天补岗，按规定作出说明"),
    Trouble(REPORTS, TERRITORIAL, SLIGHT, "各村微信工作群", "同一张报表一天要求各村报{n}次", "合并报表，一天一报"),
    Trouble(BENT, TERRITORIAL, GRAVE, "排查台账", "上级要求逐村核对，实际只核了{n}个村就签字上报", "逐村重新核对，由主要负责人签字"),
    Trouble(PARENTS, TERRITORIAL, ORDINARY, "外出人员汇总表", "外出家长摸底不精准，镇上的数与学校报来的数对不上", "与学校逐校对账，更正汇总"),
    Trouble(CODES, UNIT, SLIGHT, "便民服务大厅", "“两码”查验不到位，只看截图", "更换查验人员并现场培训"),
    Trouble(SHIRKED, DEPARTMENT, ORDINARY, "检查记录本", "主管部门本月没有到该镇督导的记录", "一周内补上督导并反馈"),
)  # fmt: skip
_HEALTH_CENTRE = (
    Trouble(CODES, UNIT, ORDINARY, "预检分诊台", "“两码”查验不到位，十分钟内放空{n}人", "增加一名查验人员"),
    Trouble(SCAN, UNIT, SLIGHT, "住院部侧门", "来客扫码登记形同虚设，登记簿{n}天没有新记录", "关闭侧门或专人值守"),
    Trouble(NEEDS, DEPARTMENT, ORDINARY, "物资库房", "防护用品只够两天，申请{n}天未得到答复", "两天内调拨到位"),
    Trouble(SHIRKED, UNIT, ORDINARY, "预检分诊台", "流程上墙，值守人员答不出后{n}步怎么做", "当天培训，次日抽考"),
    Trouble(ABSENT, INDIVIDUAL, ORDINARY, "值班室", "应在岗两人，实到一人", "补齐值守人员"),
)  # fmt: skip
_SCHOOL = (
    Trouble(PARENTS, UNIT, ORDINARY, "教务处", "外出家长摸底不精准，{n}个班没有更新", "当天逐班补齐，每日更新"),
    Trouble(SCAN, UNIT, SLIGHT, "校门口", "来客扫码登记形同虚设，送货人员直接进入", "设专人登记，送货在门外交接"),
    Trouble(CODES, UNIT, ORDINARY, "校门口", "“两码”查验不到位，只测温不看码", "补上查验环节"),
    Trouble(HOLLOW, DEPARTMENT, ORDINARY, "校长室", "主管部门下发的方案没有结合寄宿实际，无法执行", "三天内会同学校修订"),
    Trouble(SHIRKED, UNIT, SLIGHT, "食堂", "错峰就餐写在纸上，检查时{n}个年级同时就餐", "重新排定时段并有人带班"),
)  # fmt: skip
_COMPOUND = (
    Trouble(SCAN, UNIT, ORDINARY, "东门", "来客扫码登记形同虚设，登记簿字迹一人代签", "更换登记簿，逐人登记"),
    Trouble(CODES, UNIT, ORDINARY, "南门", "“两码”查验不到位，快递人员未查验", "设置固定投递点"),
    Trouble(SHIRKED, TERRITORIAL, ORDINARY, "物业办公室", "包抓干部一周没有到过小区", "包抓干部当天到岗并签到"),
    Trouble(ABSENT, INDIVIDUAL, SLIGHT, "东门岗亭", "检查的{n}十分钟里值守人员一直不在", "补岗，落实替班"),
)  # fmt: skip
_MONITORING_POINT = (
    Trouble(UNMANNED, TERRITORIAL, GRAVE, "监测点", "监测点无人值守，登记簿停在前一天", "立即补岗，值班表上墙"),
    Trouble(CODES, UNIT, ORDINARY, "监测点", "“两码”查验不到位，过往车辆不停车", "设置停车查验区"),
    Trouble(SCAN, UNIT, SLIGHT, "监测点", "来客扫码登记形同虚设，二维码已失效", "更换二维码"),
    Trouble(ABSENT, INDIVIDUAL, ORDINARY, "监测点", "应值守{n}人，实到一人，带班干部不在", "补齐人员，带班干部到岗"),
    Trouble(SCOLDED, INDIVIDUAL, ORDINARY, "监测点", "带班干部当众训斥值守人员", "当面道歉，改进作风"),
)  # fmt: skip
AT = {
    "乡镇政府": _GOVERNMENT,
    "卫生院": _HEALTH_CENTRE,
    "学校": _SCHOOL,
    "小区": _COMPOUND,
    "监测点": _MONITORING_POINT,
}
