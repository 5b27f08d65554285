"""Tasks below one topic: the counted items, paragraphs or sub-headings, each with the tag that closes it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from plans.importing.draft import DeadlineDraft, TaskDraft
from plans.importing.grades import graded_persons
from plans.importing.items import Piece, items_in, without_mark
from plans.importing.lines import Line
from plans.importing.outline import Node
from plans.importing.passages import Passage, passage_of
from plans.importing.spellings import plain
from plans.importing.tag_grammar import TagContent
from plans.importing.tags import Tag, tags_in

SHORTEST_REST = 25
"""Words behind a tag that are fewer belong to what the tag closes."""
SHORTEST_LEAD_IN = 60
"""Words before the first counted item that are fewer only introduce the items."""
NEAR_SENTENCE_START = 12
LONGEST_CLAUSED_TITLE = 20
"""Titles in two halves (制定方案,落实责任) are short; longer ones are sentences."""

# 配合上级…, 配合省、市有关部门: the level above does the work.
_UPWARD = re.compile(
    "(?:配合|协助)(?:做好|好|支持)?(?:上级|国家|中央|[省市县区州]{1,2}(?:、[省市县区州]{1,2})*(?:级|直|里|有关|相关|安委|政府|委|主管|各|局|部门))"
)
# 任务分解如下表: what follows is the work.
_LEADS_IN = re.compile("[^,。;]{0,20}(?:如下|见下|下)表?(?:所示)?:?")
_NOTHING = TagContent()


class Limits:
    """The deadlines of a plan by line, each to be taken once."""

    def __init__(self, deadlines: Sequence[DeadlineDraft]) -> None:
        self._by_line: dict[int, list[DeadlineDraft]] = defaultdict(list)
        for deadline in deadlines:
            self._by_line[deadline.span[0]].append(deadline)

    def placed(self, passage: Passage) -> list[tuple[int, DeadlineDraft]]:
        """The deadlines of the passage's lines with their places in its text, in printed order."""
        found: list[tuple[int, DeadlineDraft]] = []
        for start, number in zip(passage.starts, passage.numbers, strict=True):
            place = start
            for deadline in self._by_line.get(number, ()):
                at = passage.text.find(deadline.text, place)
                found.append((at if at >= 0 else place, deadline))
                place = at + len(deadline.text) if at >= 0 else place
        return found


@dataclass(frozen=True, slots=True)
class Work:
    """The tasks of a topic, and the units that its closing tag gives to the topic as a whole."""

    tasks: tuple[TaskDraft, ...]
    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    open_list: bool = False
    carried: tuple[str, ...] = ()
    """Units of the area that answer for all following topics too."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of text with the tag that closes it."""

    start: int
    end: int
    tag: Tag | None


def tasks_of(node: Node, limits: Limits) -> Work:
    """The tasks below a heading. A tag that closes the whole topic holds for every task that has none of its own."""
    if not node.children:
        return _plain_work(node, limits)
    own = _plain_work(node, limits, intro=True) if node.lines else Work(())
    groups = [_work_of_child(child, limits) for child in node.children]
    closing = _closing_tag(node, groups)
    tasks = [*own.tasks, *(task for group in groups for task in group.tasks)]
    whole = closing or _content(own)
    if whole.says_something:
        tasks = [task if _has_units(task) and not _closed_by(task, node, closing) else _given(task, whole) for task in tasks]
    carried = own.carried or next((group.carried for group in groups if group.carried), ())
    return Work(tuple(tasks), whole.leads, whole.supports, whole.open_list, carried)


