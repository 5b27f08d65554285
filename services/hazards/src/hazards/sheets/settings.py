"""Settings of what comes as a sheet: how much of it is read."""

from typing import Final

from pydantic import Field

from hazards.sheets.limits import Limits
from servicekit import settings as kit

LIBRARY_IMPORTS: Final = "/library/imports"


class SheetSettings(kit.Settings):
    """Bounds of imports."""

    library_limit_bytes: int = Field(default=8 * 1024 * 1024, ge=1, description="of a file of standard hazards")
    library_limit_rows: int = Field(default=20_000, ge=2, le=100_000, description="of such a file")

    def body_limit(self, path: str) -> int:
        """Files may be larger than other bodies."""
        return self.library_limit_bytes if path == LIBRARY_IMPORTS else super().body_limit(path)

    @property
    def library_limits(self) -> Limits:
        """What a file of standard hazards may hold."""
        return Limits(file_bytes=self.library_limit_bytes, rows=self.library_limit_rows)
