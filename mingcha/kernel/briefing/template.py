"""
The sheet a brief is written on: GB/T 9704-2012 as a bare Word package (OOXML, ECMA-376).

Units: Word counts lengths in twips (1/20 pt), font sizes in half-points, border widths in eighths of a point, indents
in hundredths of a character. The numbers follow from the standard:
1. A4 210×297 mm; margins 37/28/26/35 mm leave 156×225 mm = 442.2×637.8 pt for the text.
2. 28 characters a line: at most 15.79 pt each, so 3号 (16 pt) is set 0.25 pt closer than its own width. This stands
   in the styles; a grid of characters (`linesAndChars`) is read differently by each word processor.
3. 22 lines a page: at most 28.99 pt each; 28.95 pt leaves 0.9 pt to spare (29 pt would give 21 lines).
Fonts are named, never shipped; `fontTable` names a common stand-in for each.
"""

import io
import zipfile
from math import floor
from xml.sax.saxutils import escape

from docx.oxml.ns import qn
from docx.text.run import Run

BODY, KAI, HEI, SONG, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
STAND_INS = {BODY: "仿宋", KAI: "楷体", HEI: "SimHei", SONG: "SimSun", TITLE: "华文中宋"}
RED, GREY = "FF0000", "808080"

TWIPS_PER_MM = 1440 / 25.4
LINE_PITCH = 579  # twips: 28.95 pt
CHARACTER_SPACE = -5  # twips added to a 16 pt character
CHARACTER_PITCH = 16 + CHARACTER_SPACE / 20  # pt: 15.75
TWO_CHARACTERS = round(2 * CHARACTER_PITCH * 20)  # twips
TEXT_WIDTH = floor(156 * TWIPS_PER_MM)  # twips


def twips(millimetres: float) -> int:
    """Return a length in twips, rounded."""
    return round(millimetres * TWIPS_PER_MM)


def set_font(run: Run, name: str) -> None:
    """Give a run one font for every script."""
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), name)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"

# `firstLineChars` alone gives no indent in LibreOffice, `firstLine` alone a wrong one when Word rescales: both.
_INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{TWO_CHARACTERS}"/>'


def _font(name: str, size: float, more: str = "") -> str:
    """Run properties: one font for every script, so that digits do not fall into another."""
    half = round(size * 2)
    closer = f'<w:spacing w:val="{CHARACTER_SPACE}"/>' if size == 16 else ""
    return (
        f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"/>'
        f'{more}{closer}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
    )


def _exactly(points: float, before: float = 0, after: float = 0) -> str:
    """A fixed line pitch: lines of mixed fonts keep the grid."""
    line, above, below = (round(value * 20) for value in (points, before, after))
    return f'<w:spacing w:before="{above}" w:after="{below}" w:line="{line}" w:lineRule="exact"/>'


def _style(identity: str, name: str, ppr: str, rpr: str, based: str = "Normal") -> str:
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    default = "" if based else ' w:default="1"'
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{identity}"><w:name w:val="{name}"/>{base}<w:qFormat/>'
        f"<w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def _heading(level: int, font: str) -> str:
    ppr = f'<w:keepNext/>{_INDENT}<w:outlineLvl w:val="{level - 1}"/>'
    return _style(f"Heading{level}", f"heading {level}", ppr, _font(font, 16))


_CENTRE, _OFF_GRID = '<w:jc w:val="center"/>', '<w:snapToGrid w:val="0"/>'
_RED_RULE = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="6" w:color="{RED}"/></w:pBdr>'
_RIGHT_TAB = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH - 320}"/></w:tabs>'
# The tail's frame is as wide as the text and sinks to its bottom; rules of 0.35 mm run above and below it.
_RULE = '<w:{} w:val="single" w:sz="8" w:space="1" w:color="000000"/>'
TAIL_FRAME = (
    f'<w:framePr {_W} w:w="{TEXT_WIDTH}" w:vSpace="160" w:wrap="around" w:vAnchor="margin" w:hAnchor="margin" '
    'w:xAlign="left" w:yAlign="bottom"/>'
)
TAIL_RULES = f"<w:pBdr {_W}>{_RULE.format('top')}{_RULE.format('bottom')}</w:pBdr>"
# Wrapped lines stand under the first name. The rules begin where the first line does: so it is set in by a space.
_HANGING = '<w:ind w:left="840" w:hanging="840"/>'


def _styles(more: str) -> str:
    """Every style of a brief, by the name that `writing` and `tables` call it; `more` are those of another paper."""
    normal = (
        '<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'{_exactly(LINE_PITCH / 20)}<w:jc w:val="both"/>'
    )
    red = f'<w:color w:val="{RED}"/>'
    styles = (
        _style("Normal", "Normal", normal, _font(BODY, 16), based=""),
        _style("Body", "简报正文", _INDENT, _font(BODY, 16)),
        _style("Title", "Title", f"<w:keepNext/>{_OFF_GRID}{_exactly(33)}{_CENTRE}", _font(TITLE, 22)),
        _heading(1, HEI),
        _heading(2, KAI),
        _heading(3, BODY),
        _heading(4, BODY),
        _style("BriefName", "简报名称", f"{_OFF_GRID}{_exactly(62, 20, 4)}{_CENTRE}", _font(TITLE, 44, red)),
        _style("BriefNumber", "简报期号", _CENTRE, _font(BODY, 16)),
        _style("BriefIssuer", "编发单位", f"{_RED_RULE}{_RIGHT_TAB}", _font(BODY, 16)),
        _style("TableTitle", "表题", f"<w:keepNext/>{_OFF_GRID}{_exactly(24, 10, 4)}{_CENTRE}", _font(HEI, 14)),
        _style("TableText", "表格文字", f"{_OFF_GRID}{_exactly(18)}", _font(BODY, 12)),
        _style("TableSmall", "表格小字", f"{_OFF_GRID}{_exactly(16)}", _font(BODY, 10.5)),
        _style("TableNote", "表注", f"{_OFF_GRID}{_exactly(18, 3, 6)}", _font(BODY, 10.5)),
        _style("Annex", "附件标记", "<w:keepNext/>", _font(HEI, 16)),
        _style("Tail", "报尾", f"{_OFF_GRID}{_exactly(24)}{_HANGING}", _font(BODY, 14)),
        _style("Thin", "细行", f"{_OFF_GRID}{_exactly(1)}", _font(BODY, 1)),
        _style("Header", "header", f"{_OFF_GRID}{_exactly(20)}{_CENTRE}", _font(HEI, 14, red)),
        _style("Footer", "footer", f"{_OFF_GRID}{_exactly(14)}", _font(SONG, 14)),
    )
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_font(BODY, 16)}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
        "</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    )
    return f"{_XML}<w:styles {_W}>{defaults}{''.join(styles)}{more}{table}</w:styles>"


