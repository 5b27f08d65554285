"""Free ports on 127.0.0.1 that stay free while their process is down."""

import random
import socket
from pathlib import Path

HOST = "127.0.0.1"
_LOWEST = 20_000
_HIGHEST = 32_000
_RANGE_FILE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on and that this process has not been given before.

    It lies outside the range from which the kernel takes ports for outgoing connections: otherwise a client that retries
    while a process is down could be given that very port, and the process could not come back on it.
    Raises OSError when nothing is free.
    """
    candidates = list(range(_LOWEST, min(_HIGHEST, _first_ephemeral())))
    random.shuffle(candidates)
    for port in candidates:
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise OSError(f"no free port between {_LOWEST} and {_HIGHEST} on {HOST}")


def _first_ephemeral() -> int:
    try:
        first = int(_RANGE_FILE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _HIGHEST
    return first if first > _LOWEST + 1000 else _HIGHEST


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
