"""The reading half of the XZuFi codec."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

from amtsweg.kit.fim.xml import text_of
from amtsweg.kit.fim.xzufi_model import (
    COST,
    DEADLINE,
    DOCUMENT,
    MODULE,
    NAMESPACE,
    SERVICE,
    STRUCTURE,
    TRUST_LEVELS,
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
    FreeOfCharge,
    History,
    Identifier,
    KeyDates,
    LanguageVersion,
    Link,
    Price,
    ServiceDescription,
    Structure,
    TextKind,
    TextModule,
    TimeUnit,
    VariableCost,
)
from amtsweg.kit.fim.xzufi_values import XSI_TYPE, Parts, Q, Values, local_name

_LEIKA = re.compile(r"\d{14}", re.ASCII)
_STRUCTURES = frozenset(
    "LeistungsstrukturObjekt" + tail for tail in ("", "MitVerrichtung", "MitVerrichtungUndDetail")
)


class Reader(Values):
    """Reads one document; ``findings`` hold what is wrong with it."""

    def services(self, root: etree._Element) -> list[ServiceDescription]:
        """Every service of the document: its root, or those that a transfer message writes."""
        name = etree.QName(root)
        if name.namespace != NAMESPACE:
            message = f"The namespace '{name.namespace or ''}' is not XZuFi 2.2.0."
            self.report("xzufi.namespace", message, root, f"It must be {NAMESPACE}.")
            return []
        found = [root] if name.localname == "leistung" else root.findall(f"{Q}schreibe/{Q}leistung")
        if not found:
            message = f"The message '{name.localname}' holds no service description."
            self.report("xzufi.message", message, root)
        return [self._service(at) for at in found]

    def _service(self, at: etree._Element) -> ServiceDescription:
        parts = Parts(self, at)
        id_ = parts.one("id", required=True)
        structure = parts.one("struktur")
        deadlines = parts.one("modulFrist")
        costs = parts.one("modulKosten")
        time = parts.one("modulBearbeitungsdauer")
        documents = parts.one("modulDokument")
        history = parts.one("versionsinformation")
        return ServiceDescription(
            id=self.identifier(id_) if id_ is not None else Identifier(""),
            other_ids=self.identifiers(parts, "idSekundaer"),
            structure=self._structure(structure) if structure is not None else None,
            leika_keys=tuple(self._leika(e) for e in parts.all("referenzLeiKa")),
            texts=tuple(t for e in parts.all("modulText") if (t := self._text_module(e))),
            deadlines=self._deadlines(deadlines, "frist") if deadlines is not None else None,
            costs=self._costs(costs) if costs is not None else None,
            processing_time=self._deadlines(time, "bearbeitungsdauer")
            if time is not None
            else None,
            documents=self._documents(documents) if documents is not None else None,
            types=tuple(self.code(e) for e in parts.all("typisierung")),
            trust_level=self.member(parts.one("vertrauensniveau"), TRUST_LEVELS),
            areas=self.identifiers(parts, "gueltigkeitGebietID"),
            history=self._history(Parts(self, history)) if history is not None else None,
            languages=tuple(self._language_version(e) for e in parts.all("sprachversion")),
            validity=self.validity(parts),
            other=parts.rest(SERVICE),
        )

    def _structure(self, at: etree._Element) -> Structure:
        parts = Parts(self, at)
        kind = str(at.get(XSI_TYPE) or "").rpartition(":")[2]
        if kind not in _STRUCTURES:
            message = f"The structure's xsi:type '{kind}' is not one of the standard."
            self.report("xzufi.structure", message, at)
        object_ = parts.one("leistungsobjektID")
        operation = at.find(f"{Q}verrichtung/{Q}verrichtungLeiKa")
        if operation is not None:
            parts.one("verrichtung")
        return Structure(
            kind=kind,
            object=self.identifier(object_) if object_ is not None else None,
            operation=self.code(operation) if operation is not None else None,
            detail=self.texts(parts, "verrichtungsdetail"),
            other=parts.rest(STRUCTURE),
        )

    def _leika(self, at: etree._Element) -> Code:
        code = self.code(at)
        if not _LEIKA.fullmatch(code.code):
            self.report("xzufi.leika", f"The LeiKa key '{code.code}' is not 14 digits.", at)
        return code

    def _text_module(self, at: etree._Element) -> TextModule | None:
        parts = Parts(self, at)
        code = self.member(parts.one("leikaTextmodul", required=True), TextKind)
        title = self.texts(parts, "leikaTextmodulAbweichendeBezeichnung")
        content = self.texts(parts, "inhalt")
        frame = self._frame(parts)
        return TextModule(code, content, title, frame) if code else None

    def _deadlines(self, at: etree._Element, name: str) -> DeadlineModule:
        parts = Parts(self, at)
        found = (self._deadline(e) for e in parts.all(name))
        deadlines = tuple(deadline for deadline in found if deadline)
        return DeadlineModule(deadlines, self.texts(parts, "beschreibung"), self._frame(parts))

    def _deadline(self, at: etree._Element) -> Deadline | None:
        parts = Parts(self, at)
        choice = parts.one("fristauswahl", required=True)
        span = self._span(choice) if choice is not None else None
        kind = parts.one("typ")
        deadline = Deadline(
            span=span or KeyDates(),
            kind=self.code(kind) if kind is not None else None,
            description=self.texts(parts, "beschreibung"),
            position=self.whole(parts.one("positionDarstellung")),
            validity=self.validity(parts),
            other=parts.rest(DEADLINE),
        )
        return deadline if span else None

    def _span(self, choice: etree._Element) -> Duration | KeyDates | None:
        at = _alternative(choice, ("dauer", "stichtag"))
        parts = Parts(self, at)
        if parts.has("von", "bis") or _kind(at) == "stichtag":
            dates = KeyDates(parts.text("von"), parts.text("bis"))
            parts.end()
            return dates
        amount = self.whole(parts.one("dauer", required=True))
        unit = self.member(parts.one("einheit", required=True), TimeUnit)
        to = self.whole(parts.one("dauerBis"))
        unit_to = self.member(parts.one("einheitBis"), TimeUnit)
        parts.end()
        return Duration(amount, unit, to, unit_to) if amount is not None and unit else None

    def _costs(self, at: etree._Element) -> CostModule:
        parts = Parts(self, at)
        costs = tuple(cost for e in parts.all("kosten") if (cost := self._cost(e)))
        return CostModule(costs, self.texts(parts, "beschreibung"), self._frame(parts))

    def _cost(self, at: etree._Element) -> Cost | None:
        parts = Parts(self, at)
        choice = parts.one("kostenauswahl", required=True)
        price = self._price(choice) if choice is not None else None
        kind = parts.one("typ")
        cost = Cost(
            price=price or FreeOfCharge(),
            kind=self.code(kind) if kind is not None else None,
            description=self.texts(parts, "beschreibung"),
            prepaid=self.flag(parts.one("vorkasse")),
            link=parts.text("linkKostenbildung"),
            position=self.whole(parts.one("positionDarstellung")),
            validity=self.validity(parts),
            other=parts.rest(COST),
        )
        return cost if price else None

    def _price(self, choice: etree._Element) -> Price | None:
        at = _alternative(choice, ("fix", "variabel", "frei"))
        parts = Parts(self, at)
        named = _kind(at)
        price: Price | None = None
        if named == "fix" or parts.has("betrag"):
            amount = self.money(parts.one("betrag", required=True))
            price = FixedCost(amount) if amount else None
        elif named == "variabel" or parts.has("betragUntergrenze", "betragObergrenze"):
            price = self._variable(parts, at)
        elif named == "frei" or parts.has("beschreibungKostenfreiheit"):
            price = FreeOfCharge(self.texts(parts, "beschreibungKostenfreiheit"))
        else:
            self.report("xzufi.cost", "The cost is neither fixed nor variable nor free.", choice)
            return None
        parts.end()
        return price

    def _variable(self, parts: Parts, at: etree._Element) -> VariableCost:
        low = self.money(parts.one("betragUntergrenze"))
        high = self.money(parts.one("betragObergrenze"))
        if low and high and low.currency == high.currency and low.amount > high.amount:
            message = f"The cost's lower limit {low.amount} is above its upper limit."
            self.report("xzufi.amount", message, at)
        return VariableCost(low, high, self.texts(parts, "beschreibungVariabilitaet"))

    def _documents(self, at: etree._Element) -> DocumentModule:
        parts = Parts(self, at)
        return DocumentModule(
            incoming=tuple(self._document(e) for e in parts.all("dokumentEingehend")),
            outgoing=tuple(self._document(e) for e in parts.all("dokumentAusgehend")),
            description=self.texts(parts, "beschreibung"),
            frame=self._frame(parts),
        )

    def _document(self, at: etree._Element) -> Document:
        parts = Parts(self, at)
        kind, signature = parts.one("typ"), parts.one("angabeSignatur")
        return Document(
            name=self.texts(parts, "bezeichnung"),
            kind=self.code(kind) if kind is not None else None,
            description=self.texts(parts, "beschreibung"),
            forms=self.identifiers(parts, "referenzFormularID"),
            signature=self.code(signature) if signature is not None else None,
            other=parts.rest(DOCUMENT),
        )

    def _frame(self, parts: Parts) -> Frame:
        """What is common to all modules, and what is left of this one: to be asked last."""
        id_ = parts.one("id")
        return Frame(
            position=self.whole(parts.one("positionDarstellung")),
            id=self.identifier(id_) if id_ is not None else None,
            other_ids=self.identifiers(parts, "idSekundaer"),
            validity=self.validity(parts),
            links=tuple(self._link(e) for e in parts.all("weiterfuehrenderLink")),
            other=parts.rest(MODULE),
        )

    def _link(self, at: etree._Element) -> Link:
        parts = Parts(self, at)
        link = Link(
            uri=text_of(parts.one("uri", required=True)),
            title=parts.text("titel"),
            description=parts.text("beschreibung"),
            language=str(at.get("languageCode") or ""),
            position=self.whole(parts.one("positionDarstellung")),
        )
        parts.end()
        return link

    def _history(self, parts: Parts) -> History:
        history = History(
            created_at=self.moment(parts, "erstelltDatumZeit"),
            created_by=parts.text("erstelltDurch"),
            changed_at=self.moment(parts, "geaendertDatumZeit"),
            changed_by=parts.text("geaendertDurch"),
            version=parts.text("version"),
        )
        parts.end()
        return history

    def _language_version(self, at: etree._Element) -> LanguageVersion:
        parts = Parts(self, at)
        language = text_of(parts.one("languageCode", required=True))
        self.check_language(language, at)
        return LanguageVersion(
            language,
            parts.text("sprachbezeichnungDeutsch"),
            parts.text("sprachbezeichnungNativ"),
            self._history(parts),
        )


def _alternative(choice: etree._Element, names: Collection[str]) -> etree._Element:
    """The chosen element: a child named for the choice, or the choice itself with ``xsi:type``."""
    if choice.get(XSI_TYPE) is None and len(choice) == 1:
        child = choice[0]
        if len(child) or _kind(child) in names:
            return child
    return choice


def _kind(at: etree._Element) -> str:
    """How an alternative is named, by its type or its element: ``fix`` for KostenFix and fix."""
    type_ = at.get(XSI_TYPE)
    name = (str(type_).rpartition(":")[2] if type_ else local_name(at)).lower()
    return name.removeprefix("kosten").removeprefix("frist")
