"""Keeps the HTTP libraries from writing secrets and numbers into our logs."""

import logging

_LOGGERS = ("httpx", "httpcore", "urllib3", "requests", "darabonba-core")
"""httpx logs every URL at INFO (access tokens, robot keys), urllib3 at DEBUG (numbers), the SDK all headers at DEBUG."""


def silence_wire_logs() -> None:
    """Let only warnings through, whatever the root logger is set to. Clients call it when they are made."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    # The SDK installs a handler of its own, which would write past our log format to standard error.
    logging.getLogger("darabonba-core").handlers.clear()
