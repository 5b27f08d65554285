"""What starts a time limit that is no date of the calendar: 发现后, 印发之日起, 火情."""

import re
from typing import Final

# The first row that fits counts, so the special stands before the general.
_TRIGGERS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    # 排查阶段结束后 is the end of a phase, no inspection and no discovery.
    ("event", re.compile(r"(?:阶段|环节|步骤|战役)[^,。;]{0,6}(?:结束|完成|终了|工作后)后?$")),
    ("plan_issued", re.compile(r"(?:印发|下发|发文|本方案|本通知|方案)[^,。;]{0,6}(?:之日|后|起)|(?:印发|发文)之日")),
    ("publication", re.compile(r"(?:发布|公布|公开|出台|政策文件|制发|解读)")),
    ("fire", re.compile(r"火灾(?![^,。;]{0,2}隐患)|火情|火警|山火")),
    ("major_case", re.compile(r"(?:重大|大要|重特大|典型)[^,。;]{0,4}案|重大线索")),
    ("incident", re.compile(r"事故|突发|险情|灾情|紧急|异常|案件|事件")),
    ("major_hazard", re.compile(r"重大[^,。;]{0,6}隐患")),
    ("rectification", re.compile(r"整改(?:结果|完成|情况|结束)|整治结果|销号|验收")),
    ("receipt", re.compile(r"(?:收到|接到|接报|受理)")),
    ("change", re.compile(r"变更|调整|变动|更换|发生变化")),
    ("inspection", re.compile(r"(?:检查|督查|督导|排查|抽查|暗访)[^,。;]{0,6}(?:结束|完成|后)")),
    ("discovery", re.compile(r"发现|排查|问题|隐患|线索")),
    ("plan_issued", re.compile(r"之日起?")),
)
_HAPPENS: Final = re.compile(
    r"发现|发生|遇有?|一旦|出现|险情|灾情|事故|突发|火情|火灾|重大[^,。;]{0,6}隐患|整改结果|整治结果|解决不了|重大(?:问题|情况|事项)|紧急|异常|线索|案件|时,|变更|变动"
)


def trigger_of(words: str) -> str:
    """A key for the event that the words name; `event` when they name none of the known ones."""
    return next((key for key, pattern in _TRIGGERS if pattern.search(words)), "event")


def names_event(words: str) -> bool:
    """Whether the words speak of something that happens and is to be told."""
    return _HAPPENS.search(words) is not None
