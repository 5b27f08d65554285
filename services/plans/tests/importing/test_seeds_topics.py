"""Topics, tags, heads and warnings measured on documents as they come, where they are at hand.

Expected by hand: line numbers, counts and who is meant by position. Never their text.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from plans.importing.dates import context_of
from plans.importing.draft import TopicDraft
from plans.importing.heads import head_of, warnings_in
from plans.importing.lines import Line
from plans.importing.lists import lists_in
from plans.importing.noise import cleaned
from plans.importing.reading import read_source
from plans.importing.splitting import sections_of
from plans.importing.tags import tags_in
from plans.importing.topics import topics_in
from plans.importing.unfolding import unfolded

SEEDS = Path(os.environ.get("BIHUAN_SEEDS") or Path(__file__).parents[5] / "shared" / "seeds")
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="no source documents here (BIHUAN_SEEDS)")

Units = tuple[int, int, int]
"""How many leads, supports and units of the area."""

# Line of each tag that gives a duty, with the counts of its units. One line may hold several.
TAGS: dict[str, list[tuple[int, Units]]] = {
    "000": [
        *((line, (1, 0, 0)) for line in (187, 197, 199, 201)),
        *((line, (1, 0, 1)) for line in (315, 317, 319, 321, 323, 325, 327, 329, 329, 329)),
        *((line, (1, 1, 1)) for line in (331, 333, 335, 335)),
        (987, (1, 2, 0)), (989, (1, 2, 0)), (991, (1, 3, 0)), (993, (1, 3, 0)), (995, (1, 4, 0)),
    ],
    "001": [
        (39, (1, 10, 2)), (41, (1, 13, 0)), (43, (1, 7, 0)), (45, (1, 14, 0)), (47, (1, 5, 0)), (49, (1, 10, 0)), (51, (1, 2, 0)),
        (53, (1, 10, 0)), (55, (1, 6, 0)), (57, (1, 1, 0)), (59, (1, 5, 0)), (61, (1, 3, 0)), (63, (1, 4, 0)), (65, (1, 5, 0)),
        (67, (1, 1, 0)), (69, (1, 3, 0)), (71, (1, 2, 0)), (73, (1, 3, 0)),
    ],
    "002": [],
    "004": [
        (29, (3, 0, 0)), (30, (1, 0, 0)), (31, (1, 0, 0)), (32, (2, 0, 0)), (33, (2, 0, 0)), (34, (1, 0, 0)),
        *((line, (1, 0, 0)) for line in (36, 37, 38, 39)),
        (139, (1, 2, 0)), (144, (1, 2, 0)), (145, (1, 2, 0)), (145, (1, 1, 0)), (146, (1, 1, 0)), (147, (1, 2, 0)),
        (148, (1, 1, 0)), (149, (1, 2, 0)), (150, (1, 2, 0)),
    ],
}  # fmt: skip
# Tags that name persons only, filled in or left blank.
PERSONS = {"004": [52, *range(54, 58), *range(59, 67), *range(68, 74), 75]}
BLANK = {"004": 15}
# First lines of the topics of every plan, by the first line of the plan.
TOPICS: dict[str, dict[int, list[int]]] = {
    "000": {
        61: [71, 73, 75, 77],
        117: [121, 129, 139, 147, 157, 169, 171, 175, 183, 195],
        209: [223, 235, 245, 251, 257, 263, 271],
        297: list(range(315, 337, 2)),
        347: [363, 377, 395, 409, 419],
        451: [459, 467, 475, 483],
        509: [],
        531: [535, 537, 539, 541, 557],
        583: [587, 597, 607, 617, 625, 635],
        663: [671, 689, 709, 715, 729],
        933: [],
        967: [985],
    },
    "001": {3: list(range(39, 74, 2))},
    "002": {23: [23] * 5},
    "004": {
        1: [7],
        16: [*range(20, 28), *range(29, 35), *range(36, 40)],
        45: [51, 53, 58, 67, 74],
        128: [132, 138, 143],
        162: [],
    },
}


def plans(document: str) -> list[Sequence[Line]]:
    file = next(SEEDS.glob(f"{document}_*"))
    return list(sections_of(unfolded(cleaned(read_source(file.read_bytes(), file.name).lines).lines)))


def topics(section: Sequence[Line]) -> tuple[TopicDraft, ...]:
    return topics_in(section, context_of(section))


@pytest.mark.parametrize("document", sorted(TAGS))
def test_every_printed_tag_is_read_with_all_its_units(document: str) -> None:
    found = [
        (line.number, (len(tag.content.leads), len(tag.content.supports), len(tag.content.territorial)))
        for section in plans(document)
        for line in section
        for tag in tags_in(line.text)
        if tag.content.supports or tag.content.territorial or (tag.content.leads and (tag.explicit or "牵头" in line.text))
    ]
    expected = list(TAGS[document])
    invented = [each for each in found if each not in expected]
    assert [each for each in expected if each not in found] == []
    # A sentence that says who trains whom reads like a tag; it stands in a general section and becomes no task.
    assert len(invented) <= 0.05 * len(expected) + 1


def test_tags_that_name_persons_only_are_read_and_blanks_seen() -> None:
    tagged = [
        (line.number, tag.content.blank)
        for section in plans("004")
        for line in section
        for tag in tags_in(line.text)
        if tag.content.responsible
    ]
    assert [line for line, _ in tagged] == PERSONS["004"]
    assert sum(blank for _, blank in tagged) == BLANK["004"]


@pytest.mark.parametrize("document", sorted(TOPICS))
def test_topics_stand_where_a_reader_finds_them(document: str) -> None:
    found = {section[0].number: [topic.span[0] for topic in topics(section)] for section in plans(document)}
    assert {first: found[first] for first in TOPICS[document]} == TOPICS[document]


def test_every_topic_of_the_three_year_plan_has_a_lead_supports_and_an_open_list() -> None:
    (section,) = plans("001")
    found = topics(section)
    assert len(found) == 18
    for topic in found:
        assert len(topic.leads) == 1
        assert topic.supports
        assert topic.open_list
        assert all(task.leads == topic.leads and task.supports == topic.supports for task in topic.tasks)
        assert all(len(task.territorial) == 2 for task in topic.tasks)
    assert sum(len(topic.tasks) for topic in found) == 69
    assert sum(len(task.deadlines) for topic in found for task in topic.tasks) >= 11
    assert sum(task.cooperates_upward for topic in found for task in topic.tasks) == 8


def test_the_head_of_the_three_year_plan_is_complete() -> None:
    (section,) = plans("001")
    head = head_of(section)
    assert head.title_confidence == 1
    assert (len(head.title), len(head.document_number or ""), len(head.issuer or "")) == (18, 13, 20)
    assert head.issued_on is not None
    assert head.issued_on.isoformat() == "2020-08-20"


@pytest.mark.parametrize(
    ("document", "first", "numbered"), [("000", 347, [True]), ("000", 451, [True]), ("004", 128, [True, True])]
)
def test_basis_documents_carry_their_numbers(document: str, first: int, numbered: list[bool]) -> None:
    section = next(section for section in plans(document) if section[0].number == first)
    assert [bool(basis.document_number) and basis.parent for basis in head_of(section).basis] == numbered


@pytest.mark.parametrize(
    ("document", "first", "code", "lines"),
    [
        ("000", 347, "blank_leader", [355, 357, 359]),
        ("000", 855, "blank_leader", [861, 863, 865]),
        ("000", 959, "blank_quota", [965]),
        ("000", 297, "heading_contradicts", [313]),
        ("004", 80, "missing_attachment", [82, 84, 96]),
        ("001", 3, "topic_without_lead", []),
    ],
)
def test_what_a_plan_leaves_open_is_told_with_its_line(document: str, first: int, code: str, lines: list[int]) -> None:
    section = next(section for section in plans(document) if section[0].number == first)
    found = [warning for warning in warnings_in(section, topics(section)) if warning.code == code]
    assert [warning.span[0] for warning in found if warning.span] == lines


def test_lists_are_composed_as_each_plan_composes_them() -> None:
    composed = [[len(draft.parts) for draft in lists_in(section) if draft.parts] for section in plans("000")]
    assert [parts for parts in composed if parts] == [[2], [2], [2], [5], [2], [2], [2], [2], [2]]
