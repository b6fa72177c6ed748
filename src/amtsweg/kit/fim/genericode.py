"""Code lists in OASIS genericode 1.0, as XRepository publishes them."""

from __future__ import annotations

from lxml import etree

from amtsweg.kit.fim.model import CodeList, FimError, Value
from amtsweg.kit.fim.xml import line_of, parse, text_of
from amtsweg.kit.findings import Finding, Severity

NAMESPACE = "http://docs.oasis-open.org/codelist/ns/genericode/1.0/"
_NAME_COLUMNS = ("name", "codename", "bezeichnung", "wert", "beschreibung", "label")
_HELP_COLUMNS = ("hilfe", "help", "erlaeuterung")


def read(
    document: bytes,
    *,
    file: str = "",
    code_column: str = "",
    name_column: str = "",
    help_column: str = "",
) -> CodeList:
    """Read a code list; the columns are those named, else the list's own recommendation.

    Raises FimError where the document is no genericode list or a code stands there twice.
    """
    root = parse(document, file=file)
    if etree.QName(root).localname != "CodeList":
        raise FimError([_finding("genericode.root", "This is no genericode list.", file, root)])
    columns = [str(column.get("Id")) for column in _all(root, "Column") if column.get("Id")]
    code = code_column or _key_column(root) or (columns[0] if columns else "")
    others = [column for column in columns if column != code]
    name = name_column or _named(others, _NAME_COLUMNS) or (others[0] if others else code)
    help_ = help_column or _named([c for c in others if c != name], _HELP_COLUMNS)
    missing = [column for column in (code, name) if column not in columns]
    if missing:
        message = f"The code list has no column '{missing[0]}'."
        raise FimError([_finding("genericode.column", message, file, root)])
    values: dict[str, Value] = {}
    findings = []
    for row in _all(root, "Row"):
        cells = {str(c.get("ColumnRef")): text_of(c) for c in row if c.get("ColumnRef")}
        value = Value(cells.get(code, ""), cells.get(name, ""), cells.get(help_, ""))
        if not value.code or value.code in values:
            problem = f"The code '{value.code}' is empty or stands in the list twice."
            findings.append(_finding("genericode.code", problem, file, row))
        values[value.code] = value
    if findings:
        raise FimError(findings)
    return CodeList(
        urn=_first(root, "CanonicalUri"),
        version=_first(root, "Version"),
        name=_first(root, "LongName") or _first(root, "ShortName"),
        values=tuple(values.values()),
        version_urn=_first(root, "CanonicalVersionUri"),
        code_column=code_column,
        name_column=name_column,
        help_column=help_column,
    )


def names(document: bytes) -> tuple[str, ...]:
    """Under what a list is found: its version URN and its URN; none where this is no list."""
    try:
        root = parse(document)
    except FimError:
        return ()
    if etree.QName(root).localname != "CodeList":
        return ()
    urn, version = _first(root, "CanonicalUri"), _first(root, "Version")
    dated = _first(root, "CanonicalVersionUri") or f"{urn}_{version}"
    return tuple(name for name in (dated, urn) if name.strip("_"))


def write(code_list: CodeList) -> bytes:
    """The genericode document of a list with its values; ``read`` gives the same list again."""
    code = code_list.code_column or "code"
    name = code_list.name_column or "name"
    help_ = code_list.help_column or "hilfe"
    root = etree.Element(f"{{{NAMESPACE}}}CodeList", nsmap={"gc": NAMESPACE})
    about = etree.SubElement(root, "Identification")
    for tag, text in (
        ("ShortName", code_list.name),
        ("LongName", code_list.name),
        ("Version", code_list.version),
        ("CanonicalUri", code_list.urn),
        ("CanonicalVersionUri", code_list.version_urn),
    ):
        etree.SubElement(about, tag).text = text
    columns = etree.SubElement(root, "ColumnSet")
    with_help = any(value.help for value in code_list.values)
    for column in (code, name, *([help_] if with_help else [])):
        described = etree.SubElement(
            columns, "Column", Id=column, Use="optional" if column == help_ else "required"
        )
        etree.SubElement(described, "ShortName").text = column
        etree.SubElement(described, "Data", Type="string")
    key = etree.SubElement(columns, "Key", Id="codeKey")
    etree.SubElement(key, "ShortName").text = "codeKey"
    etree.SubElement(key, "ColumnRef", Ref=code)
    rows = etree.SubElement(root, "SimpleCodeList")
    for value in code_list.values:
        row = etree.SubElement(rows, "Row")
        for column, text in ((code, value.code), (name, value.label), (help_, value.help)):
            if text:
                cell = etree.SubElement(row, "Value", ColumnRef=column)
                etree.SubElement(cell, "SimpleValue").text = text
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _all(root: etree._Element, name: str) -> list[etree._Element]:
    """Elements by local name: real lists are written with and without the namespace."""
    return list(root.iter(f"{{*}}{name}"))


def _first(root: etree._Element, name: str) -> str:
    return text_of(next(root.iter(f"{{*}}{name}"), None))


def _key_column(root: etree._Element) -> str:
    keys = _all(root, "Key")
    recommended = [key for key in keys if _all(key, "recommendedKeyColumn")] or keys
    references = _all(recommended[0], "ColumnRef") if recommended else []
    return str(references[0].get("Ref", "")) if references else ""


def _named(columns: list[str], wanted: tuple[str, ...]) -> str:
    by_name = {column.lower(): column for column in columns}
    return next((by_name[name] for name in wanted if name in by_name), "")


def _finding(code: str, message: str, file: str, at: etree._Element) -> Finding:
    remedy = "Fetch the list from the XRepository again."
    return Finding(code, Severity.ERROR, message, remedy, file, line_of(at))
