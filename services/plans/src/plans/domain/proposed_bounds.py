"""What of a reading does not fit into a plan: every cut is noted with the item, the bound and the remedy."""

from collections.abc import Sequence
from typing import Final, TypeVar

from plans.domain.readiness import Note

MOST_TEXT: Final = 4000
MOST_NAME: Final = 200
BLANK: Final = "(空)"
_SHOWN: Final = 30
_Item = TypeVar("_Item")


class Bounds:
    """Cuts what is longer than a plan can hold, and collects a note for each cut. `field` is the path in the import's plan."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def text(self, printed: str, field: str) -> str:
        """A text of at most 4 000 characters; never empty."""
        return self._cut(printed, MOST_TEXT, field) or BLANK

    def name(self, printed: str | None, field: str) -> str | None:
        """A name of at most 200 characters; None for a blank."""
        return self._cut(printed or "", MOST_NAME, field) or None

    def items(self, found: Sequence[_Item], most: int, field: str, what: str) -> Sequence[_Item]:
        """At most so many items, the first ones; `what` they are called."""
        if len(found) > most:
            first = _shown(found[most])
            message = (
                f"{what}共{len(found)}项,超过上限{most}项:第{most + 1}项“{first}”及以后的没有列入草稿;"
                "请把方案拆成几个,或合并条目后补录"
            )
            self.notes.append(Note("warns", "items_left_out", field, message))
        return found[:most]

    def _cut(self, printed: str, most: int, field: str) -> str:
        words = printed.strip()
        if len(words) > most:
            message = f"“{words[:_SHOWN]}…”共{len(words)}字,超过上限{most}字,草稿只保留前{most}字;请改短或分成几项"
            self.notes.append(Note("warns", "text_cut", field, message))
        return words[:most].strip()


def _shown(item: object) -> str:
    """The first words of an item: a draft, or a name by itself."""
    words = next((found for key in ("title", "name", "text") if isinstance(found := getattr(item, key, None), str)), str(item))
    return words[:_SHOWN]
