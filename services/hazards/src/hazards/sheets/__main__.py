"""`python -m hazards.sheets OPTIONS <FILE`: one sheet read in a process that its bounds may end.

`OPTIONS` is JSON: limits, seconds, memory, sheet. Prints a line of JSON for each row, then `{"end": true}`; or
`{"refused": code, "detail": text}`.
"""

import json
import sys

from hazards.sheets.bounded import printed
from hazards.sheets.delimited import read_csv
from hazards.sheets.limits import Limits, UnreadableSheet
from hazards.sheets.packages import COMPOUND, PACKAGE
from hazards.sheets.workbooks import read_xlsx
from servicekit.rlimits import confine


def main(options: str) -> None:
    given = json.loads(options)
    confine(given["seconds"], given["memory"])
    limits = Limits(**given["limits"])
    last: dict[str, object] = {"end": True}
    try:
        content = sys.stdin.buffer.read(limits.file_bytes + 1)
        is_workbook = content.startswith((PACKAGE, COMPOUND))
        rows = read_xlsx(content, limits, given["sheet"]) if is_workbook else read_csv(content, limits)
        for row in rows:
            sys.stdout.write(printed(row) + "\n")
    except UnreadableSheet as refused:
        last = {"refused": refused.code, "detail": refused.detail}
    except (MemoryError, RecursionError):
        last = {"refused": "too_much_memory", "detail": ""}
    sys.stdout.write(json.dumps(last) + "\n")


if __name__ == "__main__":
    # A lone surrogate of a broken file must not end the process.
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # stdout is a pipe here
    main(sys.argv[1])
