"""The bounds that a process sets itself before it looks at hostile input. Apart from the parent's side: it starts fast."""

import contextlib
import resource


def confine(seconds: int, memory_bytes: int) -> None:
    """Bound this process's computing time and address space; it leaves no core behind."""
    # Some systems do not bound memory; the time limit of the parent remains.
    for kind, limit in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))
