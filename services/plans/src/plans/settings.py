"""Settings of plans: those that every service has, and the bounds of an import."""

from typing import Final

from pydantic import Field

from servicekit import settings as kit

IMPORTS_PATH: Final = "/plans/imports"


class Settings(kit.Settings):
    """Times are real seconds."""

    import_limit_bytes: int = Field(default=8 * 1024 * 1024, ge=1, description="of a document")
    import_seconds: int = Field(default=30, ge=1, description="computing time of one import")
    import_memory_bytes: int = Field(default=1024 * 1024 * 1024, ge=128 * 1024 * 1024, description="address space of one import")
    import_parallel: int = Field(default=2, ge=1, le=16, description="imports at once")
    import_wait_seconds: float = Field(default=30, gt=0, description="how long an import waits for its turn")

    def body_limit(self, path: str) -> int:
        """Documents may be larger than other bodies."""
        return self.import_limit_bytes if path == IMPORTS_PATH else super().body_limit(path)
