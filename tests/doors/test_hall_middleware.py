"""What nobody types but an address, a cookie or a header may carry: answered plainly, never with a broken page."""

import pytest

from tests.world import sign_in

NUL = "%00"


@pytest.mark.parametrize(
    "address",
    [f"/sites/?q={NUL}演示", f"/sites/?type={NUL}&place={NUL}", f"/audit/?verb={NUL}", f"/audit/?actor={NUL}",
     f"/campaigns/demo/ledger/?search={NUL}&office={NUL}"],
)  # fmt: skip
def test_a_filter_reads_what_can_be_seen_of_it(client, world, address):
    assert sign_in(client, world.county).get(address).status_code == 200


@pytest.mark.parametrize("address", [f"/sites/{NUL}/edit/", f"/campaigns/demo/offices/{NUL}/figures/"])
def test_no_path_holds_what_nobody_sees(client, world, address):
    assert sign_in(client, world.lead).get(address).status_code == 404


def test_a_forged_cookie_is_nobody_s(client, db):
    client.raise_request_exception = False
    forged = '"' + r"\000" * 32 + '"'
    answer = client.get("/sites/", HTTP_COOKIE=f"sessionid={forged}; csrftoken={forged}; messages={forged}")
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in")


def test_a_form_for_a_forged_host_gets_a_page_too(client, db):
    client.raise_request_exception = False
    answer = client.post(
        "/sign-in", {"username": "x"}, headers={"Host": "evil.example", "Referer": "http://a.example/"}
    )
    assert answer.status_code == 400
    assert "请求的内容不完整" in answer.content.decode()
