"""Whatever an import reads can be drafted; what cannot be meant is left blank for a person."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from contracts.schedules import Schedule
from plans.domain.content.structure import faults
from plans.domain.extracts import extracts
from plans.domain.names import Names, Near
from plans.domain.plan import Text
from plans.domain.proposed_content import proposed_content
from plans.domain.reviewing import corrected, item_of, taken_out
from plans.importing.draft import (
    DeadlineDraft,
    IndicatorDraft,
    ListDraft,
    MeetingDraft,
    PhaseDraft,
    PlanDraft,
    ResponsibleDraft,
    TaskDraft,
    TopicDraft,
)

NAMES = Names([Near("T1", "白石镇", "town")])
words = st.text(alphabet="白石镇局各 ×", max_size=8)
spans = st.tuples(st.integers(1, 50), st.integers(1, 50))
days = st.none() | st.dates()
deadlines = st.builds(DeadlineDraft, text=words, span=spans, confidence=st.just(1.0), date=days, yearly=st.booleans())
tasks = st.builds(
    TaskDraft,
    text=words,
    span=spans,
    confidence=st.just(0.5),
    leads=st.tuples(words),
    supports=st.tuples(words),
    territorial=st.tuples(words),
    responsible=st.tuples(st.builds(ResponsibleDraft, name=words, grade=st.none() | words)),
    deadlines=st.tuples(deadlines),
)
topics = st.builds(TopicDraft, title=words, span=spans, confidence=st.just(1.0), leads=st.tuples(words), tasks=st.tuples(tasks))
drafts = st.builds(
    PlanDraft,
    title=st.just("方案"),
    document_number=st.none(),
    issuer=st.none(),
    issued_on=days,
    span=spans,
    content_digest=st.just("0"),
    basis=st.just(()),
    phases=st.tuples(st.builds(PhaseDraft, text=words, span=spans, confidence=st.just(1.0), name=words, start=days, end=days)),
    topics=st.tuples(topics),
    obligations=st.just(()),
    meetings=st.tuples(
        st.builds(
            MeetingDraft, text=words, span=spans, confidence=st.just(1.0), name=words, schedule=st.just(Schedule(every="year"))
        )
    ),
    indicators=st.tuples(
        st.builds(
            IndicatorDraft, text=words, span=spans, confidence=st.just(1.0), name=words, direction=st.just(">="), value=words
        )
    ),
    lists=st.tuples(st.builds(ListDraft, text=words, span=spans, confidence=st.just(1.0), name=words, parts=st.tuples(words))),
    warnings=st.just(()),
)


@given(drafts)
def test_any_reading_makes_content_whose_items_are_found_corrected_and_taken_out(draft: PlanDraft) -> None:
    text = Text("方案", None, (), proposed_content(draft, NAMES)[0])

    assert faults(text.content) == []
    for each in extracts(draft, (), ()):
        value = item_of(text, each.item)
        if value is None:
            assert each.item.startswith("meetings/")  # a rhythm that does not hold is no meeting
            continue
        assert corrected(text, each.item, value) == text
        without = taken_out(text, each.item)
        assert item_of(without, each.item) is None
        assert faults(without.content) == []
        assert item_of(corrected(without, each.item, value), each.item) in {value, None}


def test_a_day_in_a_year_that_no_plan_can_mean_is_left_to_a_person() -> None:
    phase = PhaseDraft(text="1208年", span=(1, 1), name="整治", start=date(1208, 1, 1), end=date(2026, 6, 30))
    draft = PlanDraft(title="方案", span=(1, 1), content_digest="0", phases=(phase,))

    [found] = proposed_content(draft, NAMES)[0].phases

    assert (found.start, found.end, found.text) == (None, date(2026, 6, 30), "1208年")


def test_a_party_is_resolved_where_one_unit_is_meant() -> None:
    task = TaskDraft(text="排查", span=(1, 1), leads=("白石镇人民政府", "县交通局", "各有关部门"))
    draft = PlanDraft(title="方案", span=(1, 1), content_digest="0", topics=(TopicDraft(title="题", span=(1, 1), tasks=(task,)),))

    [found] = proposed_content(draft, NAMES)[0].tasks

    assert [(party.name, party.kind, party.unit) for party in found.leads] == [
        ("白石镇人民政府", "unit", "T1"),
        ("县交通局", "unit", None),
        ("各有关部门", "group", None),
    ]


def noted(**parts: object) -> list[tuple[str, str]]:
    draft = PlanDraft.model_validate({"title": "方案", "span": (1, 1), "content_digest": "0", **parts})
    return [(note.code, note.field) for note in proposed_content(draft, NAMES)[1]]


def test_whatever_does_not_fit_is_told_with_the_item_the_bound_and_the_remedy() -> None:
    task = TaskDraft(text="查" * 4001, span=(1, 1), leads=("乙" * 201,), supports=tuple(f"第{n}站" for n in range(101)))
    topic = TopicDraft(title="题", span=(1, 1), tasks=(task,) * 1001)
    draft = PlanDraft(title="方案", span=(1, 1), content_digest="0", topics=(topic,))

    content, notes = proposed_content(draft, NAMES)

    assert (len(content.tasks), len(content.tasks[0].text), len(content.tasks[0].supports)) == (1000, 4000, 100)
    assert {(note.code, note.field) for note in notes} >= {
        ("items_left_out", "topics"),
        ("text_cut", "topics.0.tasks.0.text"),
        ("text_cut", "topics.0.tasks.0.leads"),
        ("items_left_out", "topics.0.tasks.0.supports"),
    }
    [tasks] = [note.message for note in notes if note.field == "topics"]
    assert all(words in tasks for words in ("1001项", "上限1000项", "拆成几个", "查查"))


def test_lists_phases_and_meetings_beyond_their_bounds_are_told() -> None:
    found = noted(
        lists=[ListDraft(name=f"清单{n}", text="x", span=(1, 1)) for n in range(31)],
        phases=[PhaseDraft(name=f"阶段{n}", text="x", span=(1, 1)) for n in range(21)],
        meetings=[MeetingDraft(name="例会", text="择期", span=(1, 1), schedule=Schedule(every="dates", text="择期"))],
    )

    assert found == [
        ("items_left_out", "phases"),
        ("items_left_out", "lists"),
        ("meeting_rhythm_unresolved", "meetings.0.schedule"),
    ]


def test_a_deadline_that_no_task_carries_is_told() -> None:
    assert noted(deadlines=[DeadlineDraft(text="年底前", span=(3, 3), date=date(2026, 12, 31))]) == [
        ("deadline_without_task", "deadlines.0")
    ]


def test_a_reading_that_fits_needs_no_note() -> None:
    assert noted(topics=[TopicDraft(title="题", span=(1, 1), tasks=(TaskDraft(text="排查", span=(1, 1)),))]) == []
