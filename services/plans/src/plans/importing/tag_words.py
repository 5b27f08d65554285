"""Word tables of responsibility tags: labels before a list, role words after a list."""

from typing import Final

from plans.importing.unit_words import words

_UNITS: Final = words("单位 部门 科室 处室 股室 机构 站所 班组 车间 院系")


def _labels(duties: str) -> tuple[str, ...]:
    return tuple(duty + unit for duty in words(duties) for unit in _UNITS)


LABELS: Final[dict[str, tuple[str, ...]]] = {
    "lead": _labels("牵头 牵头责任 主办 主责 主管 第一责任 主要责任 主体责任") + words("牵头 主责 主办"),
    "duty": _labels("责任 负责 承办 实施 落实 执行 完成") + words("责任主体 责任区域 责任 负责"),
    "support": _labels("配合 配合责任 协办 协助 协同 协作 参与 参加 支持 联合")
    + words("配合 协办 协助 参与 参加 协同 协作 支持"),
    "territorial": words("属地责任 属地责任单位 属地单位 属地管理单位 属地"),
    "person": words("""
        责任领导 主责责任人 牵头领导 分管领导 责任人 第一责任人 具体责任人 直接责任人 帮扶责任人 主要责任人 领导责任人
        包保责任人 包保领导 包联领导 挂点领导 挂钩领导 牵头人 责任县领导 责任市领导 牵头县领导 牵头市领导 牵头区领导
        责任区领导 负责人 具体负责人 分管负责人 主要负责人 责任校领导 分管校领导 主管领导 督导领导 督办领导 联系领导
        包抓领导 包案领导 总负责人 第一负责人 责任同志 牵头负责人
    """),
    "other": words("""
        完成时限 完成时间 整改时限 整治时限 办结时限 时限 时间 时间要求 时间节点 期限 完成期限 进度 目标 备注 联系人
        联系电话 电话 督办 督导 监督 验收 督导单位 督办单位 验收单位 监管单位 监督单位 指导 指导单位 指导部门 业务指导
        业务指导单位 督导部门 督办部门 验收部门 监管部门 监督部门 审核单位 抄送单位
    """),
}
"""Role by label. `duty` leads, and supports where another label names the lead; `other` only ends the list before it."""

_DUTIES = r"的?职(?:责|能)(?:任务|权限|范围)?和?(?:任务)?(?:分工|权限)?"
_LEADS = (
    "总?牵头(?:抓总|总抓|主抓|负责|落实|实施|组织|推进|办理|抓落实|督促落实|指导|抓|统筹)?|负责牵头|主办|主抓|总负责|负总责"
    "|作?为(?:主要)?责任单位|为牵头单位|为主"
)
_SUPPORTS = (
    "(?:予以|给予|负责|做好|共同|密切|积极|协同|大力|分工|主动){0,4}(?:配合|协助|协办|参与|参加|支持|协同|协作)"
    "(?:落实|实施|做好|负责|推进|办理|完成|工作)?"
)
_CARRIES_OUT = (
    "(?:具体|组织|共同|分别|抓好|直接|主要|全面){0,4}"
    "(?:负责落实|负责实施|负责组织实施|负责|组织实施|抓落实|抓好落实|落实|具体实施|承办|实施)"
)
_DONE = (
    "(?:(?:各自|分别|共同|抓好|做好|积极|协同|具体|依法){0,4}"
    "(?:分工负责|负责落实|负责推进|落实|负责|配合|推进|实施|承担|履职|参与|开展工作|协助))?"
)

ROLES: Final[tuple[tuple[str, str], ...]] = (
    # 按职责分工负责, 按照各自职责抓好落实, 依职责配合
    (
        "share",
        f"(?:分别|依法|共同)?(?:按照|按|依照|依据|依|根据|结合)(?:各自|各|本部门|部门|自身|工作|法定){{0,4}}{_DUTIES}{_DONE}",
    ),
    ("share", "各司其职|各负其责|分工负责|分头负责|分工落实|分工协作"),
    ("lead", _LEADS),
    # 落实属地责任, 负属地管理责任, 属地负责
    (
        "territorial",
        "(?:落实|履行|承担|负|负起|负有|压实)?好?(?:属地|区域)(?:管理|监管|安全|主体|防控){0,4}(?:责任|职责)?(?:负责|落实)?",
    ),
    # 落实行业监管责任
    ("sector", "(?:落实|履行|承担|负)好?(?:行业|部门|主管|专业|领域){0,4}(?:监管|管理|主管|指导|监督){0,4}(?:责任|职责)"),
    ("support", _SUPPORTS),
    ("duty", _CARRIES_OUT),
)
"""Role words that end a clause, in the order in which they are tried."""
