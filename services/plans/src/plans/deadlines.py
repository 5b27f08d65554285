"""The deadlines of tasks."""

from datetime import datetime

from plans.commands.overdue import settled
from plans.store import tasks as store
from servicekit.database import Pool


class TasksOverdue:
    """Says once for each deadline of a task that it has passed."""

    kind = "task_overdue"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            tasks = await store.lock_due(connection, now, limit)
            await settled(connection, tasks, now, now)
        return len(tasks)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await store.next_due(pool)
