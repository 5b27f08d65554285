"""What a part of a list is a view of, by its printed name. The first row that fits counts: the special before the general."""

import re
from typing import Final, Literal

ListKind = Literal["hazards", "measures", "responsibility", "tasks", "other"]

_KINDS: Final[tuple[tuple[ListKind, re.Pattern[str]], ...]] = (
    ("tasks", re.compile("制度|办法|机制|任务|工作|项目|行动")),
    ("responsibility", re.compile("责任|职责")),
    ("measures", re.compile("措施|对策|整改|整治")),
    ("hazards", re.compile("隐患|问题|风险|险情|短板|矛盾")),
)


def kind_of(name: str) -> ListKind:
    """`other` where the name says nothing of what it is."""
    return next((kind for kind, words in _KINDS if words.search(name)), "other")
