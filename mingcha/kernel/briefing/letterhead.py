"""
What papers have that briefs have not: the letter format of GB/T 9704-2012 (10.1), and styles for both formats.

1. Letter: the office in red 30 mm from the top of the page, a red double rule 4 mm beneath it and one 20 mm from the
   foot, both 170 mm wide; the number at the right under the first rule; no page number on the first page.
2. Document (a circular): the office in red 35 mm under the top of the text, number centred, one red rule.
"""

from xml.sax.saxutils import escape

from mingcha.kernel.briefing import template
from mingcha.kernel.briefing.template import BODY, HEI, LINE_PITCH, RED, TEXT_WIDTH, TITLE, twips

LARGEST_LETTER, LARGEST_DOCUMENT = 42, 48  # pt
RULE_BEYOND = (twips(8), twips(6))  # 170 mm in the middle of 210, where the text lies between 28 and 184
NUMBER_BELOW = 14  # pt: 7/8 of a 16 pt character
_W = template._W
_RULE = '<w:{} w:val="single" w:sz="{}" w:space="0" w:color="{}"/>'
# Rules of 0.35 mm above and below the imprint; they must be equal in all its lines (LibreOffice).
IMPRINT_RULES = f"<w:pBdr {_W}>{_RULE.format('top', 8, '000000')}{_RULE.format('bottom', 8, '000000')}</w:pBdr>"


def mark_size(office: str, largest: int) -> int:
    """Return how large an office's name may stand on one line, in pt."""
    return min(largest, int(0.96 * TEXT_WIDTH / 20 / max(len(office), 1)))


def styles() -> str:
    """Return the styles of papers, as XML for `template.blank`."""
    style, exactly, font = template._style, template._exactly, template._font
    centre, off = template._CENTRE, template._OFF_GRID
    red = f'<w:color w:val="{RED}"/>'
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>'
    inset, free = (
        '<w:ind w:left="80" w:right="60"/>',
        '<w:spacing w:before="80" w:after="60" w:line="240" w:lineRule="auto"/>',
    )
    right = '<w:jc w:val="right"/>'
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="11" w:color="{RED}"/></w:pBdr>'
    return "".join(
        (
            # The mark's glyphs begin some 5 pt beneath the top of their line.
            style("PaperMark", "发文机关标志", f"{off}{exactly(58, 35 / 25.4 * 72 - 5)}{centre}", font(TITLE, 44, red)),
            style("PaperNumber", "发文字号", f"{rule}{centre}", font(BODY, 16)),
            style("LetterNumber", "函件字号", f"{exactly(LINE_PITCH / 20, NUMBER_BELOW)}{right}", font(BODY, 16)),
            style("Addressees", "主送机关", "", font(BODY, 16)),
            style("SignOff", "落款", f"<w:keepNext/>{centre}", font(BODY, 16)),
            style("Imprint", "版记", f'{tab}{off}{exactly(24)}<w:ind w:left="1120" w:hanging="1120"/>', font(BODY, 14)),
            style("ImprintRule", "版记细线", f"{tab}{off}{exactly(4)}", font(BODY, 3)),
            style("SlipTitle", "回执标题", f"<w:keepNext/>{off}{exactly(33, 6, 12)}{centre}", font(TITLE, 22)),
            style("SlipLabel", "回执栏目", f"{off}{exactly(20)}{centre}", font(HEI, 12)),
            style("SlipText", "回执文字", f"{off}{exactly(20)}{inset}", font(BODY, 12)),
            style("SlipSmall", "回执小字", f"{off}{exactly(15, 2)}{inset}", font(BODY, 10.5)),
            style("SlipCode", "回执二维码", f"{off}{free}{centre}", font(BODY, 12)),
        )
    )


def first_page(office: str, demo: str) -> tuple[str, str]:
    """Return header and footer of a letter's first page as XML: the mark over its rule, and the rule at the foot."""
    size = mark_size(office, LARGEST_LETTER)
    run = (
        f'<w:rPr><w:rFonts w:ascii="{TITLE}" w:hAnsi="{TITLE}" w:eastAsia="{TITLE}" w:cs="{TITLE}"/>'
        f'<w:color w:val="{RED}"/><w:sz w:val="{size * 2}"/><w:szCs w:val="{size * 2}"/></w:rPr>'
    )
    # The header begins 18 mm from the top; its first line (20 pt) is the demo's mark or empty.
    line, above = round(size * 1.3), max(30 / 25.4 * 72 - 18 / 25.4 * 72 - 20 - size * 0.15, 0)
    header = (
        f'{template._XML}<w:hdr {_W}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(demo)}</w:t></w:r></w:p>'
        f'<w:p><w:pPr><w:pStyle w:val="Header"/>{template._OFF_GRID}{template._exactly(line, above, 7)}'
        f"{template._CENTRE}</w:pPr>"
        f'<w:r>{run}<w:t xml:space="preserve">{escape(office)}</w:t></w:r></w:p>{_double_rule("Header", "", 24, 6)}</w:hdr>'
    )
    # Other pages' numbers stand 7 mm under the text, this rule 20 mm from the edge: only a frame reaches there.
    frame = (
        f'<w:framePr w:w="{twips(170)}" w:wrap="around" w:vAnchor="page" w:hAnchor="page" w:x="{twips(20)}" '
        f'w:y="{twips(297 - 20)}"/>'
    )
    footer = (
        f"{template._XML}<w:ftr {_W}>{_double_rule('Footer', frame, 6, 24)}"
        '<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr></w:p></w:ftr>'
    )
    return header, footer


def _double_rule(style: str, frame: str, above: int, below: int) -> str:
    """
    Two red rules 170 mm wide, their widths in eighths of a point, as the borders of an empty line.

    Word's own double borders are turned over by other word processors.
    """
    left, right = RULE_BEYOND
    beyond = "" if frame else f'<w:ind w:left="-{left}" w:right="-{right}"/>'
    borders = f"{_RULE.format('top', above, RED)}{_RULE.format('bottom', below, RED)}"
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{frame}<w:pBdr>{borders}</w:pBdr>{template._OFF_GRID}'
        f'{template._exactly(1.5)}{beyond}<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )
