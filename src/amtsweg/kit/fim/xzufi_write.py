"""The writing half of the XZuFi codec: elements in the order of the standard."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from amtsweg.kit.fim.xzufi_model import (
    COST,
    DEADLINE,
    DOCUMENT,
    MODULE,
    NAMESPACE,
    SERVICE,
    STRUCTURE,
    Code,
    Cost,
    CostModule,
    Deadline,
    DeadlineModule,
    Document,
    DocumentModule,
    Duration,
    FixedCost,
    Frame,
    History,
    Identifier,
    KeyDates,
    LanguageVersion,
    Link,
    LocalText,
    Money,
    Node,
    Period,
    Price,
    ServiceDescription,
    Structure,
    TextModule,
    VariableCost,
    place,
)
from amtsweg.kit.fim.xzufi_values import IDENTIFIER, XSI_TYPE, Q

_XSI = XSI_TYPE[1:].partition("}")[0]


def service(description: ServiceDescription) -> etree._Element:
    """The element ``leistung`` of a description."""
    root = etree.Element(Q + "leistung", nsmap={"xzufi": NAMESPACE, "xsi": _XSI})
    _identifier(root, "id", description.id)
    _identifiers(root, "idSekundaer", description.other_ids)
    if description.structure is not None:
        _structure(root, description.structure)
    for key in description.leika_keys:
        _code(root, "referenzLeiKa", key)
    _modules(root, description)
    for type_ in description.types:
        _code(root, "typisierung", type_)
    if description.trust_level is not None:
        _code(root, "vertrauensniveau", description.trust_level)
    _identifiers(root, "gueltigkeitGebietID", description.areas)
    if description.history is not None:
        _history(_add(root, "versionsinformation"), description.history)
    for language in description.languages:
        _language_version(root, language)
    _validity(root, description.validity)
    return _finish(root, description.other, SERVICE)


def _modules(root: etree._Element, description: ServiceDescription) -> None:
    for text in description.texts:
        _text_module(root, text)
    if description.deadlines is not None:
        _deadlines(root, "modulFrist", "frist", description.deadlines)
    if description.costs is not None:
        _costs(root, description.costs)
    if description.processing_time is not None:
        name = "modulBearbeitungsdauer"
        _deadlines(root, name, "bearbeitungsdauer", description.processing_time)
    if description.documents is not None:
        _documents(root, description.documents)


def _structure(parent: etree._Element, structure: Structure) -> None:
    at = _add(parent, "struktur")
    at.set(XSI_TYPE, "xzufi:" + structure.kind)
    if structure.object is not None:
        _identifier(at, "leistungsobjektID", structure.object)
    if structure.operation is not None:
        _code(_add(at, "verrichtung"), "verrichtungLeiKa", structure.operation)
    _texts(at, "verrichtungsdetail", structure.detail)
    _finish(at, structure.other, STRUCTURE)


def _text_module(parent: etree._Element, module: TextModule) -> None:
    at = _add(parent, "modulText")
    _code(at, "leikaTextmodul", module.code)
    _texts(at, "leikaTextmodulAbweichendeBezeichnung", module.title)
    _texts(at, "inhalt", module.content)
    _frame(at, module.frame)


def _deadlines(parent: etree._Element, name: str, child: str, module: DeadlineModule) -> None:
    at = _add(parent, name)
    for deadline in module.deadlines:
        _deadline(at, child, deadline)
    _texts(at, "beschreibung", module.description)
    _frame(at, module.frame)


def _deadline(parent: etree._Element, name: str, deadline: Deadline) -> None:
    at = _add(parent, name)
    if deadline.kind is not None:
        _open_code(at, "typ", deadline.kind)
    _span(_add(at, "fristauswahl"), deadline.span)
    _texts(at, "beschreibung", deadline.description)
    _number(at, "positionDarstellung", deadline.position)
    _validity(at, deadline.validity)
    _finish(at, deadline.other, DEADLINE)


def _span(choice: etree._Element, span: Duration | KeyDates) -> None:
    if isinstance(span, KeyDates):
        at = _add(choice, "stichtag")
        _optional(at, "von", span.start)
        _optional(at, "bis", span.end)
        return
    at = _add(choice, "dauer")
    _number(at, "dauer", span.amount)
    _code(at, "einheit", span.unit)
    _number(at, "dauerBis", span.amount_to)
    if span.unit_to is not None:
        _code(at, "einheitBis", span.unit_to)


def _costs(parent: etree._Element, module: CostModule) -> None:
    at = _add(parent, "modulKosten")
    for cost in module.costs:
        _cost(at, cost)
    _texts(at, "beschreibung", module.description)
    _frame(at, module.frame)


def _cost(parent: etree._Element, cost: Cost) -> None:
    at = _add(parent, "kosten")
    if cost.kind is not None:
        _open_code(at, "typ", cost.kind)
    _price(_add(at, "kostenauswahl"), cost.price)
    _texts(at, "beschreibung", cost.description)
    if cost.prepaid is not None:
        _add(at, "vorkasse", "true" if cost.prepaid else "false")
    _optional(at, "linkKostenbildung", cost.link)
    _number(at, "positionDarstellung", cost.position)
    _validity(at, cost.validity)
    _finish(at, cost.other, COST)


def _price(choice: etree._Element, price: Price) -> None:
    if isinstance(price, FixedCost):
        _money(_add(choice, "fix"), "betrag", price.amount)
    elif isinstance(price, VariableCost):
        at = _add(choice, "variabel")
        _money(at, "betragUntergrenze", price.minimum)
        _money(at, "betragObergrenze", price.maximum)
        _texts(at, "beschreibungVariabilitaet", price.why)
    else:
        _texts(_add(choice, "frei"), "beschreibungKostenfreiheit", price.why)


def _money(parent: etree._Element, name: str, money: Money | None) -> None:
    if money is not None:
        _add(parent, name, f"{money.amount:f}").set("currencyCode", money.currency)


def _documents(parent: etree._Element, module: DocumentModule) -> None:
    at = _add(parent, "modulDokument")
    for document in module.incoming:
        _document(at, "dokumentEingehend", document)
    for document in module.outgoing:
        _document(at, "dokumentAusgehend", document)
    _texts(at, "beschreibung", module.description)
    _frame(at, module.frame)


def _document(parent: etree._Element, name: str, document: Document) -> None:
    at = _add(parent, name)
    if document.kind is not None:
        _open_code(at, "typ", document.kind)
    _texts(at, "bezeichnung", document.name)
    _texts(at, "beschreibung", document.description)
    _identifiers(at, "referenzFormularID", document.forms)
    if document.signature is not None:
        _code(at, "angabeSignatur", document.signature)
    _finish(at, document.other, DOCUMENT)


def _frame(at: etree._Element, frame: Frame) -> None:
    _number(at, "positionDarstellung", frame.position)
    if frame.id is not None:
        _identifier(at, "id", frame.id)
    _identifiers(at, "idSekundaer", frame.other_ids)
    _validity(at, frame.validity)
    for link in frame.links:
        _link(at, link)
    _finish(at, frame.other, MODULE)


def _link(parent: etree._Element, link: Link) -> None:
    at = _add(parent, "weiterfuehrenderLink")
    if link.language:
        at.set("languageCode", link.language)
    _add(at, "uri", link.uri)
    _optional(at, "titel", link.title)
    _optional(at, "beschreibung", link.description)
    _number(at, "positionDarstellung", link.position)


def _history(at: etree._Element, history: History) -> None:
    _optional(at, "erstelltDatumZeit", history.created_at)
    _optional(at, "erstelltDurch", history.created_by)
    _optional(at, "geaendertDatumZeit", history.changed_at)
    _optional(at, "geaendertDurch", history.changed_by)
    _optional(at, "version", history.version)


def _language_version(parent: etree._Element, language: LanguageVersion) -> None:
    at = _add(parent, "sprachversion")
    _add(at, "languageCode", language.language)
    _optional(at, "sprachbezeichnungDeutsch", language.german_name)
    _optional(at, "sprachbezeichnungNativ", language.native_name)
    _history(at, language.history)


def _validity(parent: etree._Element, periods: Iterable[Period]) -> None:
    for period in periods:
        at = _add(parent, "gueltigkeit")
        _optional(at, "beginn", period.start)
        _optional(at, "ende", period.end)
        _texts(at, "zusatz", period.note)


def _texts(parent: etree._Element, name: str, texts: Iterable[LocalText]) -> None:
    for text in texts:
        _add(parent, name, text.text).set("languageCode", text.language)


def _identifiers(parent: etree._Element, name: str, ids: Iterable[Identifier]) -> None:
    for id_ in ids:
        _identifier(parent, name, id_)


def _identifier(parent: etree._Element, name: str, id_: Identifier) -> None:
    at = _add(parent, name, id_.value)
    values = (
        *(id_.agency, id_.agency_name, id_.data_uri, id_.scheme),
        *(id_.scheme_name, id_.scheme_uri, id_.scheme_version),
    )
    for attribute, value in zip(IDENTIFIER, values, strict=True):
        if value:
            at.set(attribute, value)


def _code(parent: etree._Element, name: str, code: Code) -> None:
    """A code of a closed list; ``code`` and ``name`` carry no namespace in XÖV standards."""
    at = _add(parent, name)
    if code.list_uri:
        at.set("listURI", code.list_uri)
        at.set("listVersionID", code.list_version)
    etree.SubElement(at, "code").text = code.code
    if code.name:
        etree.SubElement(at, "name").text = code.name


def _open_code(parent: etree._Element, name: str, code: Code) -> None:
    """A code of an open list, or the word that the list lacks."""
    at = _add(parent, name)
    if code.unlisted:
        _add(at, "nichtGelisteterWert", code.unlisted)
    else:
        _code(at, "code", code)


def _number(parent: etree._Element, name: str, number: int | None) -> None:
    if number is not None:
        _add(parent, name, str(number))


def _optional(parent: etree._Element, name: str, text: str) -> None:
    if text:
        _add(parent, name, text)


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, Q + name)
    element.text = text or None
    return element


def _finish(at: etree._Element, nodes: Iterable[Node], order: tuple[str, ...]) -> etree._Element:
    """Add what the model does not type and put all children into the standard's order."""
    for node in nodes:
        _node(at, node)
    at[:] = sorted(at, key=lambda child: place(str(child.tag), order))
    return at


def _node(parent: etree._Element, node: Node) -> None:
    attributes = dict(node.attributes)
    namespace, _, type_ = attributes.get(XSI_TYPE, "").removeprefix("{").rpartition("}")
    prefixes = {}
    if namespace:
        # The prefix of a type in an attribute's value must be declared by hand.
        prefix = "xzufi" if namespace == NAMESPACE else "type"
        prefixes = {prefix: namespace}
        attributes[XSI_TYPE] = f"{prefix}:{type_}"
    at = etree.SubElement(parent, node.name, attributes, nsmap=prefixes)
    at.text, at.tail = node.text or None, node.tail or None
    for child in node.children:
        _node(at, child)
