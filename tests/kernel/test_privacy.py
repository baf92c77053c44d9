"""The detector warns of residents' data, and leaves the ordinary language of inspections alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import privacy


def kinds(text):
    return [hit.kind for hit in privacy.detect(text)]


# All numbers are made up; the check digits are computed.
POSITIVES = [
    ("身份证62112619900101126X", "id_number"),
    ("身份证号：６２１１２６１９９００１０１１２６Ｘ", "id_number"),
    ("621126 19900101 126X 未登记", "id_number"),
    ("旧证621126900101123", "id_number"),
    ("联系电话13812345678", "mobile"),
    ("电话138-1234-5678。", "mobile"),
    ("+86 13812345678", "mobile"),
    ("１３８１２３４５６７８", "mobile"),
    ("持护照E12345678入境", "passport"),
    ("护照号码:P1234567", "passport"),
    ("EA1234567", "passport"),
    ("张某某核酸检测结果呈阳性", "health"),
    ("村民李小明核酸阳性", "health"),
    ("王某系确诊病例", "health"),
    ("李某(男,45岁)为密接", "health"),
    ("赵××被判定为次密接", "health"),
    ("确诊病例张某在此就餐", "health"),
    ("密切接触者王五,未隔离", "health"),
    ("发热患者刘建国未登记", "health"),
    ("欧阳某某已确诊", "health"),
    ("马某某患有高血压病", "health"),
    ("陈某之妻为无症状感染者", "health"),
    ("张某10月12日从兰州返岷", "travel"),
    ("李小明行程轨迹未上报", "travel"),
    ("王某某的活动轨迹贴在门口", "travel"),
    ("家属住3号楼2单元501室", "home_address"),
    ("幸福小区12栋1单元302", "home_address"),
    ("住二单元301室", "home_address"),
    ("某某村3社25号", "home_address"),
    ("家住城关镇和平路附近", "home_address"),
    ("5号楼1203室无人", "home_address"),
]

NEGATIVES = [
    "值班电话0932-7722345",
    "09327722345 无人接听",
    "举报电话12388,热线12345",
    "摸排返岷人员46人,核查为52人",
    "组长 张某 带队检查",
    "检查组组长:李建国,成员王五、赵六",
    "镇长王某未到岗",
    "组长张某从岷县返回定西",
    "监测点无人值守,“两码”查验不到位",
    "来客扫码登记形同虚设",
    "外出家长摸底不精准",
    "核酸检测点无人值守",
    "马坞镇核酸采样点未设一米线",
    "高速路口对行程卡查验不到位",
    "张掖市出现确诊病例,排查不及时",
    "张掖确诊病例通报后未部署",
    "安定区确诊病例零报告制度未落实",
    "对密接人员管理不到位",
    "发热患者未登记",
    "发热患者管理混乱",
    "高风险地区返回人员隔离观察不到位",
    "无症状感染者密接排查滞后",
    "曾确诊病例活动场所未消毒",
    "何时确诊不清楚",
    "八个严禁第2项",
    "17类重点问题清单第6项",
    "点位代码621126100201,行政区划621126",
    "SHA-256 37b166ee8fdb83fe71c4308716f2abf4ffbdfe0299ebfee1dbdc52940347389f",
    "统一社会信用代码91621126MA72ABCD1X",
    "身份证621126199001011231(末位错)",
    "612345678901234567",
    "2021年10月27日18时30分,第3轮第12号",
    "G30连霍高速定西出口",
    "3号楼2单元门口无值守",
    "12个小区、6个超市、2个高速路卡点",
    "办公楼301室无人",
    "卫生院对发热病人登记不全",
    "学校未排查教职工行程",
    "司机行程码未查验",
    "游客行程未登记",
    "卫生间积水,员工安全意识不强",
    "单位管理责任未落实,阳性处置预案缺失",
    "向上级报告确诊信息迟缓",
    "",
]


@pytest.mark.parametrize(("text", "kind"), POSITIVES)
def test_personal_data_raises_a_warning(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize("text", NEGATIVES)
def test_the_language_of_inspections_raises_none(text):
    assert kinds(text) == []


def test_a_hit_says_where_and_shows_nothing_telling():
    text = "经查,村民李小明核酸阳性,电话13812345678,住3号楼2单元501室,身份证62112619900101126X。"
    hits = privacy.detect(text)
    assert [hit.kind for hit in hits] == ["health", "mobile", "home_address", "id_number"]
    assert [text[hit.start : hit.end] for hit in hits][1:] == ["13812345678", "3号楼2单元501室", "62112619900101126X"]
    assert [hit.excerpt_masked for hit in hits] == [
        "李**核酸阳性",
        "138******78",
        "*号楼*单元***室",
        "621*************6X",
    ]
    assert set(privacy.LABELS) >= {hit.kind for hit in hits}


@given(
    st.text(
        alphabet=st.sampled_from("张李某小明核酸阳性确诊行程从返单元室号楼0123456789-Xx ,。(") | st.characters(),
        max_size=80,
    )
)
def test_any_text_is_read_without_failing_and_places_are_in_order(text):
    hits = privacy.detect(text)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)
    assert all("*" in hit.excerpt_masked for hit in hits)


def test_a_long_note_is_read_quickly():
    privacy.detect("张某" * 20_000 + "1" * 40_000 + "从" * 20_000)
