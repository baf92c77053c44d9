"""A checklist's form on a phone, by itself: what it looks after whatever a person does, and what it hands out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys import form_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(form_page.reason_to_skip()), reason=form_page.reason_to_skip()),
]

QUESTIONS = [
    ("judge", "入口测温、扫码有专人负责", "看三位来客"),
    ("judge", "限流和桌距按规定落实", ""),
    ("count", "在岗从业人员人数", "上报数看名册，核实数看现场"),
    ("ask", "监管部门最近一次什么时候来？", "问负责人"),
]
# A sound that needs no microphone.
HUM = """navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext(), hum = context.createOscillator(), out = context.createMediaStreamDestination();
    hum.connect(out); hum.start(); return out.stream;
}"""
# A picture with a light disc, as a file that was chosen.
PICTURE = """async () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 2400, height: 1800}), pen = canvas.getContext("2d");
    pen.fillStyle = "#285"; pen.fillRect(0, 0, 2400, 1800);
    pen.fillStyle = "#fed"; pen.beginPath(); pen.arc(1200, 700, 250, 0, 7); pen.fill();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
    return [...new Uint8Array(await blob.arrayBuffer())];
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[form_page.Served]:
    """The page, built once, with a short checklist and one of six hundred questions."""
    built = tmp_path_factory.mktemp("form page")
    form_page.build(built)
    page = form_page.Served(built, {"short": form_page.checklist(QUESTIONS), "long": form_page.lengthy(600)})
    yield page
    page.close()


