"""A YAML file as plain values plus the place of every node, read without ever building an object from a tag."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_NODES: Final = 200_000
MAX_DEPTH: Final = 20

Value = None | bool | int | Decimal | str | list["Value"] | dict[str, "Value"]
Path_ = tuple[str | int, ...]
_TAG: Final = "tag:yaml.org,2002:"


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: where (file, place, key path) and what, in Chinese and in English."""

    file: str
    place: Place
    key: str
    chinese: str
    english: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.place.line}:{self.place.column}"
        return f"{where}: {self.key or '(文件)'}: {self.chinese} / {self.english}"


class ScenarioError(Exception):
    """The file cannot be run. `problems` holds everything that was found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.place, problem.key))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Document:
    """The values of a file; `values` and `keys` hold the place of each value and of each mapping key by path."""

    file: str
    root: Value = None
    values: dict[Path_, Place] = field(default_factory=dict)
    keys: dict[Path_, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, path: Path_, chinese: str, english: str, *, at_key: bool = False) -> None:
        """Note a problem at the value of `path` (or at its key), or at the nearest place above that exists."""
        places = (self.keys, self.values) if at_key else (self.values, self.keys)
        known = path
        while known not in places[0] and known not in places[1] and known:
            known = known[:-1]
        place = places[0].get(known) or places[1].get(known) or Place(1, 1)
        self.problems.append(Problem(self.file, place, key_of(path), chinese, english))


def key_of(path: Path_) -> str:
    """Write a path the way people read it: `actions[3].obligation`, items counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        ScenarioError: the file is missing, unreadable, too big, not UTF-8, not YAML, or not a single mapping.
    """
    document = Document(str(path))
    try:
        node = _parse(path)
    except _UnreadableError as error:
        raise ScenarioError([Problem(str(path), error.place, "", error.chinese, error.english)]) from error
    if not isinstance(node, MappingNode):
        document.report((), "文件的最外层必须是键值对", "the file must be a mapping of keys to values")
        raise ScenarioError(document.problems)
    try:
        document.root = _Builder(document).build(node, (), frozenset())
    except _UnreadableError as error:
        document.problems.append(Problem(str(path), error.place, "", error.chinese, error.english))
        raise ScenarioError(document.problems) from error
    return document


class _UnreadableError(Exception):
    def __init__(self, place: Place, chinese: str, english: str) -> None:
        super().__init__(english)
        self.place, self.chinese, self.english = place, chinese, english


def _parse(path: Path) -> Node | None:
    start = Place(1, 1)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _UnreadableError(start, "文件不存在", "the file does not exist") from error
    except OSError as error:
        raise _UnreadableError(start, "文件无法读取", f"the file cannot be read: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise _UnreadableError(start, f"文件超过 {MAX_BYTES} 字节", f"the file is larger than {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise _UnreadableError(Place(line, column), "文件不是 UTF-8 编码", "the file is not UTF-8") from error
    try:
        node: Node | None = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else start
        raise _UnreadableError(place, "不是合法的 YAML", f"not valid YAML: {error.problem or error.context}") from error
    except (YAMLError, YAMLStreamError, ValueError, RecursionError) as error:
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _UnreadableError(start, "不是合法的 YAML", f"not valid YAML: {detail}") from error
    return node


class _Builder:
    """Turns nodes into values. Aliases are followed, so the nodes are counted as expanded: a bomb ends the reading."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes = 0

    def build(self, node: Node, path: Path_, above: frozenset[int]) -> Value:
        place = _place(node)
        self._document.values[path] = place
        self._nodes += 1
        if self._nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _UnreadableError(place, "内容过多或嵌套过深", f"more than {MAX_NODES} values or {MAX_DEPTH} levels")
        if id(node) in above:
            raise _UnreadableError(place, "别名引用了自己", "an alias refers to itself")
        inside = above | {id(node)}
        if isinstance(node, MappingNode):
            return self._mapping(node, path, inside)
        if isinstance(node, SequenceNode):
            return [self.build(child, (*path, index), inside) for index, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path_, above: frozenset[int]) -> Value:
        result: dict[str, Value] = {}
        for key_node, value_node in node.value:
            place = _place(key_node)
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str):
                raise _UnreadableError(place, "键必须是文本", "a key must be text")
            here = (*path, key)
            if key in result:
                problem = Problem(self._document.file, place, key_of(here), "键重复", "the key is given twice")
                self._document.problems.append(problem)
                continue
            self._document.keys[here] = place
            result[key] = self.build(value_node, here, above)
        return result

    def _scalar(self, node: Node, path: Path_) -> Value:
        tag, text = str(node.tag), str(node.value)
        read = _SCALARS.get(tag.removeprefix(_TAG))
        if read is None:
            self._document.report(path, f"不允许的 YAML 标签 {tag}", f"the YAML tag {tag} is not allowed")
            return None
        try:
            return read(text)
        except (ValueError, ArithmeticError):
            self._document.report(path, f"不是数字：{text}", f"{text!r} is not a number")
            return None


def _whole(text: str) -> int:
    digits = text.replace("_", "")
    return int(digits, 0 if digits.lstrip("+-")[:2].lower() in {"0x", "0o", "0b"} else 10)


# An unquoted date or time of day stays the text it was written as.
_SCALARS: Final[Mapping[str, Callable[[str], Value]]] = {
    "str": str,
    "timestamp": str,
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": _whole,
    "float": lambda text: Decimal(text.replace("_", "")),
}


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