def _font_table() -> str:
    """The stand-ins a reader's computer may use where a named font is missing."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in STAND_INS.items()
    )
    return f"{_XML}<w:fonts {_W}>{fonts}</w:fonts>"


def _settings() -> str:
    setting = 'w:uri="http://schemas.microsoft.com/office/word"'
    return (
        f'{_XML}<w:settings {_W}><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:useFELayout/>'
        f'<w:compatSetting w:name="compatibilityMode" {setting} w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _header(mark: str) -> str:
    run = f'<w:r><w:t xml:space="preserve">{escape(mark)}</w:t></w:r>' if mark else ""
    return f'{_XML}<w:hdr {_W}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{run}</w:p></w:hdr>'


def _footer(*, odd: bool) -> str:
    """The page number — 1 —, one character from the right edge on odd pages, from the left on even ones."""
    place = '<w:ind w:rightChars="100" w:right="280"/><w:jc w:val="right"/>'
    if not odd:
        place = '<w:ind w:leftChars="100" w:left="280"/><w:jc w:val="left"/>'
    field = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    paragraph = f'<w:pPr><w:pStyle w:val="Footer"/>{place}</w:pPr>{dash.format("— ")}{field}{dash.format(" —")}'
    return f"{_XML}<w:ftr {_W}><w:p>{paragraph}</w:p></w:ftr>"


def _document(*, first: bool) -> str:
    """An empty body with its section: page, margins, the grid, and where header and footer stand."""
    top, right, bottom, left = (twips(side) for side in (37, 26, 35, 28))
    # The number's line is 14 pt high and begins 7 mm under the text.
    footer = twips(35 - 7) - 14 * 20
    references = "".join(
        f'<w:{part}Reference w:type="{kind}" r:id="{part}-{kind}"/>'
        for part in ("header", "footer")
        for kind in ("default", "even", *(("first",) if first else ()))
    )
    return (
        f'{_XML}<w:document {_W} xmlns:r="{_R}"><w:body><w:sectPr>{references}'
        f'<w:pgSz w:w="{twips(210)}" w:h="{twips(297)}"/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" '
        f'w:header="{twips(18)}" w:footer="{footer}" w:gutter="0"/>'
        f'{"<w:titlePg/>" if first else ""}<w:docGrid w:type="lines" w:linePitch="{LINE_PITCH}"/>'
        "</w:sectPr></w:body></w:document>"
    )


_PARTS = {  # identity of the relationship → (file, kind)
    "styles": ("styles.xml", "styles"),
    "settings": ("settings.xml", "settings"),
    "fonts": ("fontTable.xml", "fontTable"),
    "header-default": ("header1.xml", "header"),
    "header-even": ("header2.xml", "header"),
    "footer-default": ("footer1.xml", "footer"),
    "footer-even": ("footer2.xml", "footer"),
}
_FIRST = {"header-first": ("header3.xml", "header"), "footer-first": ("footer3.xml", "footer")}


def _content_types(parts: dict[str, tuple[str, str]]) -> str:
    overrides = "".join(
        f'<Override PartName="/word/{file}" ContentType="{_MAIN}.{kind}+xml"/>'
        for file, kind in [("document.xml", "document.main"), *parts.values()]
    )
    return (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relationships(targets: dict[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{identity}" Type="{_R}/{kind}" Target="{file}"/>'
        for identity, (file, kind) in targets.items()
    )
    return f'{_XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def blank(mark: str = "", *, styles: str = "", first: tuple[str, str] | None = None) -> io.BytesIO:
    """
    Return an empty brief as a Word package; `mark` stands at the head of every page.

    For other papers: `styles` adds some, `first` gives the first page a header and a footer of its own, both as XML.
    """
    named = _PARTS | _FIRST if first else _PARTS
    parts = {
        "[Content_Types].xml": _content_types(named),
        "_rels/.rels": _relationships({"document": ("word/document.xml", "officeDocument")}),
        "word/_rels/document.xml.rels": _relationships(named),
        "word/document.xml": _document(first=first is not None),
        "word/styles.xml": _styles(styles),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": _font_table(),
        "word/header1.xml": _header(mark),
        "word/header2.xml": _header(mark),
        "word/footer1.xml": _footer(odd=True),
        "word/footer2.xml": _footer(odd=False),
    }
    if first:
        parts["word/header3.xml"], parts["word/footer3.xml"] = first
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    package.seek(0)
    return package
