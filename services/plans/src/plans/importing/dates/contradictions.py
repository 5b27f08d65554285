"""What contradicts itself, or stays open, among the dates of one draft. A person decides; the import only says it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from plans.importing.dates.context import Context
from plans.importing.dates.mentions import dates_in
from plans.importing.draft import DeadlineDraft, ObligationDraft, PhaseDraft, WarningDraft
from plans.importing.role_rhythms import is_inspection

_YEAR = re.compile(r"20[0-9]{2}|[\uff12][\uff10-\uff19]{3}|二[〇零○][〇零○一二三四五六七八九]{2}年")


def warnings_in(
    phases: Sequence[PhaseDraft],
    deadlines: Sequence[DeadlineDraft],
    obligations: Sequence[ObligationDraft],
    context: Context | None = None,
) -> tuple[WarningDraft, ...]:
    """Warnings about the dates of one plan; with a context also those against the plan's own range."""
    known = context or Context()
    starts = [phase.start for phase in phases if phase.start]
    ends = [phase.end for phase in phases if phase.end]
    start = min(filter(None, [known.plan_start, *starts]), default=None)
    end = max(filter(None, [known.plan_end, *ends]), default=None)
    return (
        *_of_phases(phases),
        *_against_range(phases, known),
        *(_of_inferred_years(phases, deadlines, obligations, known) if known.inferred else ()),
        *(warning for deadline in deadlines for warning in _of_deadline(deadline, start, end)),
        *(warning for obligation in obligations if not is_inspection(obligation) for warning in _of_obligation(obligation, end)),
    )


def _of_phases(phases: Sequence[PhaseDraft]) -> Iterator[WarningDraft]:
    for phase in phases:
        if phase.start is None and phase.end is None:
            yield _undated(phase)
        elif phase.start and phase.end and phase.end < phase.start:
            yield WarningDraft(
                code="phase_end_before_start", message=f"阶段“{phase.name}”的结束日期早于开始日期,请核对", span=phase.span
            )
    seen: dict[str, PhaseDraft] = {}
    for phase in phases:
        other = seen.setdefault(phase.name, phase)
        if (other.start, other.end) != (phase.start, phase.end):
            yield WarningDraft(
                code="phase_dates_contradict", message=f"阶段“{phase.name}”出现两次,日期不一致,请核对", span=phase.span
            )
    dated = sorted((phase for phase in phases if phase.start and phase.end), key=lambda phase: (phase.start, phase.end))
    for before, after in pairwise(dated):
        yield from _between(before, after)


def _undated(phase: PhaseDraft) -> WarningDraft:
    problems = {mention.problem for mention in dates_in(phase.text, Context())}
    if "impossible" in problems:
        return WarningDraft(code="date_impossible", message=f"阶段“{phase.name}”的日期不存在,请核对", span=phase.span)
    if "blank" in problems:
        return WarningDraft(code="date_blank", message=f"阶段“{phase.name}”的日期留有空白,请补全", span=phase.span)
    if "yearless" in problems:
        return WarningDraft(code="date_yearless", message=f"阶段“{phase.name}”的日期没有年份,请补全", span=phase.span)
    return WarningDraft(code="phase_undated", message=f"阶段“{phase.name}”没有日期", span=phase.span)


def _between(before: PhaseDraft, after: PhaseDraft) -> Iterator[WarningDraft]:
    if before.end is None or after.start is None:
        return
    span = (min(before.span[0], after.span[0]), max(before.span[1], after.span[1]))
    if after.start <= before.end:
        yield WarningDraft(code="phases_overlap", message=f"提示:阶段“{before.name}”与“{after.name}”时间重叠", span=span)
    elif after.start > before.end + timedelta(days=1):
        yield WarningDraft(code="phases_gap", message=f"提示:阶段“{before.name}”与“{after.name}”之间有空档", span=span)


def _against_range(phases: Sequence[PhaseDraft], context: Context) -> Iterator[WarningDraft]:
    for phase in phases:
        early = phase.start and context.plan_start and phase.start < context.plan_start
        late = phase.end and context.plan_end and phase.end > context.plan_end
        if early or late:
            yield WarningDraft(
                code="phase_outside_plan", message=f"阶段“{phase.name}”超出方案写明的起止时间,请核对", span=phase.span
            )


def _of_inferred_years(
    phases: Sequence[PhaseDraft],
    deadlines: Sequence[DeadlineDraft],
    obligations: Sequence[ObligationDraft],
    context: Context,
) -> Iterator[WarningDraft]:
    """Days without a printed year where no phase and no head prints one either: their year is a guess."""
    if any(_YEAR.search(phase.text) for phase in phases):
        return
    items = [
        *((phase.name, phase.text, phase.span, phase.start or phase.end) for phase in phases),
        *((each.text, each.text, each.span, each.date) for each in deadlines),
        *((each.schedule.text or "", each.text, each.span, next(iter(each.schedule.dates), None)) for each in obligations),
    ]
    for name, text, span, day in items:
        if day is not None and not _YEAR.search(text):
            message = f"“{name}”没有印年份,按正文提到的 {context.year} 年推算为 {day.year} 年,请核对"
            yield WarningDraft(code="year_inferred", message=message, span=span)


def _of_deadline(deadline: DeadlineDraft, start: date | None, end: date | None) -> Iterator[WarningDraft]:
    text, span = deadline.text, deadline.span
    if deadline.date is None:
        problems = {mention.problem for mention in dates_in(text, Context())}
        if "impossible" in problems:
            yield WarningDraft(code="date_impossible", message=f"“{text}”不是存在的日期,请核对", span=span)
        elif "blank" in problems:
            yield WarningDraft(code="date_blank", message=f"“{text}”留有空白,请补全", span=span)
        elif "yearless" in problems:
            yield WarningDraft(code="date_yearless", message=f"“{text}”没有年份,请补全", span=span)
        else:
            yield WarningDraft(code="date_unresolved", message=f"“{text}”不能换算成日期,请填写", span=span)
    elif start and deadline.date < start:
        yield WarningDraft(code="deadline_before_plan_start", message=f"时限“{text}”早于方案开始时间,请核对", span=span)
    elif end and deadline.date > end:
        yield WarningDraft(code="deadline_after_plan_end", message=f"时限“{text}”晚于方案结束时间,请核对", span=span)


def _of_obligation(obligation: ObligationDraft, end: date | None) -> Iterator[WarningDraft]:
    schedule, span = obligation.schedule, obligation.span
    printed = schedule.text or obligation.text[:20]
    if not obligation.reporters:
        yield WarningDraft(code="obligation_without_reporter", message=f"报送要求“{printed}”没有写明由谁报送", span=span)
    if not obligation.recipients:
        yield WarningDraft(code="obligation_without_recipient", message=f"报送要求“{printed}”没有写明报送给谁", span=span)
    if schedule.every in {"week", "month", "quarter", "half_year", "year"} and not schedule.on:
        yield WarningDraft(code="obligation_without_due_day", message=f"报送要求“{printed}”没有写明截止日", span=span)
    if schedule.every == "dates" and not schedule.dates:
        unknown = "没有写明从哪天起算" if re.match("每|隔", printed) else "的日期不能确定"
        yield WarningDraft(code="date_unresolved", message=f"报送要求“{printed}”{unknown},请填写", span=span)
    if end and any(day > end for day in schedule.dates):
        yield WarningDraft(code="report_after_plan_end", message=f"提示:报送“{printed}”在方案结束之后", span=span)
