"""How elements are put together: the schema, its groups, and every use of an element."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from amtsweg.kit.fim.model import CodeList, DataType, Field, Group, Schema, walk
from amtsweg.kit.fim.quality.checks import Checks, Kind, Part
from amtsweg.kit.fim.quality.objects import number_range
from amtsweg.kit.fim.quality.rules import long_id

on_schema: Checks[Schema] = Checks()
on_group: Checks[Group] = Checks()
on_part: Checks[Part] = Checks()

_DEFAULT_FIELD = "F60000000001"
_DEFAULT_DOCUMENT = "D99000000001"
_INACTIVE = "7"
_BELOW_DRAFT = frozenset("12")
_RELEASED = frozenset("456")


@on_schema(
    1050,
    Kind.CRITICAL,
    "Geben Sie dem Datenschema eine Bezeichnung: Sie steht als Überschrift.",
    "Give the schema a title: it is the heading.",
)
def _has_no_title(schema: Schema) -> bool:
    return not schema.title


@on_schema(
    1051,
    Kind.CRITICAL,
    "Nennen Sie die Handlungsgrundlage des Datenschemas.",
    "Name the legal basis of the schema.",
)
def _has_no_legal_basis(schema: Schema) -> bool:
    return not schema.legal_basis


@on_schema(
    1007,
    Kind.CRITICAL,
    "Ordnen Sie dem Datenschema einen Dokumentsteckbrief zu.",
    "Assign the profile of its document to the schema.",
)
def _has_no_document(schema: Schema) -> bool:
    return not schema.document_id


@on_schema(
    1096,
    Kind.WARNING,
    "Ersetzen Sie den Default-Dokumentsteckbrief durch den eigenen.",
    "Replace the default profile by that of the document.",
)
def _has_the_default_document(schema: Schema) -> bool:
    return schema.document_id == _DEFAULT_DOCUMENT


@on_schema(
    1097,
    Kind.METHODICAL,
    "Ersetzen Sie vor der Freigabe den Default-Dokumentsteckbrief durch den eigenen.",
    "Replace the default profile by that of the document before the release.",
)
def _is_released_with_the_default_document(schema: Schema) -> bool:
    return schema.document_id == _DEFAULT_DOCUMENT and schema.status in _RELEASED


@on_schema(
    1033,
    Kind.CRITICAL,
    "Geben Sie als Änderbarkeit der Struktur 0, 1, 2 oder 3 an statt {what}.",
    "Give 0, 1, 2 or 3 for what may change in the structure, not {what}.",
)
def _has_an_unknown_structure_change(schema: Schema) -> Iterator[str]:
    if schema.structure_changes not in ("0", "1", "2", "3"):
        yield f"„{schema.structure_changes}“"


@on_schema(
    1034,
    Kind.CRITICAL,
    "Geben Sie als Änderbarkeit der Repräsentation 0 oder 1 an statt {what}.",
    "Give 0 or 1 for what may change in the representation, not {what}.",
)
def _has_an_unknown_representation_change(schema: Schema) -> Iterator[str]:
    if schema.representation_changes not in ("0", "1"):
        yield f"„{schema.representation_changes}“"


@on_schema(
    1078,
    Kind.CRITICAL,
    "Nehmen Sie mindestens ein Datenfeld oder eine Datenfeldgruppe auf.",
    "Put at least one field or group into the schema.",
)
def _is_an_empty_schema(schema: Schema) -> bool:
    return not schema.uses


@on_schema(
    1003,
    Kind.WARNING,
    "Verwenden Sie das Element überall in derselben Version: {what}.",
    "Use the element in the same version everywhere: {what}.",
)
def _uses_several_versions_of_an_element(schema: Schema) -> Iterator[str]:
    return _several((u.element.id, u.element.version) for _, u in walk(schema.uses))


@on_schema(
    1037,
    Kind.WARNING,
    "Verwenden Sie die Codeliste überall in derselben Version: {what}.",
    "Use the code list in the same version everywhere: {what}.",
)
def _uses_several_versions_of_a_code_list(schema: Schema) -> Iterator[str]:
    return _several((found.urn, found.version) for found in _code_lists(schema))


@on_schema(
    1036,
    Kind.METHODICAL,
    "Geben Sie verschiedenen Codelisten verschiedene Kennungen oder Versionen: {what}.",
    "Give different code lists different ids or versions: {what}.",
)
def _uses_one_name_for_different_code_lists(schema: Schema) -> Iterator[str]:
    same_name: defaultdict[str, set[str]] = defaultdict(set)
    for found in _code_lists(schema):
        same_name[f"{found.urn} {found.version}".strip()].add(found.version_urn)
    return (name for name, version_urns in same_name.items() if len(version_urns - {""}) > 1)


def _several(pairs: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Each name that comes in several versions, with them."""
    versions: defaultdict[str, set[str]] = defaultdict(set)
    for name, version in pairs:
        versions[name].add(version)
    for name, found in versions.items():
        if len(found) > 1:
            yield f"{name} ({', '.join(version or '–' for version in sorted(found))})"


