"""XZuFi 2.2.0: read and write service descriptions (FIM-Baustein Leistungen, class Leistung).

``read`` and ``write`` are each other's inverse on the model; what the model does not type is kept.
``page_texts`` and ``description_of`` lead to the texts of a service page and back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from lxml import etree

from amtsweg.kit.fim import xml, xzufi_write
from amtsweg.kit.fim.markup import html_of, list_items, plain_text
from amtsweg.kit.fim.model import FimError
from amtsweg.kit.fim.xzufi_model import (
    NAMESPACE,
    TEXT_LIST,
    Code,
    CostModule,
    DeadlineModule,
    Identifier,
    LanguageVersion,
    LocalText,
    ServiceDescription,
    TextKind,
    TextModule,
    in_language,
    language_of,
)
from amtsweg.kit.fim.xzufi_read import Reader
from amtsweg.kit.fim.xzufi_words import cost_lines, deadline_lines

PageTexts = dict[str, str | list[str]]
"""The table ``[service]`` of a package's texts: ``documents`` is a list, the rest sentences."""

# Which module a text of the page comes from; the first that speaks the language wins. The name
# for people goes before the official one, the teaser before the short text.
_SOURCES: Mapping[str, tuple[TextKind, ...]] = {
    "name": (TextKind.NAME_FOR_PEOPLE, TextKind.NAME),
    "summary": (TextKind.TEASER, TextKind.SHORT, TextKind.FULL),
    "who": (TextKind.CONDITIONS,),
    "documents": (TextKind.DOCUMENTS,),
    "legal_basis": (TextKind.LEGAL_BASIS,),
    "remedy": (TextKind.REMEDY,),
}
# Where ``description_of`` lays them: the official name is the one that every description has.
_TARGETS: Mapping[str, TextKind] = {
    "name": TextKind.NAME,
    "summary": TextKind.TEASER,
    "who": TextKind.CONDITIONS,
    "documents": TextKind.DOCUMENTS,
    "legal_basis": TextKind.LEGAL_BASIS,
    "remedy": TextKind.REMEDY,
}
_LEIKA_LIST = "urn:de:fim:leika:leistung"


def read(document: bytes, *, file: str = "") -> ServiceDescription:
    """Read the one service of a document; raises FimError with every finding."""
    found = read_all(document, file=file)
    if len(found) > 1:
        reader = Reader(file)
        message = f"The file holds {len(found)} service descriptions where one is read."
        reader.report("xzufi.many", message, None, "Export each service to a file of its own.")
        raise FimError(reader.findings)
    return found[0]


def read_all(document: bytes, *, file: str = "") -> tuple[ServiceDescription, ...]:
    """Read a service, or all that a transfer message writes (``schreibe``).

    The message's head is not kept. Raises FimError with every finding.
    """
    reader = Reader(file)
    found = reader.services(xml.parse(document, file=file))
    if reader.findings:
        raise FimError(reader.findings)
    return tuple(found)


def write(description: ServiceDescription) -> bytes:
    """The element ``leistung``: UTF-8, indented, the same bytes for the same description."""
    root = xzufi_write.service(description)
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def page_texts(description: ServiceDescription) -> dict[str, PageTexts]:
    """What a service page says, as plain text by language: ``{"de": {"name": …}, "en": …}``.

    The keys are those of the package's ``[service]``; what the description does not say is absent.
    Deadlines and costs without words become words in German and English. A text of a country
    (``de-AT``) speaks where the language itself is silent.
    """
    texts = ((lang, _page(description, lang)) for lang in _languages(description))
    return {language: page for language, page in texts if page}


def description_of(
    texts: Mapping[str, PageTexts],
    *,
    id: Identifier,  # noqa: A002 -- the model's word
    leika_keys: Sequence[str] = (),
) -> ServiceDescription:
    """A description that says what a page says; ``page_texts`` reads the same texts from it."""
    return ServiceDescription(
        id=id,
        leika_keys=tuple(Code(key, _LEIKA_LIST) for key in leika_keys),
        texts=tuple(
            TextModule(Code(kind, *TEXT_LIST), said)
            for key, kind in _TARGETS.items()
            if (said := _said(texts, key))
        ),
        deadlines=_described(_said(texts, "when")),
        costs=CostModule(description=cost) if (cost := _said(texts, "cost")) else None,
        processing_time=_described(_said(texts, "time")),
        languages=tuple(LanguageVersion(language) for language in texts),
    )


def _page(description: ServiceDescription, language: str) -> PageTexts:
    page: PageTexts = {}
    for key, kinds in _SOURCES.items():
        html = next(filter(None, (_module(description, kind, language) for kind in kinds)), "")
        if key == "documents":
            page[key] = list(list_items(html)) or _document_names(description, language)
        else:
            page[key] = plain_text(html)
    page["when"] = _timed(description.deadlines, language)
    page["time"] = _timed(description.processing_time, language)
    costs = description.costs or CostModule()
    page["cost"] = _joined(cost_lines(costs.costs, language), costs.description, language)
    return {key: said for key, said in page.items() if said}


def _timed(module: DeadlineModule | None, language: str) -> str:
    module = module or DeadlineModule()
    return _joined(deadline_lines(module.deadlines, language), module.description, language)


def _joined(lines: Sequence[str], description: tuple[LocalText, ...], language: str) -> str:
    """Amounts and spans, as a list where there are several, then the editors' own words."""
    facts = "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)
    return "\n\n".join(filter(None, (facts, plain_text(in_language(description, language)))))


def _document_names(description: ServiceDescription, language: str) -> list[str]:
    incoming = description.documents.incoming if description.documents else ()
    names = (plain_text(in_language(document.name, language)) for document in incoming)
    return [name for name in names if name]


def _module(description: ServiceDescription, kind: TextKind, language: str) -> str:
    modules = (module for module in description.texts if module.kind is kind)
    return "".join(in_language(module.content, language) for module in modules)


def _languages(description: ServiceDescription) -> list[str]:
    """Languages in which any text stands, in the order in which they first appear."""
    modules = (description.deadlines, description.processing_time, description.costs)
    texts = [text for module in description.texts for text in module.content]
    texts += [text for module in modules if module for text in module.description]
    return list(dict.fromkeys(language_of(text.language) for text in texts))


def _said(texts: Mapping[str, PageTexts], key: str) -> tuple[LocalText, ...]:
    found = ((language, page.get(key)) for language, page in texts.items())
    return tuple(LocalText(language, _html(key, said)) for language, said in found if said)


def _html(key: str, said: str | list[str]) -> str:
    if key == "name":  # shown in headings and lists, where a paragraph would break the line
        return escape(str(said), quote=False)
    return html_of(said if isinstance(said, str) else "\n".join(f"- {item}" for item in said))


def _described(description: tuple[LocalText, ...]) -> DeadlineModule | None:
    return DeadlineModule(description=description) if description else None


__all__ = [
    "NAMESPACE",
    "PageTexts",
    "description_of",
    "page_texts",
    "read",
    "read_all",
    "write",
]
