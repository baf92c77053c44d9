"""A unit without an account: the office prints a code, the unit's phone takes it, and the office reads the answer."""

import re

import pytest

from tests.journeys.visitor import Visitor, open_window
from tests.world import PNG

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium, own_demo, shots):
    """A phone with no account and no scripts."""
    window = open_window(chromium, own_demo, "unit", shots, phone=True, java_script_enabled=False)
    yield window
    window.context.close()
    assert window.troubles == []


def test_from_the_printed_code_to_the_answer(enter, phone: Visitor):
    county = enter("county")
    county.go("/orders/?tab=mending")
    # The first of the county's own: the city's order to a unit of the county gives no link here.
    for address in [link.get_attribute("href") for link in county.page.locator("main a[href^='/orders/']").all()]:
        county.go(address)
        if county.page.get_by_role("button", name="生成链接和二维码").count():
            break
    order = county.path
    county.press("生成链接和二维码")
    county.sees("只显示这一次", "扫码办理整改")
    county.shot("link-given")
    address = re.search(r"/u/[\w-]{20,}/", county.text())[0]

    phone.go(address)
    phone.sees("办理整改", "打开这一页不会启用链接")
    phone.shot("link-begin")
    phone.write("您的姓名和职务", "王师傅，店长")
    phone.press("开始办理")
    assert re.fullmatch(r"/?u/order/\d+/", phone.path)
    if phone.page.get_by_role("button", name="签收", exact=True).count():
        phone.press("签收")
    phone.shot("link-order")
    phone.write("做了什么、结果怎样", "演示：值守已补齐，夜间有人带班。")
    phone.page.get_by_label("整改后的照片或材料").set_input_files(
        {"name": "整改后.png", "mimeType": "image/png", "buffer": PNG}
    )
    phone.press("提交答复")
    phone.sees("等交办机关核验")

    county.go(order)
    county.sees("值守已补齐", "王师傅，店长")
    assert county.status(address) == 403
    county.go(address)
    county.sees("已经在另一台设备上启用")