def _code_lists(schema: Schema) -> Iterator[CodeList]:
    for _, use in walk(schema.uses):
        if isinstance(use.element, Field) and use.element.code_list:
            yield use.element.code_list


@on_schema(
    1025,
    Kind.METHODICAL,
    "Verwenden Sie das Element auf der obersten Ebene nur einmal: {what}.",
    "Use the element once only on the top level: {what}.",
)
def _repeats_an_element_on_top(schema: Schema) -> Iterator[str]:
    return _repeated(schema)


@on_group(
    1004,
    Kind.WARNING,
    "Verwenden Sie das Element in der Gruppe nur einmal, mit passender Multiplizität: {what}.",
    "Use the element once only in the group, with the count that you need: {what}.",
)
def _repeats_an_element(group: Group) -> Iterator[str]:
    return _repeated(group)


def _repeated(parent: Schema | Group) -> Iterator[str]:
    counted = Counter((use.element.id, use.element.version) for use in parent.uses)
    return (" ".join(found).strip() for found, times in counted.items() if times > 1)


@on_group(
    1023,
    Kind.CRITICAL,
    "Nehmen Sie mindestens ein Unterelement in die Gruppe auf, oder entfernen Sie sie.",
    "Put at least one part into the group, or remove it.",
)
def _is_an_empty_group(group: Group) -> bool:
    return not group.uses


@on_group(
    1106,
    Kind.WARNING,
    "Nehmen Sie weitere Unterelemente auf, oder setzen Sie das eine an die Stelle der Gruppe.",
    "Put more parts into the group, or put its only one in its place.",
)
def _is_a_group_of_one(group: Group) -> bool:
    return len(group.uses) == 1


@on_part(
    1118,
    Kind.CRITICAL,
    "Geben Sie dem Teil der Auswahlgruppe die Multiplizität 0:1.",
    "Give the part of the choice group the count 0:1.",
)
def _is_no_option_of_its_choice(part: Part) -> bool:
    counts = (part.use.minimum, part.use.maximum)
    return isinstance(part.parent, Group) and part.parent.choice and counts != (0, 1)


@on_part(
    1013,
    Kind.METHODICAL,
    "Ersetzen Sie das abstrakte Element durch ein harmonisiertes oder rechtsnormgebundenes.",
    "Replace the abstract element by a harmonised one or one bound to a provision.",
)
def _is_used_though_abstract(part: Part) -> bool:
    return part.element.level == "ABS"


@on_part(
    1022,
    Kind.METHODICAL,
    "Nennen Sie zur Multiplizität die Vorschrift, aus der sie folgt.",
    "Name the provision from which the count follows.",
)
def _is_counted_without_legal_basis(part: Part) -> bool:
    return (
        isinstance(part.parent, Group)
        and part.parent.level == "RNG"
        and part.element.level in ("ABS", "HAR")
        and not part.use.legal_basis
    )


