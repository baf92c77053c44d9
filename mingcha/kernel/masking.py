"""
Names in what the public is told. A text is kept with a place for each official (⟦1⟧); who is merely mentioned is masked
before anything is kept. What stands in a place is decided each time the text is shown.

The customary form keeps the surname: 张某, 张某某. Two who would read alike become 张某甲 and 张某乙.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

SHORTEST = 2  # characters of a name: one alone would be found in every other word
_COMPOUND = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离"
    "|长孙|宇文|司徒|鲜于|司空|令狐"
)
_TWINS = "甲乙丙丁戊己庚辛壬癸"
_PLACE = re.compile(r"⟦(\d+)⟧")


def mask(name: str) -> str:
    """Return a name with everything but the surname hidden: at most two 某, so that its length tells little."""
    surname = name[:2] if len(name) > 2 and _COMPOUND.match(name) else name[:1]
    return surname + "某" * min(2, max(1, len(name) - len(surname)))


def masks(names: Sequence[str]) -> list[str]:
    """Return what stands for each of some names, no two alike for up to ten of one surname."""
    plain = [mask(name) for name in names]
    counted, seen = Counter(plain), Counter[str]()
    found = []
    for word in plain:
        told = word
        if counted[word] > 1 and seen[word] < len(_TWINS):
            told = word.rstrip("某") + "某" + _TWINS[seen[word]]
        seen[word] += 1
        found.append(told)
    return found


def hidden(text: str, *, officials: Mapping[str, int], others: Collection[str] = ()) -> str:
    """
    Return the text with places for the officials (name → number) and masks for the others.

    A name is found also where it is spaced out (张 伟). The longest goes first, so that none hides in another. Signs that
    mark places are taken out of what was typed.
    """
    text = re.sub(r"[⟦⟧]", "", text)
    names = [name for name in {*officials, *others} if len(name) >= SHORTEST]
    if not names:
        return text
    ordered = sorted(names, key=lambda name: (-len(name), name))
    pattern = re.compile("|".join(rf"({_spaced(name)})" for name in ordered))

    def instead(match: re.Match[str]) -> str:
        name = ordered[(match.lastindex or 1) - 1]
        return f"⟦{officials[name]}⟧" if name in officials else mask(name)

    return pattern.sub(instead, text)


def shown(text: str, words: Mapping[int, str]) -> str:
    """Return the text with what stands for each place; a place of nobody reads 某."""
    return _PLACE.sub(lambda match: words.get(int(match[1]), "某"), text)


def places(texts: Iterable[str]) -> set[int]:
    """Return the numbers of the places that some texts have."""
    return {int(number) for text in texts for number in _PLACE.findall(text)}


def _spaced(name: str) -> str:
    return r"[ \u3000]*".join(re.escape(character) for character in name)
