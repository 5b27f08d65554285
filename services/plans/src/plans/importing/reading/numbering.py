"""The numbers that Word prints before paragraphs. They stand nowhere in the text: they are counted from `numbering.xml`.

ECMA-376 part 1, 17.9: a paragraph names a list (`numId`) and a level (`ilvl`), itself or through its style; the list refers to an
abstract one that gives each level its start, its style of number and its pattern, such as `(%2)`.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from plans.importing.reading.numerals import formatted

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE: Final = re.compile(r"%([1-9])")
_LEVELS: Final = 9
_STYLE_CHAIN: Final = 12


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how its numbers are written, and what stands around them."""

    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    legal: bool = False


@dataclass(slots=True)
class Counter:
    """Counts the paragraphs of a document in order and tells the number printed before each."""

    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    """numId: the abstract list that it counts in, and its levels."""
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Style: its list and level."""
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def label(self, paragraph: Element) -> str:
        """Return the number printed before the paragraph, "" where there is none. Call once for each, in their order."""
        num_id, index = self._place(paragraph)
        if num_id not in self.lists:
            return ""
        counted_in, levels = self.lists[num_id]
        level = levels.get(index)
        if level is None:
            return ""
        counts = self._counts[counted_in]
        counts[index] = counts.get(index, level.start - 1) + 1
        for deeper in [each for each in counts if each > index]:
            del counts[deeper]

        def printed(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            shown = levels.get(at, Level())
            return formatted(counts.get(at, shown.start), "decimal" if level.legal and at < index else shown.style)

        return "" if level.style == "bullet" else _PLACE.sub(printed, level.pattern)

    def _place(self, paragraph: Element) -> tuple[str, int]:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return "", 0
        style = properties.find(f"{W}pStyle")
        num_id, index = self.styles.get(_value(style), ("", 0))
        own = properties.find(f"{W}numPr")
        if own is not None:
            num_id = _value(own.find(f"{W}numId")) or num_id
            given = _value(own.find(f"{W}ilvl"))
            index = int(given) if given.isdigit() else index
        return num_id, index


def counter(numbering: Element | None, styles: Element | None) -> Counter:
    """Make the counter of a document from its `numbering.xml` and `styles.xml`; either may be absent."""
    made = Counter()
    if numbering is None:
        return made
    abstract = {_attribute(each, "abstractNumId"): _levels(each) for each in numbering.iter(f"{W}abstractNum")}
    for num in numbering.iter(f"{W}num"):
        refers = _value(num.find(f"{W}abstractNumId"))
        levels = dict(abstract.get(refers, {}))
        counted_in = f"abstract {refers}"
        for override in num.iter(f"{W}lvlOverride"):
            index = _number(_attribute(override, "ilvl"), 0)
            own = override.find(f"{W}lvl")
            levels[index] = _level(own) if own is not None else levels.get(index, Level())
            start = override.find(f"{W}startOverride")
            if start is not None:
                counted_in = f"num {_attribute(num, 'numId')}"
                kept = levels[index]
                levels[index] = Level(_number(_value(start), 1), kept.style, kept.pattern, kept.legal)
        made.lists[_attribute(num, "numId")] = (counted_in, levels)
    if styles is not None:
        made.styles = _numbered_styles(styles)
    return made


def _levels(abstract: Element) -> dict[int, Level]:
    found = {_number(_attribute(each, "ilvl"), 0): _level(each) for each in abstract.findall(f"{W}lvl")}
    return {index: level for index, level in found.items() if index < _LEVELS}


def _level(element: Element) -> Level:
    legal = element.find(f"{W}isLgl")
    return Level(
        _number(_value(element.find(f"{W}start")), 1),
        _value(element.find(f"{W}numFmt")) or "decimal",
        _value(element.find(f"{W}lvlText")),
        legal is not None and _value(legal) not in {"0", "false"},
    )


def _numbered_styles(styles: Element) -> dict[str, tuple[str, int]]:
    """Lists of styles, their own or that of the style they are based on."""
    own: dict[str, tuple[str, int]] = {}
    based: dict[str, str] = {}
    for style in styles.iter(f"{W}style"):
        name = _attribute(style, "styleId")
        based[name] = _value(style.find(f"{W}basedOn"))
        place = style.find(f"{W}pPr/{W}numPr")
        if place is not None:
            own[name] = (_value(place.find(f"{W}numId")), _number(_value(place.find(f"{W}ilvl")), 0))
    found = dict(own)
    for name in based:
        at = name
        for _ in range(_STYLE_CHAIN):
            if at in own:
                found[name] = own[at]
                break
            at = based.get(at, "")
    return found


def _attribute(element: Element, name: str) -> str:
    return element.get(W + name, "")


def _value(element: Element | None) -> str:
    return "" if element is None else element.get(f"{W}val", "")


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
