"""The whole way from the bytes of a document to drafts of its plans. Pure; nothing is issued."""

from collections.abc import Sequence
from typing import Any, Final

from plans.importing import dates
from plans.importing.dates import context_of
from plans.importing.deadlines import deadlines_of, without_reports
from plans.importing.draft import ImportResult, PlanDraft, Span, WarningDraft
from plans.importing.heads import head_of, warnings_in
from plans.importing.indicators import indicators_in
from plans.importing.likeness import content_digest, near_duplicates
from plans.importing.lines import Line
from plans.importing.lists import lists_in
from plans.importing.markup import without_markup
from plans.importing.meetings import meetings_in
from plans.importing.noise import cleaned
from plans.importing.obligations import obligations_of
from plans.importing.phases import timeline_of
from plans.importing.reading import DEFAULT_LIMIT_BYTES, SourceText, read_source
from plans.importing.refusal import Unreadable
from plans.importing.splitting import sections_of
from plans.importing.tables import with_rows_as_sentences
from plans.importing.topics import topics_of
from plans.importing.unfolding import unfolded
from plans.importing.vague_reports import vague_reports_in

MAX_PLANS: Final = 1_000
"""In one file; the largest collections of the web have about twenty."""


def import_document(content: bytes, name: str, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> ImportResult:
    """Read a document and draft every plan in it.

    Raises:
        Unreadable: the file cannot be read; its code says why.
    """
    return draft_plans(read_source(content, name, limit_bytes))


def draft_plans(source: SourceText) -> ImportResult:
    """Draft every plan of a file that was read.

    Raises:
        Unreadable: `too_much_text`, for more plans than anybody reviews.
    """
    clean = cleaned(without_markup(source.lines))
    sections = sections_of(unfolded(with_rows_as_sentences(clean.lines)))
    if len(sections) > MAX_PLANS:
        raise Unreadable("too_much_text", f"{len(sections)} 个方案,上限 {MAX_PLANS} 个")
    digests = [content_digest(section) for section in sections]
    repeats = _repeats(sections, digests)
    plans = tuple(
        _plan(section, digest, [each for each in clean.warnings if _inside(each.span, section)] + repeats.get(at, []))
        for at, (section, digest) in enumerate(zip(sections, digests, strict=True))
    )
    outside = [each for each in clean.warnings if not any(_inside(each.span, section) for section in sections)]
    return ImportResult(plans=plans, warnings=(*source.warnings, *outside, *_remarks(plans)))


def _plan(section: Sequence[Line], digest: str, warnings: Sequence[WarningDraft]) -> PlanDraft:
    """Draft one plan. Parts of one line share its number: they are told apart while they are read, then their spans put back."""
    numbers = [line.number for line in section]
    if len(set(numbers)) == len(numbers):
        draft = _read(section, digest)
    else:
        apart = [Line(number, line.text) for number, line in enumerate(section, start=1)]
        draft = PlanDraft.model_validate(_put_back(_read(apart, digest).model_dump(), numbers))
    return draft.model_copy(update={"warnings": (*warnings, *draft.warnings)})


def _read(section: Sequence[Line], digest: str) -> PlanDraft:
    context = context_of(section)
    head = head_of(section)
    timeline = timeline_of(section, context)
    phases = timeline.phases
    obligations = obligations_of(timeline.lines)
    deadlines = without_reports(deadlines_of(timeline.lines), obligations)
    topics = topics_of(section, timeline.lines, deadlines)
    taken = {id(deadline) for topic in topics for task in topic.tasks for deadline in task.deadlines}
    # 三年内 in a goal is how long the campaign lasts.
    apart = tuple(each for each in deadlines if id(each) not in taken and (each.date or not each.text.endswith("内")))
    kept = [each for each in deadlines if id(each) in taken or each in apart]
    warnings = [*warnings_in(section, topics), *dates.warnings_in(phases, kept, obligations, context)]
    warnings += vague_reports_in(section, {each.span[0] for each in obligations})
    if not (topics or phases or obligations):
        warnings.append(WarningDraft(code="nothing_found", message="没有认出阶段、任务和报送要求,可能不是方案正文"))
    return PlanDraft(
        title=head.title,
        document_number=head.document_number,
        issuer=head.issuer,
        issued_on=head.issued_on,
        span=(section[0].number, section[-1].number),
        content_digest=digest,
        basis=head.basis,
        phases=phases,
        topics=topics,
        deadlines=apart,
        obligations=obligations,
        meetings=meetings_in(section, context),
        indicators=indicators_in(section),
        lists=lists_in(section),
        warnings=tuple(warnings),
    )


def _put_back(value: Any, numbers: Sequence[int]) -> Any:
    """The same dump of a draft with every span (a, b) as the numbers of the lines at a and b, counted from 1."""
    if isinstance(value, dict):
        return {
            key: tuple(numbers[each - 1] for each in inner) if key == "span" and inner else _put_back(inner, numbers)
            for key, inner in value.items()
        }
    return [_put_back(inner, numbers) for inner in value] if isinstance(value, (list, tuple)) else value


def _repeats(sections: Sequence[Sequence[Line]], digests: Sequence[str]) -> dict[int, list[WarningDraft]]:
    """Warnings for plans that stand in the file a second time, word for word or nearly."""
    first: dict[str, int] = {}
    found: dict[int, list[WarningDraft]] = {}
    near = near_duplicates(sections)
    for at, digest in enumerate(digests):
        earlier = first.setdefault(digest, at)
        if earlier != at:
            found[at] = [_repeat("duplicate_plan", "内容与本文件{}的方案完全相同", sections[earlier])]
        elif at in near:
            other, share = near[at]
            found[at] = [_repeat("near_duplicate_plan", f"内容与本文件{{}}的方案约 {share:.0%} 相同", sections[other])]
    return found


def _repeat(code: str, message: str, other: Sequence[Line]) -> WarningDraft:
    span = (other[0].number, other[-1].number)
    return WarningDraft(code=code, message=message.format(f"第 {span[0]}–{span[1]} 行"), span=span)


def _remarks(plans: Sequence[PlanDraft]) -> list[WarningDraft]:
    if not plans:
        return [WarningDraft(code="no_plan_found", message="文件里没有认出方案")]
    if len(plans) > 1:
        return [WarningDraft(code="several_plans", message=f"文件里有 {len(plans)} 个方案,请核对分界")]
    return []


def _inside(span: Span | None, section: Sequence[Line]) -> bool:
    return span is not None and section[0].number <= span[0] <= section[-1].number
