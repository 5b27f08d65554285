"""Lines that hold many: a whole plan pasted into one line is taken apart where its numbered headings begin.

The parts keep the number of the line they came from, so that spans still point into the file.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from plans.importing.lines import Line
from plans.importing.widths import narrow

_LONG: Final = 300
_MANY: Final = 3
_CN: Final = "[一二三四五六七八九十]{1,3}"
# Where a part begins: after a blank or at the end of a sentence, before a numbered heading.
_BREAK: Final = re.compile(
    rf"(?<=[^\s])\s+(?={_CN}、|[(]{_CN}[)]|[(]?\d{{1,2}}[.、)](?!\d)|第{_CN}[章节条部]|附件|为[^\s]{{10}})"
    rf"|(?<=。)\s+(?=\S)|(?<=[。;:)〕】])(?={_CN}、|[(]{_CN}[)]|\d{{1,2}}[.、](?!\d))"
)
# A heading and its text, parted by a blank only.
_HEADING: Final = re.compile(rf"((?:{_CN}、|[(]{_CN}[)]|第{_CN}[章节条部]\S?)[^\s,。;:]{{2,40}})\s+(?=\S{{6}})")
_TITLE_END: Final = re.compile(r"(?<=方案)\s+(?=\S)|(?<=计划)\s+(?=\S)|(?<=意见)\s+(?=\S)|(?<=通知)\s+(?=\S)")
# A title glued to the opening sentence: …实施方案为加强….
_GLUED: Final = re.compile(
    r"([^\s,。;:、]{4,50}?(?:方案|计划|意见|办法))(为(?:了|加强|深入|进一步|切实|认真|全面|贯彻|推动|做好|扎实).*)", re.DOTALL
)
_SENTENCE_END: Final = re.compile(r"(?<=。)")
_LONGEST: Final = 6_000


def unfolded(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Take lines apart that hold several; the others stay as they are."""
    return tuple(Line(line.number, part) for line in lines for part in _parts(line.text))


def _parts(text: str) -> Iterator[str]:
    if len(text) > _LONG and len(_BREAK.findall(narrow(text))) >= _MANY:
        parts = [piece for part in _split(_BREAK, text) for piece in _heads_apart(part)]
    else:
        parts = [text]
    for part in parts:
        glued = _GLUED.match(narrow(part))
        for piece in (part[: glued.end(1)], part[glued.end(1) :]) if glued else (part,):
            yield from _bounded(piece)


def _split(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Split where the pattern matches the text's half-width form."""
    start = 0
    for found in pattern.finditer(narrow(text)):
        yield text[start : found.start()]
        start = found.end()
    yield text[start:]


def _heads_apart(part: str) -> Iterable[str]:
    heading = _HEADING.match(narrow(part))
    if heading:
        return part[: heading.end(1)], part[heading.end() :]
    return _split(_TITLE_END, part) if len(part) < _LONG else (part,)


def _bounded(text: str) -> Iterator[str]:
    """Sentences gathered to parts of at most a few thousand characters, so that no rule meets a line without end."""
    if len(text) <= _LONGEST:
        yield text
        return
    gathered = ""
    for sentence in _SENTENCE_END.split(text):
        if gathered and len(gathered) + len(sentence) > _LONGEST:
            yield gathered
            gathered = ""
        gathered += sentence
        while len(gathered) > _LONGEST:
            yield gathered[:_LONGEST]
            gathered = gathered[_LONGEST:]
    if gathered:
        yield gathered
