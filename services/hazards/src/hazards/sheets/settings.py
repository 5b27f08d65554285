"""Settings of what comes as a sheet: how much of it is read."""

from typing import Final

from pydantic import Field

from hazards.sheets.bounded import Bounds
from hazards.sheets.limits import Limits
from servicekit import settings as kit

LIBRARY_IMPORTS: Final = "/library/imports"
LEDGER_IMPORTS: Final = "/ledger/imports"


class SheetSettings(kit.Settings):
    """Bounds of imports."""

    library_limit_bytes: int = Field(default=8 * 1024 * 1024, ge=1, description="of a file of standard hazards")
    library_limit_rows: int = Field(default=20_000, ge=2, le=100_000, description="of such a file")

    ledger_limit_bytes: int = Field(default=32 * 1024 * 1024, ge=1, description="of a ledger")
    ledger_limit_unpacked_bytes: int = Field(default=512 * 1024 * 1024, ge=1, description="of everything in an XLSX")
    ledger_limit_rows: int = Field(default=60_000, ge=2, le=1_000_000, description="of a ledger")
    ledger_seconds: int = Field(default=60, ge=1, description="computing time of reading one, and waiting for its next row")
    ledger_memory_bytes: int = Field(default=1024 * 1024 * 1024, ge=128 * 1024 * 1024, description="address space of reading one")
    ledger_parallel: int = Field(default=2, ge=1, le=16, description="ledgers read at once")
    ledger_wait_seconds: float = Field(default=30, gt=0, description="how long a ledger waits for its turn")

    def body_limit(self, path: str) -> int:
        """Files may be larger than other bodies."""
        limits = {LIBRARY_IMPORTS: self.library_limit_bytes, LEDGER_IMPORTS: self.ledger_limit_bytes}
        return limits.get(path) or super().body_limit(path)

    @property
    def ledger_bounds(self) -> Bounds:
        """What reading a ledger may use."""
        limits = Limits(
            file_bytes=self.ledger_limit_bytes, unpacked_bytes=self.ledger_limit_unpacked_bytes, rows=self.ledger_limit_rows
        )
        return Bounds(limits, self.ledger_seconds, self.ledger_memory_bytes)

    @property
    def library_limits(self) -> Limits:
        """What a file of standard hazards may hold."""
        return Limits(file_bytes=self.library_limit_bytes, rows=self.library_limit_rows)
