"""Topics with their tasks: what is to be done, who leads, who supports, by when.

A section over measures (主要任务, 整治内容) gives its sub-headings as topics. A section that is a measure itself is one topic.
General sections and phases give topics only where they carry responsibility tags of their own.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from plans.importing.dates import Context
from plans.importing.deadlines import deadlines_of
from plans.importing.draft import DeadlineDraft, Span, TaskDraft, TopicDraft
from plans.importing.grades import shares_out
from plans.importing.heads import without_signature
from plans.importing.items import items_in
from plans.importing.lines import Line
from plans.importing.outline import MISSED, TOP_RANK, Node, outline_of, walk
from plans.importing.passages import passage_of
from plans.importing.phases import PlacedLine, timeline_of
from plans.importing.section_kinds import Kind, generality, kind_of
from plans.importing.tag_grammar import FIRST_LEADS
from plans.importing.tags import tags_in
from plans.importing.tasks import Limits, Work, joint_units, tasks_of

LONG_MEASURE = 120
"""A numbered line of at least so many characters is a measure by itself, a shorter one an item of the measure above it."""
SURE, NUMBERED_ONLY, UNNUMBERED = 1.0, 0.8, 0.6


@dataclass(frozen=True, slots=True)
class _Found:
    """A heading that is a topic, and how sure that is."""

    node: Node
    confidence: float


def topics_in(lines: Sequence[Line], context: Context) -> tuple[TopicDraft, ...]:
    """The topics of one plan in printed order; deadlines of their tasks are read in `context`. Lines may share a number."""
    apart = [Line(at, line.text) for at, line in enumerate(lines)]
    timeline = timeline_of(apart, context)
    return tuple(_renumbered(topic, lines) for topic in topics_of(apart, timeline.lines, deadlines_of(timeline.lines)))


def topics_of(lines: Sequence[Line], placed: Iterable[PlacedLine], deadlines: Sequence[DeadlineDraft]) -> tuple[TopicDraft, ...]:
    """The topics of one plan whose phases and deadlines are known. No two lines have the same number."""
    root = outline_of(without_signature(lines))
    _mark_phases(root, {each.line.number for each in placed if each.heads_phase})
    limits = Limits(deadlines)
    drafts: list[TopicDraft] = []
    territorial: tuple[str, ...] = ()
    for found in _topics_below(root):
        work = tasks_of(found.node, limits)
        territorial = work.carried or territorial
        drafts.append(_draft(found, work, territorial))
    if any(FIRST_LEADS.search(line.text) for line in lines):
        drafts = [_first_leads(draft) for draft in drafts]
    return tuple(drafts)


def _mark_phases(root: Node, phases: Collection[int]) -> None:
    """Headings that stand on the lines of phases are phases, whatever their words."""
    for node in walk(root):
        node.heads_phase = bool(node.lines) and node.lines[0].number in phases and not node.children


def _kind(node: Node) -> Kind | None:
    return "phase" if node.heads_phase else kind_of(node.title)


def _first_leads(topic: TopicDraft) -> TopicDraft:
    """Where the plan says that the unit listed first leads, the others of each list support."""
    tasks = tuple(
        task if task.supports else task.model_copy(update={"leads": task.leads[:1], "supports": task.leads[1:]})
        for task in topic.tasks
    )
    if topic.supports:
        return topic.model_copy(update={"tasks": tasks})
    return topic.model_copy(update={"tasks": tasks, "leads": topic.leads[:1], "supports": topic.leads[1:]})


def _renumbered(topic: TopicDraft, lines: Sequence[Line]) -> TopicDraft:
    """The topic with the numbers of the source lines instead of their positions."""

    def real(span: Span) -> Span:
        return lines[span[0]].number, lines[span[1]].number

    tasks = tuple(
        task.model_copy(
            update={
                "span": real(task.span),
                "deadlines": tuple(each.model_copy(update={"span": real(each.span)}) for each in task.deadlines),
            }
        )
        for task in topic.tasks
    )
    return topic.model_copy(update={"span": real(topic.span), "tasks": tasks})


def _topics_below(root: Node) -> list[_Found]:
    found: list[_Found] = []
    after_phases = False
    for section in root.children:
        kind = _kind_of_section(section, after_phases=after_phases)
        after_phases = after_phases or kind == "phase"
        found.extend(_topics_of(section, kind))
    return found


def _kind_of_section(section: Node, *, after_phases: bool) -> Kind | None:
    """By the words of the heading, or else by a vote of the headings below it. What follows the phases is mostly general."""
    kind = _kind(section) if section.form != "lost" else None
    if kind is not None or not section.children:
        return kind
    kinds = [_kind(child) for child in section.children]
    if kinds.count("phase") * 2 > len(kinds):
        return "phase"
    share = sum(generality(child.title) for child in section.children) / len(section.children)
    if share >= (0.34 if after_phases else 0.5):
        return "general"
    return "tasks" if section.form == "lost" else None


def _topics_of(section: Node, kind: Kind | None) -> list[_Found]:
    if section.form == "attachment":
        return _topics_of_attachment(section)
    if kind in {"general", "phase"}:
        return _tagged(section)
    if section.rank < TOP_RANK and section.children:
        return [topic for child in section.children for topic in _topics_of(child, _kind(child) or kind)]
    if section.form == "lost":
        return [topic for child in section.children for topic in _topics_below_lost(child)]
    sure = SURE if kind == "tasks" else NUMBERED_ONLY
    parted = any(child.children for child in section.children)
    if parted or (kind == "tasks" and any(_is_measure(child) for child in section.children)):
        return [topic for child in section.children for topic in _topics_of_measure(child, sure)]
    return [_Found(section, sure)] if kind == "tasks" or _holds_work(section) else []


def _topics_of_attachment(section: Node) -> list[_Found]:
    """The plan itself may be attached to a notice; a table of tasks is one topic, whose rows carry the tags."""
    if any(child.rank <= TOP_RANK for child in section.children):
        return _topics_below(section)
    if any(child.children for child in section.children):
        return [topic for child in section.children for topic in _tagged(child)]
    tagged = _own_tags(section) or any(_own_tags(child) for child in section.children)
    return [_Found(section, NUMBERED_ONLY)] if tagged else []


def _topics_of_measure(node: Node, confidence: float) -> list[_Found]:
    if _kind(node) in {"general", "phase"}:
        return _tagged(node)
    return [_Found(node, UNNUMBERED if node.form == MISSED else confidence)]


def _topics_below_lost(node: Node) -> list[_Found]:
    if _kind(node) in {"general", "phase"}:
        return _tagged(node)
    return [_Found(node, UNNUMBERED if node.form == MISSED else NUMBERED_ONLY)]


def _is_measure(node: Node) -> bool:
    """Whether a heading below a section of tasks is a topic, not only an item of a list."""
    words = sum(len(line.text) for line in node.lines)
    return bool(node.children) or words >= LONG_MEASURE or bool(_own_tags(node)) or bool(items_in(passage_of(node.lines).text))


def _holds_work(section: Node) -> bool:
    return bool(section.children) or _own_tags(section) or sum(len(line.text) for line in section.lines) > len(section.title) + 30


def _tagged(section: Node) -> list[_Found]:
    """The highest headings in a general section that carry tags of their own or that name tasks."""
    if _own_tags(section) or _led_jointly(section):
        return [_Found(section, NUMBERED_ONLY)]
    if section.form != "lost" and kind_of(section.title) == "tasks" and _holds_work(section):
        return [_Found(section, NUMBERED_ONLY)]
    return [topic for child in section.children for topic in _tagged(child)]


def _own_tags(node: Node) -> bool:
    text = passage_of(node.lines).text
    return shares_out(text) or any(tag.explicit for tag in tags_in(text))


def _led_jointly(node: Node) -> bool:
    """甲牵头,会同乙 gives a duty wherever it stands, also in a phase."""
    text = passage_of(node.lines).text
    tags = [tag for tag in tags_in(text) if tag.content.leads and tag.content.supports]
    return any("牵头" in text[tag.start : tag.end] for tag in tags)


def _draft(found: _Found, work: Work, territorial: tuple[str, ...]) -> TopicDraft:
    tasks = tuple(_with_area(task, territorial) for task in work.tasks)
    leads, supports, open_list = work.leads, work.supports, work.open_list
    if not leads and not supports:
        leads, supports, open_list = joint_units(tasks)
    return TopicDraft(
        title=without_tags(found.node.title),
        span=found.node.span(),
        confidence=found.confidence,
        leads=leads,
        supports=supports,
        open_list=open_list,
        tasks=tasks,
    )


def without_tags(title: str) -> str:
    """A heading's words before the tag that its line may end in."""
    return next((title[: tag.start].strip() for tag in tags_in(title) if tag.explicit and tag.start), title)


def _with_area(task: TaskDraft, territorial: tuple[str, ...]) -> TaskDraft:
    return task if task.territorial or not territorial else task.model_copy(update={"territorial": territorial})
