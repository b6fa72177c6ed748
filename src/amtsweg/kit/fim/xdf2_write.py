"""The writing half of the XDatenfelder 2 codec: elements in the order of the standard.

What only XDatenfelder 3 knows is not written; ``conversion.to_xdf2`` says what that is.
"""

from __future__ import annotations

import json

from lxml import etree

from amtsweg.kit.fim.model import CodeList, Constraints, Element, Field, Group, Record, Rule, Schema
from amtsweg.kit.fim.xdf2_read import NAMESPACE
from amtsweg.kit.fim.xdf_write import CODE_LISTS, MessageWriter

# Planned, in work, draft; released by method, silver, gold; inactive, to be deleted.
_STATUS = dict.fromkeys("123", "inVorbereitung") | dict.fromkeys("456", "aktiv")
_STATUS |= dict.fromkeys("78", "inaktiv")
_CODES = (
    *("status", "schemaelementart", "feldart", "datentyp"),
    *("ableitungsmodifikationenStruktur", "ableitungsmodifikationenRepraesentation"),
)


class Writer(MessageWriter):
    """Builds the tree of one message of XDatenfelder 2."""

    NAMESPACE = NAMESPACE
    LISTS = {name: (CODE_LISTS + name, "1.0") for name in _CODES}

    def schema(self, at: etree._Element, schema: Schema) -> None:
        """Fill ``stammdatenschema``."""
        self._about(at, schema, schema.title, schema.title_output, schema.record.definition)
        self.optional(at, "hilfetext", schema.help)
        self.code(at, "ableitungsmodifikationenStruktur", schema.structure_changes)
        self.code(at, "ableitungsmodifikationenRepraesentation", schema.representation_changes)
        self.rules(at, schema.rules)
        self.uses(at, schema.uses)

    def group(self, at: etree._Element, group: Group) -> None:
        """Fill ``datenfeldgruppe``."""
        self._element_parts(at, group)
        self.rules(at, group.rules)
        self.uses(at, group.uses)

    def field(self, at: etree._Element, field: Field) -> None:
        """Fill ``datenfeld``."""
        self._element_parts(at, field)
        self.code(at, "feldart", field.kind)
        self.code(at, "datentyp", field.type)
        self.add(at, "praezisierung", precision(field.constraints))
        self.add(at, "inhalt", field.content)
        if field.code_list:
            self._code_list(at, field.code_list)
        self.rules(at, field.rules)

    def rule(self, at: etree._Element, rule: Rule) -> None:
        """Fill ``regel``: its text is the definition."""
        self._about(at, rule, rule.label, rule.label_output, rule.free_text)
        self.add(at, "script", rule.script)

    def legal_basis(
        self, at: etree._Element, basis: tuple[str, ...], links: tuple[tuple[str, str], ...]
    ) -> None:
        """Write the one ``bezug``."""
        self.add(at, "bezug", "; ".join(basis))

    def _element_parts(self, at: etree._Element, element: Element) -> None:
        definition = element.record.definition
        self._about(at, element, element.label, element.label_output, definition)
        self.code(at, "schemaelementart", element.level)
        self.add(at, "hilfetextEingabe", element.help_input)
        self.add(at, "hilfetextAusgabe", element.help_output)

    def _about(
        self,
        at: etree._Element,
        element: Schema | Element | Rule,
        label: str,
        label_output: str,
        definition: str,
    ) -> None:
        record: Record = element.record
        self.identification(at, element.id, element.version)
        self.add(at, "name", element.name)
        self.add(at, "bezeichnungEingabe", label)
        self.optional(at, "bezeichnungAusgabe", label_output)
        self.add(at, "beschreibung", record.description)
        self.add(at, "definition", definition)
        self.legal_basis(at, element.legal_basis, ())
        self.code(at, "status", _STATUS[record.status])
        self.optional(at, "gueltigAb", record.valid_from)
        self.optional(at, "gueltigBis", record.valid_until)
        self.add(at, "fachlicherErsteller", record.status_set_by)
        self.optional(at, "versionshinweis", record.version_note)
        self.optional(at, "freigabedatum", record.status_set_on)
        self.optional(at, "veroeffentlichungsdatum", record.published_on)

    def _code_list(self, at: etree._Element, code_list: CodeList) -> None:
        reference = self.add(at, "codelisteReferenz")
        if code_list.id:
            self.identification(reference, code_list.id, code_list.id_version)
        names = self.add(reference, "genericodeIdentification")
        self.add(names, "canonicalIdentification", code_list.urn)
        self.optional(names, "version", code_list.version)
        self.optional(names, "canonicalVersionUri", code_list.version_urn)


def precision(constraints: Constraints) -> str:
    """A field's precision: JSON with texts as values, or the note alone in plain words."""
    given = dict(constraints.other) | {
        name: str(value)
        for name, value in {
            "minLength": constraints.min_length,
            "maxLength": constraints.max_length,
            "minValue": constraints.min_value,
            "maxValue": constraints.max_value,
            "pattern": constraints.pattern,
        }.items()
        if value is not None
    }
    # A note that looks like JSON would be read as JSON.
    if not given and not constraints.note.startswith("{"):
        return constraints.note
    if constraints.note:
        given["note"] = constraints.note
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))
