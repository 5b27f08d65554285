"""Verifying that nothing of what was kept has been changed, dropped or reordered since."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from hazards.domain import chain
from hazards.store import verifying as store
from hazards.store.verifying import Filed
from servicekit.database import Pool


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was left. `number` is that of the hazard, where it is known."""

    hazard_id: UUID | None
    number: str | None
    finding: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was looked at, and what was found. `complete`: all of it; otherwise the search ended at its most findings."""

    hazards: int
    changes: int
    findings: list[Finding]
    complete: bool


async def verify(pool: Pool, most: int) -> Verification:
    """Read every hazard and every change. Time grows with their number, memory does not. At most about `most` findings.

    Whoever can write the whole database can also hash a forged history anew; what was published tells of that.
    """
    findings = [Finding(each, None, "the hazard is gone, its changes are there") for each in await store.orphans(pool, most)]
    findings += [Finding(None, number, "no hazard has this number any more") for number in await store.lost_numbers(pool, most)]
    hazards = changes = 0
    async for filed in store.files(pool):
        if len(findings) >= most:
            return Verification(hazards, changes, findings[:most], complete=False)
        hazards, changes = hazards + 1, changes + len(filed.kept)
        findings += [Finding(filed.hazard_id, filed.number, said) for said in _against(filed)]
    return Verification(hazards, changes, findings, complete=True)


def _against(filed: Filed) -> Iterator[str]:
    if filed.hazard is None:
        yield "the row of the hazard cannot be read"
    else:
        yield from chain.breaks(filed.hazard, filed.kept)
    if filed.strange:
        yield f"columns do not say what the file of the hazard says: {', '.join(filed.strange)}"
    if filed.misshown:
        yield f"it is not shown as it should be to: {', '.join(unit or 'the platform' for unit in filed.misshown)}"
