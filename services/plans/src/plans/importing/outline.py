"""A plan's numbered headings as a tree, whatever was skipped, restarted or lost on the way.

The rank of a heading follows from its mark (第一章 above 一、 above (一) above 1. above (1) above ①). Where a text has lost its
upper headings, a numbering that begins again opens a section without a heading.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.importing.draft import Span
from plans.importing.lines import Line
from plans.importing.outline_marks import LONGEST_TITLE, heading_of, title_of
from plans.importing.spellings import plain

TOP_RANK = 3
"""Marks up to 一、 head sections; only where none is open does a restarted numbering open one."""

MISSED = "missed"
"""The form of a heading whose number is skipped and whose words are gone: its paragraphs stand below its elder sibling."""

# Paragraphs that begin something new where the headings were lost: phases, a leading group, reports about the whole.
_NEW_SECTION = re.compile(
    r"^(?:从|自)?[^。]{0,30}分(?:为)?[一二两三四五六\d]+个?(?:阶段|步)|^(?:组长|副组长|成员|组员)[::]|^(?:特?(?:此)?成立|我.{1,3}成立|为.{2,30}成立).{2,40}(?:领导小组|工作专班|指挥部)"
)


_PARTS_TIME = re.compile(r"^[^。]{0,40}分(?:为|成)?[一二两三四五六\d]+个?(?:阶段|步)[^。]{0,12}。?$")
_NEXT_LINES = 2
"""So near stands the first of the phases."""


@dataclass(slots=True)
class Node:
    """A heading with what stands under it. `lines` are its own line and the paragraphs up to the next heading.

    The words of the heading begin at `after` in the first line. A section whose heading was lost has no lines of a heading:
    `rank` is TOP_RANK, `title` is empty, and its lines, if any, are paragraphs.
    """

    form: str
    rank: int
    number: int | None
    title: str
    after: int = 0
    lines: list[Line] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    heads_phase: bool = False

    def all_lines(self) -> list[Line]:
        """Own and inner lines in printed order."""
        found = list(self.lines)
        for child in self.children:
            found.extend(child.all_lines())
        return found

    def take(self, line: Line) -> None:
        """One more paragraph; the first below 附件1 is the attachment's title."""
        if self.form == "attachment" and not self.title and len(line.text.strip()) <= LONGEST_TITLE:
            self.title = line.text.strip()
        self.lines.append(line)

    def span(self) -> Span:
        last = self
        while last.children:
            last = last.children[-1]
        return self.first_line(), (last.lines or self.lines)[-1].number

    def first_line(self) -> int:
        node = self
        while not node.lines:
            node = node.children[0]
        return node.lines[0].number

    def words(self) -> list[Line]:
        """The own lines without the mark of the heading."""
        if not self.lines or self.form in {"lost", MISSED}:
            return self.lines
        head = self.lines[0]
        return [Line(head.number, head.text.strip()[self.after :]), *self.lines[1:]]


def outline_of(lines: Sequence[Line]) -> Node:
    """The root has the lines above the first heading; its children are the sections."""
    root = Node("root", -1, None, "")
    path = [root]
    for at, line in enumerate(lines):
        text = line.text.strip()
        if not text:
            continue
        heading = heading_of(text)
        if heading is None or (heading.form == "item" and _below_heading(path)):
            if _opens_section(text, path) or _parts_time(text, lines[at + 1 : at + 1 + _NEXT_LINES], path):
                del path[1:]
                path.append(_lost_section(root))
            path[-1].take(line)
            continue
        node = Node(heading.form, heading.rank, heading.number, title_of(text[heading.after :]), heading.after, [line])
        _place(node, path)
    return root


def _place(node: Node, path: list[Node]) -> None:
    while path[-1].rank >= node.rank or (path[-1].form == "lost" and node.rank <= TOP_RANK):
        path.pop()
    parent = path[-1]
    overtakes = parent.form == "lost" and bool(parent.children) and parent.children[0].rank > node.rank
    if node.rank > TOP_RANK and (overtakes or _restarts(node, parent)):
        # (五) 1. 2. 3. and then 1. again: the heading above the new row was lost, so it stands beside what is open.
        if not any(0 <= open_node.rank <= TOP_RANK and open_node.form != "lost" for open_node in path):
            del path[1:]
            parent = _lost_section(path[0])
            path.append(parent)
    elif node.rank > TOP_RANK and parent.form == "root":
        parent = _lost_section(parent)
        path.append(parent)
    missed = _missed_before(node, parent)
    if missed is not None:
        parent.children.append(missed)
    parent.children.append(node)
    path.append(node)


def _missed_before(node: Node, parent: Node) -> Node | None:
    """(五) …, a paragraph, (七): the paragraph behind the last sentence of (五) is what is left of (六)."""
    elder = parent.children[-1] if parent.children else None
    if elder is None or elder.form != node.form or node.number is None or elder.number != node.number - 2:
        return None
    leaf = elder
    while leaf.children:
        leaf = leaf.children[-1]
    if len(leaf.lines) < 2 or len(leaf.lines[0].text) < leaf.after + len(leaf.title) + 10:
        return None
    lines, leaf.lines = leaf.lines[1:], leaf.lines[:1]
    return Node(MISSED, node.rank, node.number - 1, title_of(lines[0].text.strip()), 0, lines)


def _below_heading(path: list[Node]) -> bool:
    """一是… below a heading is an item of its text, not a heading of its own."""
    return any(node.form not in {"root", "lost", "item"} for node in path)


def _lost_section(root: Node) -> Node:
    section = Node("lost", TOP_RANK, None, "")
    root.children.append(section)
    return section


def _restarts(node: Node, parent: Node) -> bool:
    """Whether the number falls back behind its elder sibling of the same form. A repeated number is a misprint."""
    if node.form == "item" or node.number is None:
        return False
    for sibling in reversed(parent.children):
        if sibling.form == node.form:
            return sibling.number is not None and node.number < sibling.number
        if sibling.rank < node.rank:
            break
    return False


def _opens_section(text: str, path: list[Node]) -> bool:
    if any(0 <= node.rank <= TOP_RANK and node.form != "lost" for node in path):
        return False
    return path[-1].rank > TOP_RANK and _NEW_SECTION.match(plain(text)) is not None


def _parts_time(text: str, following: Sequence[Line], path: list[Node]) -> bool:
    """从…至…,分三个阶段 below an item of a list, and then the count of that list begins anew: the phases lost their heading."""
    if path[-1].rank <= TOP_RANK or not _PARTS_TIME.match(plain(text)):
        return False
    behind = next((heading for line in following if (heading := heading_of(line.text.strip()))), None)
    return behind is not None and behind.number == 1 and any(node.form == behind.form for node in path)


def walk(node: Node) -> list[Node]:
    """The node and everything under it, in printed order."""
    found = [node]
    for child in node.children:
        found.extend(walk(child))
    return found
