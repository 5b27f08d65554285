"""What the words of a heading announce: measures to take, a general section (aims, organisation), or phases."""

import re
from typing import Literal

from plans.importing.spellings import plain

Kind = Literal["tasks", "general", "phase"]

# Headings over measures: their sub-headings are the topics.
_TASKS = re.compile(
    "(?:重点|主要|工作|具体|整治|目标|攻坚|行动|年度|专项|核心|基本)(?:整治|工作|专项|攻坚)?(?:任务|内容|重点|措施|事项)|(?:重点|主要)工作|^任务|"
    "任务(?:分工|清单|分解|措施)|(?:整治|排查|检查|治理)的?(?:重点|内容|范围|任务|事项)|工作举措|重点(?:行业)?领域|重点举措|主要举措|^(?:工作)?措施|"
    "(?:宣传|活动|培训|检查|整改|服务|创建)(?:的)?(?:重点|内容|任务|项目)|(?:形式|方式|方法)[和与]内容|"
    "职责分工|责任分工|工作分工|部门职责|^工作安排$|^专题"
)
# Headings that never hold measures of their own, wherever they stand.
_GENERAL = re.compile(
    "指导思想|总体(?:要求|思路|目标|部署|安排)|工作(?:目标|原则|思路|要求|方针)|基本(?:原则|思路|要求|情况)|"
    "(?:主要|总|行动|整治|预期|阶段性?|年度)目标|^目标(?:要求|任务)?$|(?:重要|重大|目的)(?:性|意义)|"
    "组织(?:领导|机构|保障|架构)|领导(?:机构|小组)|(?:保障|组织|推进)(?:措施|机制|保障)|有关要求|相关要求|^要求|"
    "责任追究|严肃(?:问责|追责|纪律)|考核(?:督导|评价|奖惩|问责|考评)|督导考核|督查考核|督导检查|督促检查|监督考核|奖惩|责任考核|"
    "舆论(?:引导|宣传|氛围)|宣传引导|实施范围|适用范围|整治范围|工作范围|附则|名词解释|编制依据|信息报送|总结经验|^背景|^其[他它](?:事项|要求)?$"
)
# Words that lean towards a general section and also stand over measures; they count half.
_LEANING = re.compile(
    "加强领导|强化督|督导|督查|问责|追责|考核|宣传|提高认识|政治站位|统筹推进|统筹协调|示范引领|联动协同|落实责任|责任落实|工作落实|对标落实|工作方法|"
    "站位|部署推进|共享及报送|监督指导|督促指导|经费保障|协作配合|协调配合|协同配合|形成合力"
)
_PHASE = re.compile(
    "阶段|时间安排|进度安排|实施步骤|工作步骤|方法步骤|步骤(?:安排|与|和|及)|时间步骤|推进步骤|"
    "^(?:动员部署|部署动员|发动部署|稳固提升|宣传发动|动员发动|排查整治|调查整备|集中攻(?:坚|势)|集中整治|巩固提升|总结提升|总结验收|组织实施|自查自纠|启动部署|全面排查|"
    "检查验收|制定方案|解决难题|督导检查|深化提升)(?:阶段)?(?:\\(|。|$)"
)
_MEASURE = re.compile("专题|专项|安全(?:整治|治理|管理|监管|防范)|整治|治理|排查|工程|行动|隐患")


def kind_of(title: str) -> Kind | None:
    """What the heading announces by its words alone; None where they do not tell."""
    flat = plain(title)
    if _PHASE.search(flat) and not _MEASURE.search(_PHASE.sub("", flat, count=1)):
        return "phase"
    if _GENERAL.search(flat) and not ("任务" in flat and len(flat) <= 12):
        return "general"
    if _TASKS.search(flat) and len(flat) <= 20:
        return "tasks"
    return None


def generality(title: str) -> float:
    """How much the words speak for a general section: 1 surely, 0.5 perhaps, 0 not at all."""
    kind = kind_of(title)
    if kind in {"general", "phase"}:
        return 1.0
    if kind is None and _LEANING.search(plain(title)) and not _MEASURE.search(plain(title)):
        return 0.5
    return 0.0