@on_part(
    1094,
    Kind.METHODICAL,
    "Entfernen Sie das Default-Datenfeld: Daneben stehen schon andere Elemente.",
    "Remove the default field: other elements stand beside it.",
)
def _is_the_default_field_beside_others(part: Part) -> bool:
    return long_id(part.element.id) == _DEFAULT_FIELD and len(part.parent.uses) > 1


@on_part(
    1095,
    Kind.WARNING,
    "Ersetzen Sie das Default-Datenfeld durch die Felder, die gebraucht werden.",
    "Replace the default field by the fields that are needed.",
)
def _is_the_default_field(part: Part) -> bool:
    return long_id(part.element.id) == _DEFAULT_FIELD


@on_part(
    1116,
    Kind.WARNING,
    "Ersetzen Sie das inaktive Element durch seinen Nachfolger.",
    "Replace the inactive element by the one that came after it.",
)
def _is_inactive(part: Part) -> bool:
    return part.element.status == _INACTIVE


@on_part(
    1127,
    Kind.HINT,
    "Veröffentlichen Sie das Element: Das Datenschema ist schon veröffentlicht.",
    "Publish the element: the schema is published already.",
)
def _is_unpublished_in_a_published_schema(part: Part) -> bool:
    return _is_in_published_schema(part) and not part.element.record.published_on


@on_part(
    1128,
    Kind.HINT,
    "Veröffentlichen Sie das Element: Die Gruppe darüber ist schon veröffentlicht.",
    "Publish the element: the group above is published already.",
)
def _is_unpublished_in_a_published_group(part: Part) -> bool:
    return _is_in_published_group(part) and not part.element.record.published_on


@on_part(
    1129,
    Kind.HINT,
    "Bringen Sie das Element mindestens in den Status Entwurf: Das Schema ist veröffentlicht.",
    "Bring the element to the status draft at least: the schema is published.",
)
def _is_below_draft_in_a_published_schema(part: Part) -> bool:
    return _is_in_published_schema(part) and part.element.status in _BELOW_DRAFT


@on_part(
    1130,
    Kind.HINT,
    "Bringen Sie das Element mindestens in den Status Entwurf: Die Gruppe ist veröffentlicht.",
    "Bring the element to the status draft at least: the group is published.",
)
def _is_below_draft_in_a_published_group(part: Part) -> bool:
    return _is_in_published_group(part) and part.element.status in _BELOW_DRAFT


def _is_in_published_schema(part: Part) -> bool:
    return isinstance(part.root, Schema) and bool(part.root.record.published_on)


def _is_in_published_group(part: Part) -> bool:
    return isinstance(part.parent, Group) and bool(part.parent.record.published_on)


@on_part(
    1134,
    Kind.HINT,
    "Verwenden Sie in der Arbeitskopie auch vom Element die Arbeitskopie.",
    "Use the working copy of the element too in a working copy.",
)
def _is_an_own_version_in_a_working_copy(part: Part) -> bool:
    return (
        not part.parent.version
        and bool(part.element.version)
        and part.element.level == "RNG"
        and number_range(part.element.id) == number_range(part.parent.id)
    )


@on_part(
    1135,
    Kind.CRITICAL,
    "Versionieren Sie das Element: Was es enthält, hat schon eine Version.",
    "Give the element a version: what holds it has one already.",
)
def _is_a_working_copy_in_a_version(part: Part) -> bool:
    return bool(part.parent.version) and not part.element.version


@on_part(
    1139,
    Kind.HINT,
    "Lassen Sie mehrere Dateien zu: Setzen Sie die Multiplizität auf n:*.",
    "Allow several files: set the count to n:*.",
)
def _is_a_single_file(part: Part) -> bool:
    element = part.element
    return (
        isinstance(element, Field)
        and element.type is DataType.FILE
        and part.use.maximum is not None
    )
