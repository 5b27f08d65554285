"""Lists and ledgers that a plan wants kept, as this plan composes them (两个清单, 问题清单, 三张清单, 台账)."""

import re
from collections.abc import Iterator, Sequence

from plans.importing.draft import ListDraft
from plans.importing.lines import Line
from plans.importing.outline_marks import number_of
from plans.importing.spellings import plain

_KEEP = re.compile(
    "建立健全|建立完善|建立|建好|健全|完善|制定|制订|形成|列出|编制|梳理|填报|填写|动态更新|更新|实行|实施|落实|抓实|报送|明确|开列|拉出|"
    "公布|推进|推动|建|按照|对照|依据"
)
# Several lists under one name: “两个清单”, 三张清单, 四个台账.
_SEVERAL = re.compile("[“\"'‘《]?(?P<n>[一二两三四五六七八]|[2-8])(?:个|张|份|本|项)?(?P<what>清单|台账|台帐|账单)[”\"'’》]?")
_ONE = re.compile("[“\"'‘]?(?P<name>[^,。;:、“”\"'‘’()和与及\\d的]{0,14}?)(?P<what>责任清单|清单|台账|台帐)[”\"'’]?")
_PART = '[^,。;:、()“”"]{2,14}'
_PARTS = re.compile(f"(?P<parts>(?:{_PART}、){{0,6}}{_PART}(?:[和与及、]|以及){_PART})$")
_QUOTED_PARTS = re.compile('(?P<parts>(?:[“"][^”"]{2,14}[”"][、和与]?){2,6})$')
_BRACKETED = re.compile("\\((?P<parts>[^()。]{4,80}(?:、|和)[^()。]{2,40})\\)")
_FURTHER = re.compile(
    "各地|各村|各校|各单位|各部门|及时|动态|分类|分级|全面|认真|逐一|同步|抓紧|统一|相应|各自|详细|完整|规范|建立|健全|完善|制定|形成|一批"
)
_NO_LIST = re.compile("权力清单|负面清单|目录清单|按清单|照清单|清单式|清单化|清单管理|清单制|账单")
SEARCHED = 60
"""So many characters before a list its verb and its parts are looked for."""


def lists_in(lines: Sequence[Line]) -> tuple[ListDraft, ...]:
    """The lists of one plan, each once under its name; a later mention that says more of the parts completes the first."""
    found: dict[str, ListDraft] = {}
    for line in lines:
        for draft in _in_line(line):
            known = found.get(draft.name)
            if known is None:
                found[draft.name] = draft
            elif draft.parts and not known.parts:
                found[draft.name] = known.model_copy(update={"parts": draft.parts, "text": draft.text, "span": draft.span})
    covered = {part for draft in found.values() for part in draft.parts}
    return tuple(draft for draft in found.values() if draft.parts or _core(draft.name) not in covered)


def _in_line(line: Line) -> Iterator[ListDraft]:
    flat = plain(line.text)
    last = 0
    for several in _SEVERAL.finditer(flat):
        name = line.text[several.start() : several.end()].strip("“”\"'‘’《》")
        parts = _parts(line.text, flat, several.start(), several.end(), number_of(several["n"]) or 0)
        begin = max(flat.rfind("。", 0, several.start()) + 1, several.start() - SEARCHED)
        yield ListDraft(
            text=line.text[begin : several.end()].strip(),
            span=(line.number, line.number),
            name=_name(name),
            parts=parts,
            confidence=1.0 if parts else 0.8,
        )
    for one in _ONE.finditer(flat):
        begin = max(_sentence(flat, one.start()), last)
        if _SEVERAL.search(flat, max(0, one.end() - 5), one.end() + 1) or _NO_LIST.search(flat, one.start(), one.end() + 2):
            continue
        name = _cleaned(line.text[one.start() : one.end()])
        if _core(name) and _core(name) not in {"两个", "三张"} and _KEEP.search(flat, begin, one.end()):
            yield ListDraft(text=line.text[begin : one.end()], span=(line.number, line.number), name=name, confidence=0.8)
            last = begin


def _sentence(flat: str, place: int) -> int:
    floor = max(0, place - SEARCHED)
    return max((flat.rfind(stop, floor, place) + 1 for stop in "。;,"), default=0) or floor


def _cleaned(printed: str) -> str:
    """The name without the verb that was printed before it, or that stands inside it."""
    name = printed.strip("“”\"'‘’ ")
    verbs = [verb.end() for verb in _KEEP.finditer(name)]
    name = name[max(verbs, default=0) :]
    while match := _FURTHER.match(name):
        name = name[match.end() :]
    return _name(name)


def _name(printed: str) -> str:
    return printed.strip("“”\"'‘’ 的").replace("台帐", "台账")


def _core(name: str) -> str:
    return re.sub("(?:清单|台账)$", "", name) or ("台账" if name == "台账" else "")


def _parts(text: str, flat: str, start: int, end: int, count: int) -> tuple[str, ...]:
    """What stands before the name (险情隐患和制度办法“两个清单”) or in brackets behind it."""
    behind = _BRACKETED.match(flat, end)
    before = flat[max(0, start - SEARCHED) : start]
    offset = start - len(before)
    found = behind or _QUOTED_PARTS.search(before) or _PARTS.search(before)
    if found is None:
        return ()
    shift = 0 if found is behind else offset
    printed = text[found.start("parts") + shift : found.end("parts") + shift]
    pieces = [_cleaned(piece) for piece in re.split('[、和与及“”"]|以及', printed)]
    parts = tuple(_core(piece) or piece for piece in pieces if piece)
    return parts[-count:] if count and len(parts) >= count else ()
