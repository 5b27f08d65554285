"""Settings of plans: those that every service has, the bounds of an import, and when a task's light turns yellow."""

from datetime import timedelta
from typing import Final

from pydantic import Field

from servicekit import settings as kit

IMPORTS_PATH: Final = "/plans/imports"


class Settings(kit.Settings):
    """Seconds are real ones."""

    import_limit_bytes: int = Field(default=8 * 1024 * 1024, ge=1, description="of a document")
    import_seconds: int = Field(default=30, ge=1, description="computing time of one import")
    import_memory_bytes: int = Field(default=1024 * 1024 * 1024, ge=128 * 1024 * 1024, description="address space of one import")
    import_parallel: int = Field(default=2, ge=1, le=16, description="imports at once")
    import_wait_seconds: float = Field(default=30, gt=0, description="how long an import waits for its turn")

    task_due_soon_days: int = Field(default=7, ge=0, le=366, description="so long before its deadline a task's light is yellow")

    @property
    def due_soon(self) -> timedelta:
        """`task_due_soon_days` as a duration of the service's clock."""
        return timedelta(days=self.task_due_soon_days)

    def body_limit(self, path: str) -> int:
        """Documents may be larger than other bodies."""
        return self.import_limit_bytes if path == IMPORTS_PATH else super().body_limit(path)
