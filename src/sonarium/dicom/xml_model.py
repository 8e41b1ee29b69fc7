"""The Native DICOM Model in XML (PS3.19 A.1): attributes out, documents in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast
from xml.parsers import expat

from sonarium.dicom.dictionary import keyword_of
from sonarium.dicom.errors import InvalidAttribute
from sonarium.dicom.header import Header
from sonarium.dicom.json_model import BulkDataURI, header_as_written
from sonarium.dicom.value import parse_number
from sonarium.dicom.value_representation import NUMBER_FORMATS
from sonarium.domain.attributes import Attributes, Element, JSONValue, tag_key

NAMESPACE: Final = "http://dicom.nema.org/PS3.19/models/NativeDICOM"

_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_COMPONENTS: Final = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
_SPECIAL: Final = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_MOST_DEPTH: Final = 256
_MOST_ELEMENTS: Final = 250_000


def header_to_xml(header: Header, bulk_data_uri: BulkDataURI | None) -> bytes:
    """Turn a header into a `NativeDicomModel` document."""
    return attributes_to_xml(header_as_written(header, bulk_data_uri))


def attributes_to_xml(attributes: Attributes) -> bytes:
    """Turn JSON-model attributes (a QIDO-RS answer, say) into a `NativeDicomModel` document.

    Characters that XML 1.0 cannot hold become U+FFFD.
    """
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<NativeDicomModel xmlns="{NAMESPACE}" xml:space="preserve">',
        *_level(attributes),
        "</NativeDicomModel>\n",
    ]
    return "".join(parts).encode("utf-8")


def _escape(text: str) -> str:
    """Make a text safe between tags and between quotes."""
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], "\ufffd"), text)


def _level(attributes: Attributes) -> Iterator[str]:
    for key in sorted(attributes):
        tag, element = int(key, 16), attributes[key]
        group, number = tag >> 16, tag & 0xFFFF
        described = key
        more = ""
        if group & 1:
            if 0x10 <= number <= 0xFF:
                continue  # a private creator: `privateCreator` says it
            creator = _creator(attributes, group, number >> 8)
            if creator:
                described = tag_key(group << 16 | number & 0xFF)
                more = f' privateCreator="{_escape(creator)}"'
        else:
            keyword = keyword_of(tag)
            more = f' keyword="{keyword}"' if keyword else ""
        head = f'<DicomAttribute tag="{described}" vr="{element["vr"]}"{more}'
        content = "".join(_content(element))
        yield f"{head}>{content}</DicomAttribute>" if content else f"{head}/>"


def _creator(attributes: Attributes, group: int, block: int) -> str:
    values = attributes.get(tag_key(group << 16 | block), {}).get("Value")
    return str(values[0]) if isinstance(values, list) and values else ""


def _content(element: Element) -> Iterator[str]:
    if "BulkDataURI" in element:
        yield f'<BulkData uri="{_escape(str(element["BulkDataURI"]))}"/>'
    elif "InlineBinary" in element:
        yield f"<InlineBinary>{_escape(str(element['InlineBinary']))}</InlineBinary>"
    values = element.get("Value")
    for number, value in enumerate(values if isinstance(values, list) else (), 1):
        if element["vr"] == "SQ":
            yield f'<Item number="{number}">'
            yield from _level(cast(Attributes, value or {}))
            yield "</Item>"
        elif isinstance(value, dict):
            yield f'<PersonName number="{number}">'
            yield from _name(value)
            yield "</PersonName>"
        elif value is not None:
            yield f'<Value number="{number}">{_escape(str(value))}</Value>'


def _name(groups: dict[str, JSONValue]) -> Iterator[str]:
    for group in _GROUPS:
        text = groups.get(group)
        if not text:
            continue
        parts = str(text).split("^", len(_COMPONENTS) - 1)
        inner = "".join(
            f"<{component}>{_escape(part)}</{component}>"
            for component, part in zip(_COMPONENTS, parts, strict=False)
            if part
        )
        yield f"<{group}>{inner}</{group}>"


def xml_to_attributes(document: bytes) -> Attributes:
    """Read a `NativeDicomModel` document into the JSON model.

    The result still needs `json_model.json_to_data_set`, which checks each value.

    Raises:
        InvalidAttribute: names what is wrong. Document type declarations are refused.
    """
    root = _parse(document)
    if root.name != "NativeDicomModel":
        raise InvalidAttribute("the document", "its root is not NativeDicomModel")
    return _read_level(root)


@dataclass(slots=True)
class _Node:
    """An XML element: its attributes, children and text."""

    name: str
    fields: dict[str, str]
    children: "list[_Node]" = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class _TreeBuilder:
    """Builds a small tree; bounded, without entities."""

    def __init__(self) -> None:
        self._open = [_Node("", {})]
        self._count = 0

    @property
    def root(self) -> _Node:
        return self._open[0].children[0]

    def start(self, name: str, fields: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > _MOST_DEPTH or self._count > _MOST_ELEMENTS:
            raise InvalidAttribute("the document", "it is nested too deeply or too long")
        node = _Node(name.removeprefix(NAMESPACE + " "), fields)
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def refuse(self, *_declared: object) -> None:
        raise InvalidAttribute("the document", "it declares a document type")


def _parse(document: bytes) -> _Node:
    builder = _TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise InvalidAttribute("the document", "it is not well-formed XML") from error
    return builder.root


def _read_level(parent: _Node) -> Attributes:
    attributes: Attributes = {}
    blocks: dict[tuple[int, str], int] = {}
    for node in parent.children:
        if node.name != "DicomAttribute":
            raise InvalidAttribute("the document", f"{node.name[:40]} stands for an attribute")
        tag = _tag_of(node, blocks)
        if tag_key(tag) in attributes:
            raise InvalidAttribute(tag_key(tag), "it stands twice in one item")
        element = attributes[tag_key(tag)] = _read_element(node)
        values = element.get("Value")
        if (tag >> 16) & 1 and 0x10 <= tag & 0xFFFF <= 0xFF and isinstance(values, list):
            blocks.setdefault((tag >> 16, str(values[0])), tag & 0xFF)
    for (group, creator), block in blocks.items():
        attributes.setdefault(tag_key(group << 16 | block), {"vr": "LO", "Value": [creator]})
    return attributes


def _tag_of(node: _Node, blocks: dict[tuple[int, str], int]) -> int:
    """Return the tag, in a block of its private creator where it has one (PS3.5 7.8.1)."""
    written, creator = node.fields.get("tag", ""), node.fields.get("privateCreator")
    if re.fullmatch(r"[0-9A-Fa-f]{8}", written, re.ASCII) is None:
        raise InvalidAttribute("the document", "a tag is not eight hexadecimal digits")
    tag = int(written, 16)
    group = tag >> 16
    if creator is None or not group & 1:
        return tag
    if (group, creator) not in blocks:
        taken = {block for (other, _), block in blocks.items() if other == group}
        free = next((block for block in range(0x10, 0x100) if block not in taken), None)
        if free is None:
            raise InvalidAttribute("the document", "a group has too many private creators")
        blocks[group, creator] = free
    return group << 16 | blocks[group, creator] << 8 | tag & 0xFF


def _read_element(node: _Node) -> Element:
    vr = node.fields.get("vr", "")
    element: Element = {"vr": vr} if vr else {}
    values: list[JSONValue] = []
    for child in node.children:
        if child.name == "BulkData":
            element["BulkDataURI"] = child.fields.get("uri") or child.fields.get("uuid", "")
        elif child.name == "InlineBinary":
            element["InlineBinary"] = "".join(child.text.split())
        elif child.name in {"Value", "PersonName", "Item"}:
            _place_value(values, child, _read_value(child, vr))
    if values:
        element["Value"] = values
    return element


def _place_value(values: list[JSONValue], child: _Node, value: JSONValue) -> None:
    """Put a value where its number says; numbers left out are empty values."""
    number = child.fields.get("number", str(len(values) + 1))
    if not number.isdecimal() or not len(values) < int(number) <= len(values) + 10_000:
        raise InvalidAttribute("the document", "a value has no number, or one out of order")
    values += [None] * (int(number) - len(values) - 1)
    values.append(value)


def _read_value(child: _Node, vr: str) -> JSONValue:
    if child.name == "Item":
        return cast(JSONValue, _read_level(child))
    if child.name == "PersonName":
        return {
            group.name: "^".join(_components(group)) for group in child.children if group.children
        }
    if vr in NUMBER_FORMATS:
        number = parse_number(child.text)
        return child.text.strip() if number is None else number
    return child.text or None


def _components(group: _Node) -> list[str]:
    texts = {component.name: component.text for component in group.children}
    parts = [texts.get(component, "") for component in _COMPONENTS]
    while parts and not parts[-1]:
        parts.pop()
    return parts
