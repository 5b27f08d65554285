"""Why a file was not read."""

from typing import Final, Literal

Code = Literal[
    "empty",
    "too_large",
    "too_much_text",
    "unsupported_format",
    "wrong_extension",
    "legacy_word",
    "encrypted",
    "damaged",
    "hostile",
    "scanned",
    "unknown_encoding",
    "not_text",
    "too_slow",
    "too_much_memory",
    "failed",
]

# code: (what is wrong, what the person can do)
_WORDS: Final[dict[Code, tuple[str, str]]] = {
    "empty": ("文件是空的", "请确认选对了文件"),
    "too_large": ("文件超过大小上限", "请去掉图片或拆成几个文件后再导入"),
    "too_much_text": ("文字超过长度上限", "请拆成几个文件后再导入"),
    "unsupported_format": ("不支持这种文件格式", "请另存为 .txt、.docx 或 .pdf 后再导入"),
    "wrong_extension": ("文件内容与扩展名不符", "请按实际格式改正扩展名后再导入"),
    "legacy_word": ("这是旧版 Word 文件(.doc)", "请在 Word 或 WPS 中另存为 .docx 后再导入"),
    "encrypted": ("文件已加密,没有密码读不出来", "请去掉打开密码后再导入"),
    "damaged": ("文件已损坏或不完整", "请重新下载或重新保存后再导入"),
    "hostile": ("文件结构异常,为安全起见拒绝读取", "请在办公软件中打开后另存一份再导入"),
    "scanned": ("PDF 里没有文字,可能是扫描件", "请先做文字识别(OCR),或索取电子原件"),
    "unknown_encoding": ("认不出文本的编码", "请用 UTF-8 或 GB18030 编码另存后再导入"),
    "not_text": ("这不是文本文件", "请另存为 .txt、.docx 或 .pdf 后再导入"),
    "too_slow": ("读取超过时间上限,已停止", "请拆成几个文件,或另存一份后再导入"),
    "too_much_memory": ("读取超过内存上限,已停止", "请拆成几个文件,或另存一份后再导入"),
    "failed": ("程序读取这个文件时出错", "请把文件交给平台维护人员"),
}


class Unreadable(Exception):  # noqa: N818 - it says what the file is
    """The file cannot be read. `code` is stable, `message` says in Chinese what is wrong, `remedy` what to do about it."""

    def __init__(self, code: Code, detail: str = "") -> None:
        words, self.remedy = _WORDS[code]
        self.code: Code = code
        self.detail = detail
        self.message = f"{words}({detail})" if detail else words
        super().__init__(self.message)