class Form:
    """An open form and what a person does with it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def last(self, part: str = "xml") -> Any:
        """Return a part of what the form would hand out if the page went away now: nothing may wait until then."""
        self.page.evaluate("dispatchEvent(new Event('pagehide'))")
        return self.page.evaluate(f"last.{part}")

    def value(self, name: str) -> str:
        """Return what stands in the node of this name."""
        found = re.search(rf"<{name}>([^<]*)</{name}>", self.last())
        return found[1] if found else ""

    def judge(self, number: int, verdict: str) -> None:
        """Press 合格, 不合格 or 不适用 of the nth question that judges."""
        self.page.locator(".segment").filter(has_text=re.compile(f"^{verdict}$")).nth(number - 1).click()

    def reopen(self) -> None:
        """Bring the form back from its last snapshot, as after a flat battery."""
        self.last()
        self.page.evaluate("reopen()")
        self.page.wait_for_timeout(300)
        self.page.locator(".segment").first.wait_for()

    def picture(self, place: Any, count: int = 1) -> None:
        """Choose pictures there, and keep each."""
        file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": bytes(self.page.evaluate(PICTURE))}
        place.locator("input[type=file]").last.set_input_files([file] * count)

    def keep(self) -> None:
        """Keep the picture that is being prepared."""
        self.page.locator(".sheet .btn--primary:enabled").click()
        self.page.wait_for_timeout(150)

    def new_finding(self) -> Any:
        """Note a finding; return its card."""
        self.page.get_by_role("button", name="登记问题").last.click()
        return self.page.locator(".row-card--open")

    def finish(self) -> None:
        self.page.get_by_role("button", name=re.compile("检查完毕|要补")).click()

    def confirm(self) -> None:
        self.page.locator("dialog.ask .btn--primary").click()
        self.page.locator("body[data-finalised]").wait_for(state="attached")


@pytest.fixture
def form(chromium: Any, served: form_page.Served) -> Iterator[Any]:
    """Open a form: form("short"), form("short", "&covert")."""
    contexts: list[Any] = []
    opened: list[Form] = []

    def _open(name: str = "short", options: str = "") -> Form:
        contexts.append(form_page.phone(chromium))
        page = contexts[-1].new_page()
        page.add_init_script(HUM)
        opened.append(Form(page))
        page.goto(served.url(name, options))
        page.locator(".segment").first.wait_for()
        return opened[-1]

    yield _open
    for context in contexts:
        context.close()
    assert [trouble for one in opened for trouble in one.troubles] == []


def test_what_the_package_knows_is_filled_in_and_not_asked(form):
    short = form()
    assert [short.value(name) for name in ("site_code", "site_name", "inspector", "team", "mode")] == [
        "S0001", "十里镇新华超市", "李明", "第一组", "overt",
    ]  # fmt: skip
    assert short.page.get_by_text("点位代码").count() == 0
    assert short.last("progress") == {"answered": 1, "total": 17}


def test_answers_are_saved_as_they_are_given_and_come_back_under_the_same_number(form):
    short = form()
    number = short.last("instanceID")
    short.judge(1, "合格")
    short.judge(2, "不合格")
    boxes = short.page.locator(".pair input")
    boxes.nth(0).fill("１２ ")
    boxes.nth(1).fill("9")
    short.page.get_by_text("核实比上报少 3").wait_for()
    short.page.locator("textarea").first.fill("上周二，<要求> & “整改”")
    short.reopen()
    assert short.last("instanceID") == number
    assert [short.value(name) for name in ("q1", "q2", "c3_reported", "c3_verified")] == ["pass", "fail", "12", "9"]
    assert short.page.locator("textarea").first.input_value() == "上周二，<要求> & “整改”"
    assert short.page.locator(".segment--bad input:checked").count() == 1


def test_what_is_no_number_is_said_and_not_kept(form):
    short = form()
    box = short.page.locator(".pair input").nth(0)
    box.fill("12")
    assert short.value("c3_reported") == "12"
    box.fill("一打")
    short.page.get_by_text("请填整数").wait_for()
    assert short.value("c3_reported") == ""
    box.fill("-3")
    short.page.get_by_text("不能是负数").wait_for()


def test_pressing_a_verdict_again_takes_it_back(form):
    short = form()
    short.judge(1, "合格")
    assert short.value("q1") == "pass"
    short.page.wait_for_timeout(900)  # sooner, it is a thumb that pressed twice
    short.judge(1, "合格")
    assert short.value("q1") == ""


def test_findings_open_the_question_that_lets_them_in_and_close_it(form):
    short = form()
    assert short.value("found") == "no" and "<findings>" not in short.last()
    card = short.new_finding()
    card.get_by_role("button", name="请选择").first.click()
    short.page.get_by_label("搜索名称或编号").fill("通风 第2")
    short.page.locator(".pick-list__row").first.click()
    card.locator("textarea").first.fill("收银台未张贴提示")
    assert short.value("found") == "yes" and short.value("description") == "收银台未张贴提示"
    assert short.value("item").isdigit()
    card.get_by_role("button", name="收起").last.click()
    assert "收银台未张贴提示" in short.page.locator(".row-card__summary").inner_text()
    short.page.locator(".row-card__head").click()
    card.get_by_role("button", name="删除").click()
    short.page.locator("dialog.ask .btn--danger").click()
    assert short.value("found") == "no" and "<findings>" not in short.last()


def test_pictures_fill_the_places_from_the_left_and_stay_when_the_form_comes_back(form):
    short = form()
    card = short.new_finding()
    for _ in range(2):
        short.picture(card)
        short.keep()
    first, second = short.last("fileNames")
    assert re.fullmatch(r"photo_1-\d{8}T\d{6}-[0-9a-f]{8}\.jpg", first) and second.startswith("photo_2-")
    short.reopen()
    assert short.last("fileNames") == [first, second]
    short.page.locator(".row-card__head").click()
    card = short.page.locator(".row-card--open")
    card.locator(".thumb__remove").first.click()
    short.page.locator("dialog.ask .btn--danger").click()
    assert short.last("fileNames") == [second] and short.value("photo_1") == second
    short.reopen()
    assert short.last("fileNames") == [second]


def test_more_pictures_than_places_are_named_and_the_rest_is_kept(form):
    short = form()
    scene = short.page.locator(".question").filter(has=short.page.get_by_text("还可以放 3 张"))
    short.picture(scene, 5)
    for _ in range(3):
        short.keep()
    assert len(short.last("fileNames")) == 3
    assert short.page.get_by_text("选了 5 张，只放得下 3 张。").is_visible()


def test_a_face_is_blurred_before_anything_is_kept_and_the_name_says_so(form):
    short = form()
    short.picture(short.new_finding())
    canvas = short.page.locator(".darkroom canvas")
    short.page.locator(".sheet .btn--primary:enabled").wait_for()
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 700 / 1800
    reach = box["width"] * 260 / 2400
    short.page.mouse.move(x - reach, y - reach)
    short.page.mouse.down()
    short.page.mouse.move(x + reach, y + reach, steps=4)
    short.page.mouse.up()
    short.page.locator(".sheet").get_by_label("含个人信息").check()
    short.keep()
    (name,) = short.last("fileNames")
    assert name.endswith(".personal.jpg")
    # Squares mix what was light and dark; sharp, only the disc's edge would lie between, a hundredth of the area.
    width, mixed = short.page.evaluate(
        """async (name) => {
            const map = await createImageBitmap(await files.get(name));
            const pen = new OffscreenCanvas(map.width, map.height).getContext("2d");
            pen.drawImage(map, 0, 0);
            const {data} = pen.getImageData(635, 305, 330, 330);
            return [map.width, data.filter((value, i) => i % 4 === 0 && value > 60 && value < 220).length / 330 ** 2];
        }""",
        name,
    )
    assert width == 1600 and mixed > 0.1


def test_a_full_phone_says_so_and_the_form_names_nothing_it_does_not_have(form):
    short = form("short", "&full")
    short.picture(short.new_finding())
    short.keep()
    assert short.page.locator(".sheet").get_by_text("手机存储已满").is_visible()
    assert short.last("fileNames") == []


def test_a_signature_and_a_voice_note_are_files_of_their_own(form):
    short = form()
    short.page.get_by_role("button", name="签名").first.click()
    box = short.page.locator(".sign-paper").bounding_box()
    short.page.wait_for_timeout(200)
    short.page.mouse.move(box["x"] + 40, box["y"] + 100)
    short.page.mouse.down()
    short.page.mouse.move(box["x"] + 200, box["y"] + 60, steps=5)
    short.page.mouse.up()
    short.page.get_by_role("button", name="签好了").click()
    short.page.get_by_role("button", name="录音").click()
    short.page.wait_for_timeout(1200)
    short.page.get_by_role("button", name="停止").click()
    short.page.locator("audio").wait_for()
    names = short.last("fileNames")
    assert [name.partition("-")[0] for name in names] == ["voice", "sign_receiver"]
    assert names[0].endswith(".personal.webm") and names[1].endswith(".png")
    assert short.page.evaluate("files.get(last.fileNames[0]).then((file) => file.size)") > 500


def test_what_is_missing_is_listed_jumped_to_and_may_be_sent_all_the_same(form):
    short = form()
    short.judge(1, "合格")
    short.finish()
    assert "还有 1 处要补" in short.page.locator(".sheet__title").inner_text()
    short.page.locator(".pick-list__row").click()
    assert short.page.evaluate("document.activeElement.closest('.question').innerText").startswith("限流和桌距")
    assert short.page.get_by_text("这一题要答").is_visible()
    short.finish()
    short.page.get_by_role("button", name="不补了，照样提交").click()
    short.confirm()
    assert re.search(r"<end>20\d\d-", short.page.evaluate("finalised.xml"))
    assert short.value("location").startswith("34.438 104.036")


def test_where_nobody_was_let_in_only_the_reason_is_asked(form):
    short = form()
    short.page.locator("label").filter(has_text="被拒绝").click()
    short.finish()
    assert short.page.locator(".pick-list__row").all_inner_texts()[0].startswith("原因")
    assert short.page.locator(".pick-list__row").count() == 1
    short.page.locator(".pick-list__row").click()
    short.page.keyboard.type("门卫不让进")
    short.finish()
    short.confirm()
    assert "<outcome_reason>门卫不让进</outcome_reason>" in short.page.evaluate("finalised.xml")


def test_an_unseen_visit_has_no_feedback_no_signatures_and_no_voice_unless_approved(form):
    unseen = form("short", "&covert")
    asked = unseen.page.locator("#page .question").all_inner_texts()
    assert not [words for words in asked if re.match("反馈内容|.*签名|语音", words)] and len(asked) >= 5
    unseen.page.get_by_role("button", name="快速隐藏").click()
    unseen.page.locator("body[data-hidden]").wait_for(state="attached")
    approved = form("short", "&covert&voice")
    assert approved.page.get_by_text("暗访录音已批准：演示用").is_visible()


def test_of_six_hundred_questions_only_those_near_the_screen_are_drawn(form):
    long = form("long")
    assert long.page.locator(".question").count() < 60
    long.finish()
    rows = long.page.locator(".pick-list__row")
    assert rows.count() > 400
    rows.last.click()
    long.page.wait_for_timeout(400)
    assert "这一题要答" in long.page.evaluate("document.activeElement.closest('.question').innerText")
    assert long.page.locator(".question").count() < 120


def test_english_words_for_whoever_reads_english(form):
    short = form("short", "&lang=en")
    assert short.page.get_by_role("button", name="Finish").is_visible()
    assert short.page.get_by_text("Pass", exact=True).count() == 2
    left = re.sub(r"[（(].*?[)）]", "", short.page.locator(".dock").inner_text())
    assert not re.search(r"[\u4e00-\u9fff]", left)
