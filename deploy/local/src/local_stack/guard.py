"""Becomes another program that cannot outlive its launcher.

Run as a script without site packages: ``python -I -S guard.py LAUNCHER_PID ACCOUNT PROGRAM [ARGUMENT...]``, where ACCOUNT is
``uid:gid`` or ``-`` to stay who we are. The kernel kills the program when the launcher dies, however it dies. It is a
program of its own because code between fork and exec is not safe in a launcher with threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
CANNOT_START = 126


def become(account: str, launcher: int, command: list[str]) -> None:
    """Drops privileges, ties this process to its launcher and executes the command; returns only by raising OSError."""
    if account != "-":
        uid, gid = (int(part) for part in account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user, which clears the setting.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != launcher:
        sys.exit(CANNOT_START)
    os.execvp(command[0], command)  # noqa: S606 -- the launcher's own command line, no shell involved


def main() -> None:
    """Reads the arguments described above; a failure is one line on standard error and exit code 126."""
    launcher, account, *command = sys.argv[1:]
    try:
        become(account, int(launcher), command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error}\n")
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    main()
