"""What a campaign lets phones do, at the desk: forms taken up, stops one by one, sound on covert visits."""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns.models import CampaignForm, RecordingApproval
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.ground.audit.models import Event
from tests.sent import general
from tests.world import sign_in

PAGE = "/campaigns/demo/phones/"


@pytest.fixture
def lead(client, world):
    return sign_in(client, world.lead)


def given(world, **changes):
    until = world.at + timedelta(days=3)
    return {
        "office": world.minxian.office.body.pk, "basis": "演示：领导批示", "until": f"{until:%Y-%m-%dT%H:%M}", **changes,
    }  # fmt: skip


def test_the_campaign_says_how_phones_stand(lead):
    shown = lead.get("/campaigns/demo/").content.decode()
    assert "手机检查" in shown and "不允许" in shown and PAGE in shown
    page = lead.get(PAGE).content.decode()
    assert "5 类点位的检查表自动带上" in page and "没有选用通用表" in page and "没有批准，都不能录音" in page


def test_a_form_is_taken_up_once(lead, world):
    form = general("any", keeper=world.city.office.body, by=world.lead, at=world.at)
    assert "演示表 any" in lead.get(PAGE).content.decode()
    assert lead.post(f"{PAGE}forms/", {"checklist": form.pk}).status_code == 302
    assert list(fieldwork.forms(world.campaign)) == [form]
    assert "没有别的通用表可选" in lead.get(PAGE).content.decode()
    assert lead.post(f"{PAGE}forms/", {"checklist": form.pk}).status_code == 422
    assert lead.post(f"{PAGE}forms/", {"checklist": "x"}).status_code == 422


def test_stops_are_shown_one_by_one_or_all_at_once(lead, world):
    for on, words in (("1", "手机只显示下一站"), ("0", "一次显示清单上的全部点位")):
        assert lead.post(f"{PAGE}stops/", {"on": on}).status_code == 302
        assert words in lead.get(PAGE).content.decode()
    assert Event.objects.filter(verb="campaign.stop_by_stop").count() == 2


def test_sound_is_approved_with_basis_and_term_and_withdrawn(lead, world):
    assert lead.post(f"{PAGE}recordings/", given(world)).status_code == 302
    made = RecordingApproval.objects.get()
    assert (made.office, made.basis, made.approved_by) == (world.minxian.office.body, "演示：领导批示", world.lead)
    assert fieldwork.recording_approval(world.campaign.pk, made.office_id, at=world.at) == made
    shown = lead.get(PAGE).content.decode()
    assert "演示：领导批示" in shown and "撤销" in shown
    assert "1 项批准有效" in lead.get("/campaigns/demo/").content.decode()
    assert lead.post(f"/recordings/{made.pk}/withdraw/").status_code == 302
    assert fieldwork.recording_approval(world.campaign.pk, made.office_id, at=world.at) is None
    assert "已撤销" in lead.get(PAGE).content.decode()
    assert lead.post(f"/recordings/{made.pk}/withdraw/").status_code == 409


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"basis": ""}, "依据"),
        ({"basis": "演示：张三13812345678批准"}, "居民的个人信息"),
        ({"until": "2021-10-01T08:00"}, "有效期要晚于现在"),
        ({"office": "elsewhere"}, "批准哪个单位"),
    ],
)
def test_wrong_input_keeps_what_was_typed(lead, world, changes, sentence):
    answer = lead.post(f"{PAGE}recordings/", given(world, **changes))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not RecordingApproval.objects.exists()


def test_a_county_sees_its_own_approvals_and_sets_nothing(client, world, lead):
    for work in (world.minxian, world.zhangxian):
        sign_in(client, world.lead).post(
            f"{PAGE}recordings/", given(world, office=work.office.body.pk, basis=f"演示批示 {work.office.body.pk}")
        )
    county = sign_in(client, world.county)
    shown = county.get(PAGE).content.decode()
    assert "演示批示 621126-office" in shown and "演示批示 621125-office" not in shown
    assert "批准录音" not in shown and "改为逐站显示" not in shown
    for page, sent in (("forms/", {}), ("stops/", {"on": "1"}), ("recordings/", given(world))):
        assert county.post(PAGE + page, sent).status_code == 403
    assert not CampaignForm.objects.exists()


def test_another_city_has_no_such_page(client, world):
    abroad = sign_in(client, world.abroad.office.officer)
    assert abroad.get(PAGE).status_code == 404
    assert abroad.post(f"{PAGE}stops/", {"on": "1"}).status_code == 404
