"""Nouns that plans use for a step of the time table, beside 阶段: 环节, 战役, 波次, 批次, 攻坚期."""

import re
from typing import Final

_STEP: Final = "阶段|步骤|环节|战役|节点|波次|轮次|批次|时段|时期"
_IN_TIME: Final = "准备|启动|动员|发动|宣传|自查|排查|整治|整改|攻坚|行动|巩固|总结|验收|评估|提升|推进|实施|集中"
NAMES: Final = (
    "动员部署|动员发动|宣传发动|宣传动员|动员培训|部署启动|启动部署|准备部署|筹备启动|工作启动|前期准备|准备工作"
    "|调查摸底|摸底排查|摸排|排查摸底|全面排查|排查整治|排查整改|排查|自查自纠|自查整改|自查|自纠|调查整备"
    "|组织实施|全面实施|集中实施|实施|推进落实|全面推进|深入推进|试点先行|集中行动|专项行动|开展行动"
    "|集中整治|集中攻坚|集中攻势|重点攻坚|攻坚克难|攻坚|专项整治|重点整治|全面整治|整治|整改落实|整改提高|整改提升|整改|解决难题"
    "|督导检查|督查检查|督促检查|督查|抽查|检查验收|考核验收|评估验收|验收|考核评估|考核|评估"
    "|巩固提升|巩固深化|巩固提高|巩固|总结提升|总结提高|总结验收|总结评估|总结表彰|总结推广|总结|提升|建章立制|长效机制|制定方案|\u201c?回头看\u201d?"
)
USUAL_NAME: Final = re.compile(rf"(?:{NAMES})(?:[、和与及,]?(?:{NAMES}))?(?:阶段|工作)?$")
STEP_END: Final = re.compile(rf"(?:{_STEP}|(?:{_IN_TIME})[期季]|[春夏秋冬]{{1,2}}季?)$")
"""How the name of a step ends. 汛期, 学期 and 季度 are none."""
ANOTHER_STEP: Final = re.compile(rf"(?!.*阶段$).{{1,14}}{STEP_END.pattern}")
"""A name that is a step by its noun, though it says no 阶段."""
