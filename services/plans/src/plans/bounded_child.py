"""`python -m plans.bounded_child NAME LIMIT_BYTES SECONDS MEMORY_BYTES <FILE`: one import in a process that its bounds may end.

Prints one JSON object: `plans.bounded.Imported`, or `{"refused": code, "detail"}`.
"""

import json
import sys

from plans.importing.drafting import draft_plans
from plans.importing.reading import read_source
from plans.importing.refusal import Unreadable
from servicekit.rlimits import confine


def main(name: str, limit_bytes: str, seconds: str, memory_bytes: str) -> None:
    confine(int(seconds), int(memory_bytes))
    answer: dict[str, object]
    try:
        source = read_source(sys.stdin.buffer.read(), name, int(limit_bytes))
        result = draft_plans(source).model_dump(mode="json")
        answer = {"name": name, "format": source.format, "digest": source.digest, "lines": [each.text for each in source.lines]}
        answer |= result
    except Unreadable as refusal:
        answer = {"refused": refusal.code, "detail": refusal.detail}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_much_memory", "detail": ""}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))


if __name__ == "__main__":
    # File names may hold any character, the terminal's encoding none of them.
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]  # stdout is a pipe here
    main(*sys.argv[1:5])