def joint_units(tasks: Sequence[TaskDraft]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Leads, supports and openness that all tasks share; nothing where they differ."""
    said = {(task.leads, task.supports, task.open_list) for task in tasks}
    return said.pop() if len(said) == 1 else ((), (), False)


def _work_of_child(child: Node, limits: Limits) -> Work:
    """One task per sub-heading, unless its own sub-headings carry the tags."""
    if child.children and any(_tags(grandchild) for grandchild in child.children) and len(child.children) > 1:
        return tasks_of(child, limits)
    return _plain_work(child, limits, whole=True)


def _tags(node: Node) -> list[Tag]:
    lines = node.all_lines()
    return [tag for tag in tags_in(passage_of(lines).text) if tag.explicit] if lines else []


def _closing_tag(node: Node, groups: Sequence[Work]) -> TagContent | None:
    """The tag below the last task, where no other task has one: it closes the topic."""
    if len(groups) < 2 or any(_has_units(task) for group in groups[:-1] for task in group.tasks):
        return None
    last = node.children[-1]
    tags = _tags(last)
    if len(tags) != 1 or last.children:
        return None
    final = last.lines[-1].text.strip()
    alone = len(last.lines) > 1 and len(final) <= tags[0].end - tags[0].start + 3
    return tags[0].content if alone or len(groups) > 2 else None


def _closed_by(task: TaskDraft, node: Node, closing: TagContent | None) -> bool:
    return closing is not None and task.span[1] >= node.children[-1].first_line()


def _plain_work(node: Node, limits: Limits, *, intro: bool = False, whole: bool = False) -> Work:
    """The tasks of a heading's own words; `whole` keeps them one task unless several tags part them."""
    title, passage = _body(node, node.all_lines() if whole else node.lines)
    tags = tags_in(passage.text)
    explicit = [tag for tag in tags if tag.explicit]
    placed = limits.placed(passage)
    segments = _segments(passage.text, explicit, title)
    tasks: list[TaskDraft] = []
    for segment in segments:
        pieces = _pieces(passage.text, segment, title, whole=whole, intro=intro, limited=bool(placed))
        for start, end in pieces if explicit else _parted(passage.text, pieces, tags):
            tag = segment.tag or next((tag for tag in tags if start <= tag.start < end and not explicit), None)
            own = [limit for at, limit in placed if start <= at < end]
            task = _task(passage, (start, end), tag, tags, own)
            if task is not None and not (intro and task.text in node.title):
                tasks.append(task)
            elif task is None and own and tasks and start > segment.start:
                # 完成时限:6月底 on a line of its own below the units is the limit of the task above them.
                tasks[-1] = tasks[-1].model_copy(update={"deadlines": (*tasks[-1].deadlines, *own)})
    if (
        not tasks
        and not intro
        and passage.text
        and (task := _task(passage, (0, len(passage.text)), next(iter(tags), None), tags, ()))
    ):
        # A heading with its tag and nothing else is the task itself.
        tasks.append(task.model_copy(update={"deadlines": tuple(limit for _, limit in placed)}))
    content = explicit[0].content if len(explicit) == 1 and len(segments) == 1 else _NOTHING
    carried = next((tag.content.territorial for tag in explicit if tag.content.carries), ())
    return Work(tuple(tasks), content.leads, content.all_supports, content.open_list, carried)


def _body(node: Node, lines: Sequence[Line]) -> tuple[int, Passage]:
    """The passage without the heading's mark, and where the words behind the title begin in it."""
    words = list(lines)
    if node.lines and words and node.form != "lost":
        head = words[0]
        words[0] = Line(head.number, head.text.strip()[node.after :])
    passage = passage_of(words)
    place = len(node.title) if node.title and passage.text.startswith(node.title) else 0
    if plain(passage.text[place : place + 1]) in {",", ";"} or (place > LONGEST_CLAUSED_TITLE and "," in plain(node.title)):
        # The title is a sentence of its own or the begin of one, which is wanted whole.
        return 0, passage
    while place and place < len(passage.text) and plain(passage.text[place]) in "。:;,\n *#":
        place += 1
    return (place if place < len(passage.text) else 0), passage


def _segments(text: str, tags: Sequence[Tag], title: int) -> list[_Segment]:
    """Cut behind every tag. A tag right behind the title, or with little behind it, closes all that it touches."""
    if not tags:
        return [_Segment(0, len(text), None)]
    if len(tags) == 1 and (len(text) - tags[0].end < SHORTEST_REST or tags[0].start <= title + 1):
        return [_Segment(0, len(text), tags[0])]
    segments: list[_Segment] = []
    start = 0
    for tag in tags:
        segments.append(_Segment(start, tag.end, tag))
        start = tag.end
    if len(text) - start >= SHORTEST_REST:
        segments.append(_Segment(start, len(text), None))
    return segments


def _pieces(text: str, segment: _Segment, title: int, *, whole: bool, intro: bool, limited: bool) -> list[Piece]:
    start = max(segment.start, title) if not whole else segment.start
    if start >= segment.end:
        return []
    words = text[start : segment.end]
    items = [] if whole else items_in(words)
    if not items:
        if intro and not limited and segment.tag is None:
            return []
        return [(start, segment.end)] if whole or "\n" not in words else _paragraphs(text, start, segment.end)
    found = [(start + first, start + last) for first, last in items]
    if items[0][0] >= SHORTEST_LEAD_IN:
        found.insert(0, (start, start + items[0][0]))
    return found


def _parted(text: str, pieces: Sequence[Piece], tags: Sequence[Tag]) -> list[Piece]:
    """Sentences that each begin with another lead (由甲牵头…。由乙牵头…) are tasks of their own."""
    parted: list[Piece] = []
    for start, end in pieces:
        begin = start
        for tag in [tag for tag in tags if start <= tag.start < end][1:]:
            sentence = text.rfind("。", begin, tag.start) + 1
            if sentence > begin and tag.start - sentence < NEAR_SENTENCE_START:
                parted.append((begin, sentence))
                begin = sentence
        parted.append((begin, end))
    return parted


def _paragraphs(text: str, start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop + 1
        pieces.append((start, stop))
        start = stop
    return pieces


def _task(
    passage: Passage, piece: Piece, tag: Tag | None, tags: Sequence[Tag], deadlines: Sequence[DeadlineDraft]
) -> TaskDraft | None:
    start, end = piece
    words = _without_tags(passage.text, start, end, tags)
    text = without_mark(words.strip()).strip(" \n,。;\uff0c\uff1b") if words.strip() else ""
    if len(text) < 2 or _LEADS_IN.fullmatch(plain(text)):
        return None
    content = tag.content if tag else _NOTHING
    return TaskDraft(
        text=text,
        span=passage.span(start, end),
        confidence=content.confidence,
        leads=content.leads,
        supports=content.all_supports,
        open_list=content.open_list,
        cooperates_upward=_UPWARD.search(plain(text)) is not None,
        territorial=content.territorial,
        responsible=(*content.responsible, *graded_persons(text)),
        deadlines=tuple(deadlines),
    )


def _without_tags(text: str, start: int, end: int, tags: Sequence[Tag]) -> str:
    kept: list[str] = []
    for tag in tags:
        if tag.explicit and tag.start < end and tag.end > start:
            kept.append(text[start : max(start, tag.start)])
            start = min(tag.end, end)
    kept.append(text[start:end])
    return "".join(kept)


def _content(work: Work) -> TagContent:
    return TagContent(leads=work.leads, supports=work.supports, open_list=work.open_list)


def _has_units(task: TaskDraft) -> bool:
    return bool(task.leads or task.supports or task.responsible)


def _given(task: TaskDraft, content: TagContent) -> TaskDraft:
    return task.model_copy(
        update={
            "leads": content.leads,
            "supports": content.all_supports,
            "open_list": content.open_list,
            "territorial": content.territorial or task.territorial,
            "responsible": content.responsible or task.responsible,
        }
    )
