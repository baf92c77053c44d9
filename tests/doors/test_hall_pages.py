"""What the pages are made of: policy, words, parts, and style that can be read and printed."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.urls import include, path
from django.utils import translation

from mingcha.doors.hall import navigation, pills, views, wording
from mingcha.ground.accounts.queries import Holding, Standing
from mingcha.ground.accounts.roles import ROLES

pytestmark = pytest.mark.urls(__name__)
ROOT = Path(__file__).resolve().parents[2]
CSS = sorted((ROOT / "mingcha/doors/hall/static/hall/css").glob("*.css"))
TEMPLATES = sorted(ROOT.glob("mingcha/doors/*/templates/**/*.html"))
STYLE = re.compile(r"\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|hx-on|javascript:", re.IGNORECASE)

nowhere = views.healthz  # stands in for the doors above the hall
desk = [path(name, nowhere, name=name) for name in ("campaigns", "sites", "ledger", "orders", "rulebooks", "notices")]
field = [path("", nowhere, name="home")]
urlpatterns = [
    path("", include("mingcha.doors.hall.urls")),
    path("styleguide", views.style_guide),
    path("", include(([path("", nowhere, name="home"), *desk], "desk"))),
    path("field/", include((field, "field"))),
]


@pytest.fixture(autouse=True)
def fixed_clock(settings, at):
    settings.MINGCHA_NOW = at


def draw(source, **context):
    return Template("{% load hall %}" + source).render(Context(context))


# Policy


@pytest.mark.parametrize("shell", ["desk", "field"])
@pytest.mark.django_db
def test_a_page_carries_no_style_or_script_of_its_own(client, shell):
    answer = client.get("/styleguide", {"shell": shell})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not STYLE.search(page)
    assert len(page.encode()) < 60_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.name)
def test_no_template_carries_style_or_script(template):
    assert not STYLE.search(template.read_text("utf-8"))


@pytest.mark.django_db
def test_every_answer_is_protected(client):
    answer = client.get("/healthz")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "style-src 'self';" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"


# Words


@pytest.mark.parametrize(
    "language,value,said",
    [
        ("zh-hans", datetime(2021, 10, 27, 10, 0, tzinfo=UTC), "10月27日 18:00"),
        ("zh-hans", datetime(2020, 2, 1, 16, 30, tzinfo=UTC), "2020年2月2日 00:30"),
        ("en", datetime(2021, 10, 27, 10, 0, tzinfo=UTC), "27 Oct 18:00"),
        ("en", datetime(2020, 2, 1, 16, 30, tzinfo=UTC), "2 Feb 2020 00:30"),
        ("zh-hans", None, "—"),
    ],
)
def test_moments_are_written_as_officials_write_them(language, value, said):
    with translation.override(language):
        assert draw("{{ value|moment }}", value=value) == said


def test_days_and_full_moments(at):
    assert wording.day(date(2021, 10, 9)) == "10月9日"
    assert wording.day(date(2022, 1, 1)) == "2022年1月1日"
    assert wording.day(None) == "—"
    assert wording.full_moment(at) == "2021年10月27日 18:00"


def test_the_year_that_counts_is_the_offices(settings):
    settings.MINGCHA_NOW = datetime(2021, 12, 31, 17, 0, tzinfo=UTC)  # already 2022 in the office
    assert wording.day(date(2022, 1, 1)) == "1月1日"


def test_what_is_unreported_is_never_a_zero():
    assert draw("{{ value|figure }}", value=0) == "0"
    assert draw("{{ value|figure }}", value=None) == '<span class="unreported">未报</span>'
    assert "未报" in draw('{% kpi "点位" value %}', value=None)


# Parts


def test_a_pill_takes_its_word_from_the_thing_and_its_tone_from_the_table():
    assert draw('{{ "closed"|pill }}') == '<span class="pill pill--good">已销号</span>'
    assert draw('{{ "closed"|pill:"已结束" }}') == '<span class="pill pill--good">已结束</span>'
    assert draw('{{ "unheard-of"|pill }}') == '<span class="pill pill--done">unheard-of</span>'


def test_red_is_kept_for_what_is_late_or_grave():
    assert {state for state, (_, tone) in pills.PILLS.items() if tone == "bad"} == {
        "overdue",
        "grave",
        "refused",
        "red",
        "found",
    }


def test_words_from_outside_are_escaped():
    nasty = "<b>"
    for source in ('{{ "x"|pill:nasty }}', "{% kpi nasty nasty %}", "{% refusal nasty %}", "{% empty nasty nasty %}"):
        assert "<b>" not in draw(source, nasty=nasty)


def test_bars_stay_in_their_box():
    assert 'width="100.00"' in draw("{% bar 12 10 %}")
    assert 'width="60.00"' in draw("{% bar 6 10 4 %}") and 'width="40.00"' in draw("{% bar 6 10 4 %}")
    assert 'width="0.00"' in draw("{% bar value 0 %}", value=None)


def test_the_loop_lights_one_step():
    page = draw('{% loop "finding" %}')
    assert page.count("is-done") == 3 and page.count('aria-current="step"') == 1
    assert draw('{% loop "end" %}').count("is-done") == 7
    assert "is-done" not in draw('{% loop "" %}')


# Navigation


def seen_by(role):
    holding = Holding(ROLES[role], "x", "演示单位", "621126")
    return [item.label for item in navigation.items(Standing(None, (holding,)), "/ledger/7", 2)]


def test_each_role_sees_its_own_places():
    assert seen_by("county") == ["首页", "任务", "台账", "整改", "点位", "清单", "消息"]  # no address of briefs here
    assert seen_by("inspector") == ["首页", "现场", "清单", "消息"]
    assert seen_by("unit") == ["首页", "整改", "消息"]


def test_the_place_one_is_in_is_marked_and_the_unread_are_counted():
    holding = Holding(ROLES["lead"], "x", "演示单位", "6211")
    items = {item.label: item for item in navigation.items(Standing(None, (holding,)), "/ledger/7", 2)}
    assert [label for label, item in items.items() if item.current] == ["台账"]
    assert items["消息"].count == 2


# Style


def test_the_style_stays_light_and_readable():
    assert sum(len(sheet.read_bytes()) for sheet in CSS) < 60_000
    assert all(len(sheet.read_text("utf-8").splitlines()) <= 400 for sheet in CSS)


def test_every_class_of_the_parts_is_styled():
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(sheet.read_text("utf-8") for sheet in CSS)))
    used = set()
    for template in (ROOT / "mingcha/doors/hall/templates").rglob("*.html"):
        for classes in re.findall(r'class="([^"]*)"', template.read_text("utf-8")):
            used |= set(re.sub(r"\{[%{].*?[%}]\}", " ", classes).split())
    bare = {name for name in used - styled if not name.endswith("-")}  # is-{{ tone }}
    assert bare == set()


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", CSS[-1].read_text("utf-8")))
PAIRS = [
    *[(ink, paper, 4.5) for ink in ("ink", "ink-soft", "ink-faint") for paper in ("surface", "page", "surface-sunken")],
    *[(tone, f"{tone}-soft", 4.5) for tone in ("good", "warn", "bad", "seal")],
    *[(tone, "surface", 4.5) for tone in ("brand", "brand-deep", "good", "warn", "bad", "seal")],
    ("brand", "brand-soft", 4.5),
    ("brand", "page", 4.5),
    ("brand", "bad-soft", 4.5),
    ("line-strong", "surface", 3.0),
    ("line-strong", "page", 3.0),
]


@pytest.mark.parametrize("ink,paper,least", PAIRS)
def test_contrast_meets_wcag_aa(ink, paper, least):
    assert contrast(TOKENS[ink], TOKENS[paper]) >= least


@override_settings(MINGCHA_DEMO=True)
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 390, 768, 1366, 1920, 2560])
@pytest.mark.parametrize("shell", ["desk", "field"])
def test_pages_fit_every_screen_and_break_no_policy(chromium, live_server, width, shell):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/styleguide?shell={shell}")
    page.wait_for_load_state("networkidle")
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('.btn, .segment, .tabbar a, .nav a')]"
        ".map(e => e.getBoundingClientRect()).filter(r => r.height && r.height < 24).length"
    )
    assert small == 0
    page.close()
