"""An order in an officer's own words: the page issues it; who sees where it came from."""

import pytest
from django.test import Client

from mingcha.flow.rectifications.actions import reported
from mingcha.flow.rectifications.models import Rectification
from tests.world import sign_in

pytestmark = pytest.mark.django_db
SENTENCE = "演示：小区封闭后三天没有送菜。"


def given(world, **more):
    return {
        "what": world.minxian.office.sites[2].code, "campaign": world.campaign.slug, "sentence": SENTENCE,
        "responsibility": "unit", "severity": "ordinary",
    } | more  # fmt: skip


def test_a_sentence_becomes_an_order_of_the_site_s_unit(world, client):
    county = sign_in(client, world.county)
    assert (
        "不照抄原话" in county.get("/orders/new/").content.decode()
        and "登记交办" in county.get("/orders/").content.decode()
    )
    found = county.post("/orders/new/", given(world, find="1"))
    assert found.status_code == 200 and SENTENCE in found.content.decode() and not Rectification.objects.filter(
        finding__description=SENTENCE
    )  # fmt: skip
    assert county.post("/orders/new/", given(world, sentence="")).status_code == 422
    done = county.post("/orders/new/", given(world))
    order = Rectification.objects.get(finding__description=SENTENCE)
    assert done.status_code == 302 and done["Location"] == f"/orders/{order.pk}/"
    again = county.post("/orders/new/", given(world))
    assert again.status_code == 422 and "没有重复登记" in again.content.decode()
    assert Rectification.objects.filter(finding__description=SENTENCE).count() == 1


def test_offices_see_that_the_public_spoke_and_the_unit_does_not(world):
    order = reported.order(
        world.campaign, office=world.minxian.office.body, body=world.minxian.office.answering,
        site=world.minxian.office.sites[2], sentence=SENTENCE, severity="ordinary", responsibility="unit",
        by=world.county, at=world.at,
    )  # fmt: skip
    county, unit = sign_in(Client(), world.county), sign_in(Client(), world.unit)
    pages = [f"/orders/{order.pk}/", f"/findings/{order.finding_id}/", f"/campaigns/{world.campaign.slug}/ledger/"]
    for page in pages:
        assert "群众反映" in county.get(page).content.decode(), page
    seen = unit.get(pages[0])
    assert seen.status_code == 200 and SENTENCE in seen.content.decode()
    assert "群众反映" not in seen.content.decode() and "机关登记" not in seen.content.decode()
    visit = county.get(f"/visits/{order.finding.visit_id}/").content.decode()
    assert "没有经过检查" in visit and "明察 · " not in visit
