"""Word tables of the names of units, groups of units, posts and persons, as plans print them."""

from typing import Final


def words(table: str) -> tuple[str, ...]:
    """A table written as words between blanks."""
    return tuple(table.split())


UNIT_ENDS: Final = words("""
    局 厅 部 委 办 院 所 站 队 处 科 室 组 社 署 厂 园 司 股 台 馆 会 联 行 校 镇 乡 村 区 县 市 省 州 盟 旗 街道 社区
    中心 公司 集团 政府 部门 单位 机构 组织 企业 学校 医院 大学 中学 小学 幼儿园 支部 党委 党组 专班 车间 消防 公安 交警 城管
    管委 基地 林场 农场 平台 防指 镇街 镇办 乡镇 县区 区县 市县 旗县 各地 属地 物业 网格 家庭 机关 团
""")
"""What the name of a unit or of a group of units ends in."""

POST_ENDS: Final = words("""
    长 主任 书记 经理 负责人 责任人 干部 教师 老师 副总 总裁 总监 工程师 领导 同志 人员 员 专家 法人 业主 医师 民警 文书 会计
    经营者 运营者 所有者 使用者 管理者 所有人 经营人 承包人 使用人 管理人 船方 施工方 监理方 建设方 船东 业户 商户
    医生 校医 护士 司机 保安
""")
"""What a post or a kind of person ends in."""

HALF_NAMES: Final = frozenset(
    words("""
    社会 农村 城市 乡村 城镇 城乡 机关 学校 园区 社区 企业 组织 公安 家庭 老区 山区 林区 库区 市场 物业 消防 城管 安全
    网络安全
""")
)
"""Words that end like a unit and yet are the first half of one name: 社会和…局, 农村与…办."""

FIRST_HALVES: Final = frozenset(
    words("""
    实验室 机构 景区 场站 站场 场馆 厂区 校区 院区 矿区 港区 库区 灌区 小区 社团 公园 基地 平台 船队 车队 住院 门诊 展馆 村镇
    商会 行会 协会 社会组织 图书馆
    """)
)
"""Words that end like a unit and are the first half of a name whose second half says what is managed: 实验室与设备管理处."""

DOUBLES: Final = words("""
    住房[和与]城乡 工业[和与]信息 发展[和与]改革 资源[和与]社会 文化[和与]旅游 资源[和与]规划 规划[和与]自然
    卫生[和与]计划 民族[和与]宗教 海洋[和与]渔业 管理[和与]综合 教育[和与]体育 科技[和与](?:信息|工业) 经济[和与]信息
    农业[和与]农村 林业[和与]草原 园林[和与]林业 水利[和与]湖泊 粮食[和与]物资 商务[和与] 科学[和与]技术 扶贫[和与]移民
    住房保障[和与] 城乡建设[和与] 广播[和与]电视
""")
"""Duties that one unit has together: 住房和城乡建设部门 is one name, 公安和交通部门 are two."""

SENTENCE_WORDS: Final = words("""
    加强 推进 开展 建立 推动 确保 坚持 做好 应当 必须 进行 实施 完善 提高 强化 不得 严格 情况 问题 以下 要求 根据 按照
    依据 通过 结合 非法 违法 违规 实行 执行 推行 举行 试行 履行 运行
    对于 关于 因为 由于 如果 可以 如需 其中 包括 含 即 见 详见 参见
""")
"""Words that sentences have and names of units have not."""

SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛"
    "叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文温官严"
)
"""Common surnames; a name of two or three characters after one of them may be a person."""

AREA_PARTS: Final = words(r"""
    各 相关 有关 省 市 县 区 旗 州 镇 乡 村 街 社 街道 乡镇 镇街 镇办 社区 村居 园区 功能区 开发区 集体经济组织 地 属地
    \( \) 、 级 级以上 人民 政府 办事处 党委 委员会 管委会 全 所有 辖区
""")
"""What the name of a group of areas is made of (各镇街, 各县(市、区)人民政府, 各村(社区))."""
