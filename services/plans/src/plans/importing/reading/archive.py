"""The parts of a .docx package, unpacked within bounds and parsed without any of XML's ways to reach outside or to explode."""

import zipfile
import zlib
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from plans.importing.refusal import Unreadable

MAX_MEMBERS: Final = 5_000
MAX_PART_BYTES: Final = 48 * 1024 * 1024
"""Of one XML part; a document of 300 pages has about 5 MiB."""
MAX_RATIO: Final = 200
"""Unpacked to packed, of a part. Word's own parts reach about 30."""
_MIN_SUSPECT_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 256
_ENCRYPTED_FLAG: Final = 0x1
_TRANSITIONAL: Final = {
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
}
"""Documents saved as "strict" say the same in another namespace."""


class Archive:
    """A zip file whose named members are read one at a time, never unpacked to disk."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, EOFError) as error:
            raise Unreadable("damaged") from error
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise Unreadable("hostile", f"内含 {len(members)} 个部件")
        self._members = {member.filename: member for member in members}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def xml(self, name: str) -> Element | None:
        """Return the root of an XML part, None where there is no such part.

        Raises:
            Unreadable: `hostile`, `encrypted`, `damaged`.
        """
        member = self._members.get(name)
        return None if member is None else parse_xml(self._read(member))

    def _read(self, member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise Unreadable("encrypted")
        declared, packed = member.file_size, max(member.compress_size, 1)
        if declared > MAX_PART_BYTES or (declared > _MIN_SUSPECT_BYTES and declared / packed > MAX_RATIO):
            raise Unreadable("hostile", "解压后体积异常")
        try:
            with self._zip.open(member) as part:
                # The declared size may lie: what comes out is bounded as well.
                content = part.read(declared + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise Unreadable("damaged") from error
        if len(content) != declared:
            raise Unreadable("hostile", "部件大小与声明不符")
        return content


def parse_xml(content: bytes) -> Element:
    """Parse without document type: no entities, internal or external. Names are `{namespace}local`.

    Raises:
        Unreadable: `hostile` for a document type or absurd nesting, `damaged` for XML that is not well-formed.
    """
    builder = TreeBuilder()
    depth = 0
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_: object) -> None:
        raise Unreadable("hostile", "含有外部实体或文档类型声明")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable("hostile", "嵌套过深")
        builder.start(_clark(name), {_clark(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_clark(name))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise Unreadable("damaged") from error


def _clark(name: str) -> str:
    if "}" not in name:
        return name
    space, local = name.rsplit("}", 1)
    return f"{{{_TRANSITIONAL.get(space, space)}}}{local}"
