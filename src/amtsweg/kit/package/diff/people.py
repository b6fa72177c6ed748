"""What changes for people who apply: questions, documents, checks, pages, what they read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from amtsweg.kit.fim.model import DataType
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node, below
from amtsweg.kit.package.diff.changes import Audience, Change, Name, flat, listed, renamed
from amtsweg.kit.package.edition import SCHEMA_LANGUAGE, Edition

_KINDS: Final = {
    DataType.TEXT: Name("Text", "text"),
    DataType.TEXT_LATIN: Name("Text", "text"),
    DataType.DATE: Name("Datum", "date"),
    DataType.TIME: Name("Uhrzeit", "time"),
    DataType.DATETIME: Name("Datum und Uhrzeit", "date and time"),
    DataType.BOOL: Name("Ja oder Nein", "yes or no"),
    DataType.NUM: Name("Zahl", "number"),
    DataType.NUM_INT: Name("ganze Zahl", "whole number"),
    DataType.NUM_CURRENCY: Name("Betrag", "amount"),
    DataType.FILE: Name("Dokument", "document"),
    DataType.OBJ: Name("Anzeige", "display"),
}
_CHOICE: Final = Name("Auswahl", "choice")
_SERVICE: Final = {
    "name": Name("Name der Leistung", "Name of the service"),
    "summary": Name("Kurzfassung", "Summary"),
    "who": Name("Wer", "Who"),
    "when": Name("Wann", "When"),
    "documents": Name("Unterlagen", "Documents"),
    "cost": Name("Kosten", "Cost"),
    "time": Name("Dauer", "Time"),
    "legal_basis": Name("Rechtsgrundlage", "Legal basis"),
    "remedy": Name("Rechtsbehelf", "Right to object"),
}


def changes(before: Edition, after: Edition) -> Iterator[Change]:
    """All that people notice, but for what it costs."""
    yield from _questions(before, after)
    yield from _pages(before, after)
    yield from _rules(before, after)
    yield from _service(before, after)
    yield from _notices(before, after)


def _questions(before: Edition, after: Edition) -> Iterator[Change]:
    old = {node.path: node for node in _asked(before)}
    new = {node.path: node for node in _asked(after)}
    for path, node in old.items():
        if path not in new:
            name = _name(node).quoted
            what = _Word(node)
            yield _change(
                f"{what.code}.removed",
                path,
                f"{what.de} {name.de} entfällt.",
                f"The {what.en} {name.en} is no longer asked for.",
            )
    for path, node in new.items():
        if path not in old:
            yield _added(node)
        else:
            yield from _altered(old[path], node)


def _asked(edition: Edition) -> Iterator[Node]:
    for node in below(edition.form.root):
        if isinstance(node, GroupNode) or node.field.asks:
            yield node


class _Word:
    """Whether it is a document, a question or a section that a sentence speaks of."""

    def __init__(self, node: Node) -> None:
        if isinstance(node, GroupNode):
            self.code, self.de, self.en, self.new = (
                "section",
                "Der Abschnitt",
                "section",
                "Neuer Abschnitt",
            )
        elif node.field.type is DataType.FILE:
            self.code, self.de, self.en, self.new = (
                "document",
                "Das Dokument",
                "document",
                "Neues Dokument",
            )
        else:
            self.code, self.de, self.en, self.new = (
                "question",
                "Die Frage",
                "question",
                "Neue Frage",
            )


def _added(node: Node) -> Change:
    name, what = _name(node).quoted, _Word(node)
    if node.condition is not None:
        de, en = "Das betrifft nur einen Teil der Anträge.", "It concerns only some applications."
    elif isinstance(node, GroupNode) or node.required:
        de, en = "", ""
    else:
        de, en = "Die Angabe ist freiwillig.", "It need not be answered."
    return _change(
        f"{what.code}.added",
        node.path,
        f"{what.new}: {name.de}. {de}".strip(),
        f"New {what.en}: {name.en}. {en}".strip(),
    )


def _altered(old: Node, new: Node) -> Iterator[Change]:
    name, what, path = _name(new).quoted, _Word(new), new.path
    if _name(old) != _name(new):
        yield _change(
            f"{what.code}.label", path, *renamed(what.de, what.en, _name(old), _name(new))
        )
    if _help(old) != _help(new):
        yield _change(
            f"{what.code}.help",
            path,
            f"Der Hilfetext zu {name.de} ist ein anderer.",
            f"The help for {name.en} has changed.",
        )
    if old.required != new.required:
        de = "muss jetzt beantwortet werden" if new.required else "ist jetzt freiwillig"
        en = "must now be answered" if new.required else "need no longer be answered"
        yield _change(f"{what.code}.required", path, f"{name.de} {de}.", f"{name.en} {en}.")
    if (old.minimum, old.maximum) != (new.minimum, new.maximum) and new.repeated:
        yield _change(
            f"{what.code}.times",
            path,
            f"{name.de} kann jetzt {new.minimum}- bis {new.maximum}-mal angegeben werden, "
            f"bisher {old.minimum}- bis {old.maximum}-mal.",
            f"{name.en} can now be given {new.minimum} to {new.maximum} times, "
            f"before {old.minimum} to {old.maximum} times.",
        )
    if _condition(old) != _condition(new):
        yield _change(
            f"{what.code}.condition",
            path,
            f"{name.de} wird jetzt unter einer anderen Bedingung gefragt: {_when(new).de}, "
            f"bisher {_when(old).de}.",
            f"{name.en} is now asked under another condition: {_when(new).en}, "
            f"before {_when(old).en}.",
        )
    if isinstance(old, FieldNode) and isinstance(new, FieldNode):
        yield from _answer(old, new)


def _answer(old: FieldNode, new: FieldNode) -> Iterator[Change]:
    """How a question can be answered."""
    name, what = _name(new).quoted, _Word(new)
    was, now = _kind(old), _kind(new)
    if was != now:
        yield _change(
            f"{what.code}.kind",
            new.path,
            f"{name.de} wird anders beantwortet: {now.de} statt {was.de}.",
            f"{name.en} is answered in another way: {now.en} instead of {was.en}.",
        )
        return
    before, after = _choices(old), _choices(new)
    gone = [label for code, label in before.items() if code not in after]
    added = [label for code, label in after.items() if code not in before]
    if added:
        yield _change(
            f"{what.code}.choices",
            new.path,
            f"Bei {name.de} kann man jetzt auch {listed(added).de} wählen.",
            f"For {name.en} one can now also choose {listed(added).en}.",
        )
    if gone:
        yield _change(
            f"{what.code}.choices",
            new.path,
            f"Bei {name.de} kann man {listed(gone).de} nicht mehr wählen.",
            f"For {name.en} one can no longer choose {listed(gone).en}.",
        )
    for code, label in after.items():
        if code in before and before[code] != label:
            once, then = before[code].quoted, label.quoted
            yield _change(
                f"{what.code}.choice-label",
                new.path,
                f"Bei {name.de} heißt {once.de} jetzt {then.de}.",
                f"For {name.en}, {once.en} is now called {then.en}.",
            )
    if old.field.constraints != new.field.constraints:
        yield _change(
            f"{what.code}.limits",
            new.path,
            f"Was bei {name.de} zulässig ist, hat sich geändert: {_limits(old, new)}.",
            f"What {name.en} accepts has changed: {_limits(old, new)}.",
        )


def _limits(old: FieldNode, new: FieldNode) -> str:
    pairs = []
    for limit in ("min_length", "max_length", "min_value", "max_value", "pattern", "max_size"):
        was, now = getattr(old.field.constraints, limit), getattr(new.field.constraints, limit)
        if was != now:
            pairs.append(f"{limit} {'–' if was is None else was} → {'–' if now is None else now}")
    was, now = old.field.constraints.media_types, new.field.constraints.media_types
    if was != now:
        pairs.append(f"media_types {', '.join(was) or '–'} → {', '.join(now) or '–'}")
    return "; ".join(pairs) or "note"


def _pages(before: Edition, after: Edition) -> Iterator[Change]:
    old = {page.id: _title(page.titles) for page in before.form.pages}
    new = {page.id: _title(page.titles) for page in after.form.pages}
    for page, title in old.items():
        if page not in new:
            name = title.quoted
            yield _change(
                "page.removed",
                page,
                f"Die Seite {name.de} entfällt.",
                f"The page {name.en} is gone.",
                file="pages.toml",
            )
    for page, title in new.items():
        name = title.quoted
        if page not in old:
            yield _change(
                "page.added",
                page,
                f"Neue Seite: {name.de}.",
                f"New page: {name.en}.",
                file="pages.toml",
            )
        elif old[page] != title:
            said = renamed("Die Seite", "page", old[page], title)
            yield _change("page.title", page, *said, file="pages.toml")
    common = [page for page in old if page in new]
    if common != [page for page in new if page in old]:
        names = listed(new.values())
        yield _change(
            "page.order",
            "",
            f"Die Seiten kommen jetzt in dieser Reihenfolge: {names.de}.",
            f"The pages now come in this order: {names.en}.",
            file="pages.toml",
        )


def _rules(before: Edition, after: Edition) -> Iterator[Change]:
    old, new = ({rule.id: rule for rule in one.form.rules} for one in (before, after))
    for identifier in {**old, **new}:
        was, now = old.get(identifier), new.get(identifier)
        sentences = (now or old[identifier]).sentences
        said = Name(sentences["de"], sentences["en"]).quoted
        if now is None:
            de, en, code = "Diese Prüfung entfällt", "This check is gone", "rule.removed"
        elif was is None:
            de, en, code = "Neue Prüfung", "New check", "rule.added"
        elif was.expression.text != now.expression.text or was.at != now.at:
            de, en, code = (
                "Diese Prüfung urteilt jetzt anders",
                "This check now judges otherwise",
                "rule.changed",
            )
        elif was.sentences != now.sentences:
            de, en, code = "Diese Prüfung sagt jetzt", "This check now says", "rule.sentence"
        else:
            continue
        yield _change(code, identifier, f"{de}: {said.de}", f"{en}: {said.en}", file="pages.toml")


def _service(before: Edition, after: Edition) -> Iterator[Change]:
    old, new = before.service_texts(), after.service_texts()
    file = f"texts/{SCHEMA_LANGUAGE}.toml"
    for key in {**old[SCHEMA_LANGUAGE], **new[SCHEMA_LANGUAGE]}:
        if old[SCHEMA_LANGUAGE].get(key) == new[SCHEMA_LANGUAGE].get(key):
            continue
        title = _SERVICE.get(key, Name(key, key)).quoted
        de, en = (_read(new.get(language, {}).get(key)) for language in ("de", "en"))
        yield _change(
            "service.text",
            key,
            f"Über die Leistung steht bei {title.de} jetzt: {de or '–'}",
            f"About the service, {title.en} now says: {en or de or '–'}",
            file=file,
        )
    if before.package.trust_level != after.package.trust_level:
        was, now = before.package.trust_level, after.package.trust_level
        yield _change(
            "service.trust",
            "trust_level",
            f"Für den Antrag braucht man jetzt das Vertrauensniveau „{now}“, bisher „{was}“.",
            f"Applying now needs the trust level “{now}”, before “{was}”.",
            file="../package.toml",
        )


def _notices(before: Edition, after: Edition) -> Iterator[Change]:
    old, new = before.notices, after.notices
    for name in {**old, **new}:
        file = f"notices/{name}.typ"
        if name not in new:
            yield _change(
                "notice.removed",
                name,
                f"Den Bescheid „{name}“ gibt es nicht mehr.",
                f"There is no notice “{name}” any more.",
                file=file,
            )
        elif name not in old:
            yield _change(
                "notice.added",
                name,
                f"Neuer Bescheid: „{name}“.",
                f"New notice: “{name}”.",
                file=file,
            )
        elif old[name] != new[name]:
            yield _change(
                "notice.changed",
                name,
                f"Der Bescheid „{name}“ ist neu gefasst.",
                f"The notice “{name}” is worded anew.",
                file=file,
            )
    was, now = (flat(one.texts[SCHEMA_LANGUAGE].get("notice", {})) for one in (before, after))
    english = flat(after.texts.get("en", {}).get("notice", {}))
    for key, text in now.items():
        if key in was and was[key] != text:
            yield _change(
                "notice.text",
                key,
                f"In den Bescheiden heißt es jetzt: „{text}“",
                f"Notices now say: “{english.get(key, text)}”",
                file=f"texts/{SCHEMA_LANGUAGE}.toml",
            )


def _read(text: Any) -> str:
    return "; ".join(map(str, text)) if isinstance(text, list | tuple) else str(text or "")


def _name(node: Node) -> Name:
    return _title(node.words)


def _title(words: Any) -> Name:
    return Name(words["de"].label, words["en"].label)


def _help(node: Node) -> Name:
    return Name(node.words["de"].help, node.words["en"].help)


def _condition(node: Node) -> str:
    return " ".join(node.condition.text.split()) if node.condition is not None else ""


def _when(node: Node) -> Name:
    text = _condition(node)
    return Name(f"wenn {text}", f"if {text}") if text else Name("immer", "always")


def _kind(node: FieldNode) -> Name:
    return _CHOICE if node.field.values else _KINDS[node.field.type]


def _choices(node: FieldNode) -> dict[str, Name]:
    if not node.field.values:
        return {}
    english = {option.value: option.label for option in node.options.get("en", ())}
    german = {option.value: option.label for option in node.options.get("de", ())}
    codes = (value.code for value in node.field.values)
    return {code: Name(german.get(code, code), english.get(code, code)) for code in codes}


def _change(code: str, place: str, de: str, en: str, *, file: str = "schema.xdf3.xml") -> Change:
    return Change(Audience.PEOPLE, code, file, place, de, en)
