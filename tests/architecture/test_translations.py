"""The interface is Chinese first and English in full: nothing missing, nothing left over, nothing said past gettext."""

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from django.template.base import DebugLexer, TokenType

from mingcha.config import phrases

DOORS = phrases.PACKAGE / "doors"
TEMPLATES = [path for path in sorted(DOORS.rglob("*.html")) if "styleguide" not in path.parts]
PLACE = re.compile(r"%\((\w+)\)([a-z])|%%")
CHINESE = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uff00-\uffef“”]")  # characters and full-width punctuation
# Chinese in doors that is no phrase: the form of dates, the language's own name, a page shown when all else has failed.
SPEAKS_CHINESE = {"hall/wording.py", "hall/context.py", "hall/errors.py", "hall/styleguide.py"}
# Sentences of refusals raised before a view is reached: extracted as in the inner rooms, translated when answered.
SPEAKS_CHINESE |= {"openrosa/parts.py", "openrosa/phones.py"}
NAMES = re.compile(
    "简报第|第|期|组|更正：|关于|的情况反馈|[ 一二三四五六七八九十]+"
)  # a team and a document are named in Chinese: they are data
BRAND = '<span class="brand__mark" aria-hidden="true">明</span>'  # a picture of a character
LEFT_IN_CHINESE = re.compile(r"“[^”]*”|[^ ]+ \([a-z ]+\)|岷县|中文")  # what is typed, or stands in the user's own file


@pytest.fixture(scope="module")
def held() -> Catalog:
    return phrases.english()


def _texts(phrase: Message) -> tuple[list[str], list[str]]:
    """Return the Chinese and the English forms of a phrase."""
    source = [phrase.id] if isinstance(phrase.id, str) else list(phrase.id)
    spoken = [phrase.string] if isinstance(phrase.string, str) else list(phrase.string)
    return source, spoken


def test_every_phrase_has_its_english() -> None:
    lacking = [f"{phrase.locations[0][0]}: {phrase.id}" for phrase in phrases.missing()]
    assert lacking == [], "run `python -m mingcha.config.phrases refresh` and fill in what is empty"


def test_nothing_is_translated_that_is_no_longer_said(held: Catalog) -> None:
    said = {(phrase.context, str(phrase.id)) for phrase in phrases.wanted()}
    left_over = [phrase.id for phrase in held if phrase.id and (phrase.context, str(phrase.id)) not in said]
    assert left_over == []
    assert list(held.obsolete) == []


def test_no_translation_is_a_guess(held: Catalog) -> None:
    assert [phrase.id for phrase in held if phrase.fuzzy] == []


def test_what_is_filled_in_has_its_place_in_english(held: Catalog) -> None:
    wrong = []
    for phrase in held:
        source, spoken = _texts(phrase)
        places = set(PLACE.findall(source[0]))
        wrong += [text for text in spoken if phrase.id and set(PLACE.findall(text)) != places]
        wrong += [text for text in spoken if phrase.id and "%" in PLACE.sub("", text)]
    assert wrong == []


def test_english_has_its_plural(held: Catalog) -> None:
    counted = [phrase for phrase in held if isinstance(phrase.id, tuple)]
    assert counted
    assert held.num_plurals == 2
    assert all(len(phrase.string) == 2 and phrase.string[0] != phrase.string[1] for phrase in counted)


def test_english_is_english(held: Catalog) -> None:
    mixed = [text for phrase in held if phrase.id for text in _texts(phrase)[1] if _is_half_chinese(text)]
    assert mixed == []


def _is_half_chinese(text: str) -> bool:
    return bool(phrases.CHINESE.search(LEFT_IN_CHINESE.sub("", text))) or bool(re.search(r"[。，：；？！（）]", text))


def test_the_catalogue_compiles(held: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, held)
    compiled.seek(0)
    assert read_mo(compiled).get("抽签").string == "Draw"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(DOORS).as_posix())
def test_a_page_says_nothing_outside_translate(path: Path) -> None:
    assert _unspoken(path.read_text("utf-8")) == []


def test_the_watch_over_pages_sees() -> None:
    assert _unspoken("<p>没有</p>") == ["没有"]
    assert _unspoken("{{ name }}：{{ value }}") == ["："]
    assert _unspoken("{% kpi '问题' n %}") == ["问题"]
    assert _unspoken("{{ note|default:'无' }}") == ["无"]
    assert _unspoken("{% translate '问题' %}{# 说明 #}{% blocktranslate %}第 {{ n }} 轮{% endblocktranslate %}") == []
    assert (
        _unspoken("{% pill _('已结束') 'good' %}{{ note|default:_('无') }}{% translate '封' context '一个字' %}") == []
    )


def _unspoken(template: str) -> list[str]:
    """Return the pieces of Chinese that stand outside the translating tags."""
    found, translated = [], False
    for token in DebugLexer(template.replace(BRAND, "")).tokenize():
        name = token.contents.split()[0] if token.contents.strip() else ""
        if token.token_type == TokenType.BLOCK and name in {"blocktranslate", "endblocktranslate", "blocktrans"}:
            translated = name != "endblocktranslate"
        elif token.token_type == TokenType.TEXT and not translated:
            found += re.findall(CHINESE.pattern + "+", token.contents)
        elif token.token_type in {TokenType.BLOCK, TokenType.VAR} and name not in {"translate", "trans"}:
            plain = re.sub(r"_\((\"[^\"]*\"|'[^']*')\)", "", token.contents)
            found += re.findall(CHINESE.pattern + "+", plain)
    return found


def test_doors_say_nothing_outside_gettext() -> None:
    loose = [
        f"{path.relative_to(DOORS)}:{part.lineno} {part.value}"
        for path in sorted(DOORS.rglob("*.py"))
        if path.relative_to(DOORS).as_posix() not in SPEAKS_CHINESE
        for part in _loose(ast.parse(path.read_text("utf-8")))
    ]
    assert loose == []


def _loose(tree: ast.Module) -> list[ast.Constant]:
    """Return the Chinese that is neither translated nor a docstring nor part of a name that is data."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    translated = {part for call in calls if getattr(call.func, "id", "") in phrases.KEYWORDS for part in ast.walk(call)}
    documented = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        part
        for part in ast.walk(tree)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and phrases.CHINESE.search(part.value)
        if part not in translated and part not in documented and not NAMES.fullmatch(part.value)
    ]


def test_chinese_is_written_with_chinese_punctuation() -> None:
    """A half-width mark beside a Chinese character is a slip; in an address it is not."""
    han = phrases.CHINESE.pattern
    slip = re.compile(f"(?<={han})[(),:;?!]|[(),:;?!](?={han})")
    slips = [phrase.id for phrase in phrases.wanted() if slip.search(str(phrase.id)) and "://" not in str(phrase.id)]
    assert slips == []
