"""Persons and posts that a sentence makes answerable by grade: 甲为第一责任人,乙、丙为具体责任人."""

import re

from plans.importing.draft import ResponsibleDraft
from plans.importing.spellings import plain
from plans.importing.unit_names import is_person, is_unit, split_units

_GRADED = re.compile(
    "(?<![^,;。:\\n])(?:其余|其中)?(?P<list>[^,;。:()\\n]{2,40}?)(?:为|是|作为|担任|任)[^,;。:\\n]{0,16}?"
    "(?P<grade>第一|具体|直接|主要|帮扶|包保|领导)责任人"
)


def graded_persons(text: str) -> tuple[ResponsibleDraft, ...]:
    """Everyone whom the text names with a grade, in printed order."""
    found: list[ResponsibleDraft] = []
    for mark in _GRADED.finditer(plain(text)):
        names = split_units(text[mark.start("list") : mark.end("list")]).names
        found.extend(ResponsibleDraft(name=name, grade=mark["grade"]) for name in names if is_unit(name) or is_person(name))
    return tuple(found)


def shares_out(text: str) -> bool:
    """Whether two grades at least are given: then a duty is shared out, not only a principle recalled."""
    return len({person.grade for person in graded_persons(text)}) > 1
