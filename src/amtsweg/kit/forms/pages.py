"""Compile a schema, its pages.toml and its texts into a form, and find every mistake at once.

pages.toml::

    [[page]]                      # in the order in which they are shown
    id = "hunde"                  # part of the address
    items = ["hunde"]             # paths into the schema; a repeated group only as a whole
    when = "CEL"                  # shown while true, and while anything on it is

    [field."hunde.nachweis"]      # a field or a group
    when = "CEL"                  # asked while true; `item` is the instance in a repeated group
    required = true               # required while asked, though the schema leaves it optional
    offered = "CEL"               # the codes that can be chosen here, of those that the schema has
    widget = "iban"               # text, textarea, email, tel, iban; radio, select, search
    autocomplete = "name"         # HTML autofill
    prefill = "person.name"       # what the sign-in may fill in
    rules = ["R60000001234"]      # rules of the schema that this carries out; on pages too

    [[rule]]
    id = "R1"
    when = "CEL"                  # must be true; may use `today`
    at = "hunde"                  # where its sentence is shown
    message = "rule.born"         # a key of the texts

    [by_hand]                     # rules of the schema that no expression carries out
    R60000001235 = "The clerk compares the two addresses."

texts/LANGUAGE.toml: ``[page.ID]`` title, help; ``[field."PATH"]`` label, help, item (the name of
one instance), add (the button), ``values.CODE``, ``value_help.CODE``. What is not given there
comes from the schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from amtsweg.kit.expressions import (
    BOOL,
    TEXT,
    Environment,
    Expression,
    ExpressionError,
    ListOf,
    Shape,
    at_path,
    shape_of_schema,
)
from amtsweg.kit.fim.model import Field, Group, Schema, Use
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.forms.fields import FieldMistake, constant_of, kind_of, options_of
from amtsweg.kit.forms.form import Form
from amtsweg.kit.forms.rules import bound, rules_of
from amtsweg.kit.forms.tree import (
    MAX_INSTANCES,
    Constraint,
    FieldNode,
    GroupNode,
    Node,
    Page,
    Words,
    below,
)
from amtsweg.kit.forms.widgets import Language
from amtsweg.kit.messages import LANGUAGES

_PAGE_KEYS = frozenset({"id", "items", "when", "rules"})
_FIELD_KEYS = frozenset(
    {"when", "offered", "widget", "required", "autocomplete", "prefill", "rules"}
)
_RULE_KEYS = frozenset({"id", "when", "at", "message"})
_CHOOSING = ("radio", "select", "bool")
_TOP_KEYS = frozenset({"page", "field", "rule", "by_hand"})


class FormError(Exception):
    """The pages do not fit the schema; ``findings`` say where and how to mend it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def compile(  # noqa: A001
    schema: Schema,
    pages: Mapping[str, Any],
    texts: Mapping[str, Mapping[str, Any]],
    environment: Environment | None = None,
    *,
    file: str = "pages.toml",
) -> Form:
    """Compile a form; raises FormError with everything that is wrong.

    ``pages`` is the parsed pages.toml, ``texts`` the parsed texts per language. Expressions of
    pages may use ``answers``, in a repeated group ``item``, in rules ``today``. ``environment``
    may declare what else is known while a person applies (``Form.knowing``), and ``answers``.
    """
    return _Compiler(schema, pages, texts, environment, file).form()


class _Compiler:
    def __init__(
        self,
        schema: Schema,
        pages: Mapping[str, Any],
        texts: Mapping[str, Mapping[str, Any]],
        environment: Environment | None,
        file: str,
    ) -> None:
        self._schema = schema
        self._pages = pages
        self._texts = texts
        self._file = file
        self._answers = shape_of_schema(schema)
        self._environment = environment or Environment({"answers": self._answers})
        self._rule_environment = self._environment.extend({"today": TEXT})
        self._settings: Mapping[str, Mapping[str, Any]] = pages.get("field", {})
        self._findings: list[Finding] = []

    def form(self) -> Form:
        """The whole form, if nothing is wrong."""
        self._keys(self._pages, _TOP_KEYS, "pages.toml")
        root = tuple(self._nodes(self._schema.uses, "", self._environment, ""))
        by_path = {node.path: node for node in below(root)}
        self._check_paths(by_path)
        pages = tuple(self._page(entry, by_path) for entry in self._pages.get("page", []))
        page_of = self._coverage(pages, root)
        rules = tuple(
            rule
            for entry in self._pages.get("rule", [])
            if (rule := self._rule(entry, by_path, page_of)) is not None
        )
        self._check_bound()
        hideable = _hideable(pages, root)
        if self._findings:
            raise FormError(self._findings)
        return Form(
            schema=self._schema,
            pages=pages,
            root=root,
            rules=rules,
            environment=self._environment,
            rule_environment=self._rule_environment,
            hideable=hideable,
        )

    # Nodes

    def _nodes(
        self, uses: tuple[Use, ...], under: str, environment: Environment, optional: str
    ) -> list[Node]:
        nodes: list[Node] = []
        for use in uses:
            path = f"{under}.{use.key}" if under else use.key
            settings = self._settings.get(path, {})
            self._keys(settings, _FIELD_KEYS, f'field."{path}"')
            if isinstance(use.element, Group):
                nodes.append(self._group(use, use.element, path, settings, environment, optional))
            else:
                nodes.append(self._field(use, use.element, path, settings, environment, optional))
        return nodes

    def _common(
        self,
        use: Use,
        path: str,
        settings: Mapping[str, Any],
        environment: Environment,
        optional: str,
    ) -> dict[str, Any]:
        place = f'field."{path}".when'
        condition = self._expression(settings.get("when"), environment, place)
        return {
            "path": path,
            "key": use.key,
            "words": self._words(use, path),
            "minimum": use.minimum,
            "maximum": MAX_INSTANCES if use.maximum is None else use.maximum,
            "repeated": use.repeated,
            "holds_answer": use.element.holds_answer,
            "required": use.minimum > 0 or settings.get("required") is True,
            "optional_above": optional,
            "condition": condition,
        }

    def _group(
        self,
        use: Use,
        group: Group,
        path: str,
        settings: Mapping[str, Any],
        environment: Environment,
        optional: str,
    ) -> GroupNode:
        inner = environment
        if use.repeated and group.holds_answer:
            inner = self._environment.extend({"item": at_path(self._answers, path)})
        common = self._common(use, path, settings, environment, optional)
        below_optional = optional if common["required"] else path
        children = tuple(self._nodes(group.uses, path, inner, below_optional))
        conditional = any(child.conditional for child in children)
        return GroupNode(
            **common,
            group=group,
            children=children,
            conditional=conditional or common["condition"] is not None,
            environment=inner if use.repeated and conditional else None,
        )

    def _field(
        self,
        use: Use,
        field: Field,
        path: str,
        settings: Mapping[str, Any],
        environment: Environment,
        optional: str,
    ) -> FieldNode:
        texts = {language: self._text_of(language, path) for language in LANGUAGES}
        options = options_of(field, texts)
        kind = constant = None
        try:
            kind = kind_of(field, settings.get("widget", ""), options)
            constant = constant_of(field, kind)
        except FieldMistake as mistake:
            self._report(mistake.code, f"'{path}': {mistake}", mistake.remedy)
        return FieldNode(
            **self._common(use, path, settings, environment, optional),
            field=field,
            kind=kind,
            constant=constant,
            options=options if kind is not None and kind.widget in _CHOOSING else {},
            offered=self._offered(use, field, path, settings),
            legal_basis=use.legal_basis or field.legal_basis,
            autocomplete=settings.get("autocomplete", ""),
            prefill=settings.get("prefill", ""),
        )

    def _offered(
        self, use: Use, field: Field, path: str, settings: Mapping[str, Any]
    ) -> Expression | None:
        place = f'field."{path}".offered'
        offered = self._compiled(settings.get("offered"), self._environment, place)
        if offered is None:
            return None
        if use.repeated or not field.values or offered.type != ListOf(TEXT):
            self._report(
                "form.offered",
                f"{place}: this is no list of codes for one choice.",
                "Give a list of text, at a field that is chosen once from a code list.",
            )
        return offered

    # Words

    def _text_of(self, language: str, path: str) -> Mapping[str, Any]:
        entry = self._texts.get(language, {}).get("field", {}).get(path, {})
        return entry if isinstance(entry, Mapping) else {}

    def _words(self, use: Use, path: str) -> Mapping[Language, Words]:
        """A language's own words, else those of the schema."""
        element = use.element
        label = element.label or element.name
        words: dict[Language, Words] = {}
        for language in LANGUAGES:
            own = self._text_of(language, path)
            shown = own.get("label", label)
            words[language] = Words(
                shown,
                own.get("help", element.help_input),
                own.get("item", shown),
                own.get("add", ""),
            )
        return words

    def _message(self, key: str, place: str) -> Mapping[Language, str]:
        sentences: dict[Language, str] = {}
        for language in LANGUAGES:
            found: Any = self._texts.get(language, {})
            for part in key.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            if not isinstance(found, str):
                self._report(
                    "form.text",
                    f"{place}: the text '{key}' is missing in '{language}'.",
                    f"Write it into texts/{language}.toml.",
                )
                found = key
            sentences[language] = found
        return sentences

    # Pages and rules

    def _page(self, entry: Mapping[str, Any], by_path: Mapping[str, Node]) -> Page:
        id_ = str(entry.get("id", ""))
        place = f"page '{id_}'"
        self._keys(entry, _PAGE_KEYS, place)
        if not id_.replace("-", "").replace("_", "").isalnum() or not id_.isascii():
            self._report(
                "form.page",
                f"{place}: the id is not usable.",
                "Use ASCII letters, digits, - and _.",
            )
        items = []
        for path in entry.get("items", []):
            node = by_path.get(path)
            if node is None:
                self._unknown(path, f"{place}: items")
            elif self._repeated_above(path, by_path):
                self._report(
                    "form.item",
                    f"{place}: '{path}' stands in a repeated group.",
                    "Put the whole group on the page.",
                )
            else:
                items.append(node)
        titles: dict[Language, Words] = {}
        for language in LANGUAGES:
            own = self._texts.get(language, {}).get("page", {}).get(id_, {})
            default = self._title(items, by_path, language)
            titles[language] = Words(own.get("title", default), own.get("help", ""))
        condition = self._expression(entry.get("when"), self._environment, f"{place}: when")
        return Page(id_, condition, tuple(items), titles)

    def _title(self, items: list[Node], by_path: Mapping[str, Node], language: Language) -> str:
        """A page's title where the texts have none: its only item's, else what they stand in."""
        if len(items) == 1:
            return items[0].words[language].label
        above = items[0].path.rpartition(".")[0] if items else ""
        if above:
            return by_path[above].words[language].label
        return self._schema.title or self._schema.name

    def _coverage(self, pages: tuple[Page, ...], root: tuple[Node, ...]) -> dict[str, str]:
        """The page of every node; what is twice on pages or needed but on none is a finding."""
        page_of: dict[str, str] = {}
        ids = [page.id for page in pages]
        for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            self._report("form.page", f"The page '{id_}' is there twice.", "Rename one of them.")
        for page in pages:
            for node in below(page.items):
                if node.path in page_of:
                    self._report(
                        "form.twice",
                        f"'{node.path}' is on the pages '{page_of[node.path]}' and '{page.id}'.",
                        "Leave it on one page.",
                    )
                page_of[node.path] = page.id
        for node in below(root):
            asked = isinstance(node, FieldNode) and node.field.asks
            if asked and node.minimum and node.path not in page_of and _needed(node.path, root):
                self._report(
                    "form.missing",
                    f"'{node.path}' is required, but on no page.",
                    "Add it to the items of a page.",
                )
        return page_of

    def _rule(
        self, entry: Mapping[str, Any], by_path: Mapping[str, Node], page_of: Mapping[str, str]
    ) -> Constraint | None:
        id_ = str(entry.get("id", ""))
        place = f"rule '{id_}'"
        self._keys(entry, _RULE_KEYS, place)
        at = str(entry.get("at", ""))
        sentences = self._message(str(entry.get("message", "")), place)
        if at not in by_path or at not in page_of:
            self._unknown(at, f"{place}: at")
            return None
        repeated = self._repeated_above(at, by_path)
        environment = self._rule_environment
        if repeated:
            environment = environment.extend({"item": at_path(self._answers, repeated)})
        expression = self._expression(entry.get("when", ""), environment, f"{place}: when")
        if expression is None:
            return None
        own = repeated if "item" in expression.names else ""
        return Constraint(
            id=id_,
            expression=expression,
            at=at if own or not repeated else repeated,
            page_id=page_of[at],
            sentences=sentences,
            repeated=own,
            environment=environment if own else None,
        )

    # Checks

    def _expression(
        self, text: str | None, environment: Environment, place: str
    ) -> Expression | None:
        return self._compiled(text, environment, place, BOOL)

    def _compiled(
        self, text: str | None, environment: Environment, place: str, expect: Shape | None = None
    ) -> Expression | None:
        if text is None:
            return None
        try:
            return environment.compile(text, expect=expect)
        except ExpressionError as error:
            remedy = (
                "Correct the expression; it must be true or false."
                if expect is BOOL
                else "Correct the expression."
            )
            self._report("form.expression", f"{place}: {error}", remedy)
            return None

    def _check_bound(self) -> None:
        """A rule may have a form of its own; what says that it carries one out must name it rightly."""
        known = rules_of(self._schema)
        for id_, place in bound(self._pages):
            if place != "rule" and id_ not in known:
                self._report(
                    "form.rule",
                    f"{place}: the schema has no rule '{id_}'.",
                    "Write the rule's id as the schema has it.",
                )
        for id_, why in self._pages.get("by_hand", {}).items():
            if not isinstance(why, str) or not why.strip():
                self._report(
                    "form.rule",
                    f"by_hand: nothing says who sees to '{id_}'.",
                    "Write a sentence that says who sees to the rule, and when.",
                )

    def _check_paths(self, by_path: Mapping[str, Node]) -> None:
        for path in self._settings:
            if path not in by_path:
                self._unknown(path, "field")
        for language in self._texts:
            for path in self._texts[language].get("field", {}):
                if path not in by_path:
                    self._unknown(path, f"texts/{language}.toml: field")

    def _repeated_above(self, path: str, by_path: Mapping[str, Node]) -> str:
        """The innermost repeated group above a path, "" where there is none."""
        pieces = path.split(".")[:-1]
        for end in range(len(pieces), 0, -1):
            above = ".".join(pieces[:end])
            if by_path[above].repeated:
                return above
        return ""

    def _keys(self, entry: Mapping[str, Any], known: frozenset[str], place: str) -> None:
        for key in sorted(set(entry) - known):
            self._report(
                "form.key",
                f"{place}: '{key}' is not known.",
                f"Known are {', '.join(sorted(known))}.",
            )

    def _unknown(self, path: str, place: str) -> None:
        self._report(
            "form.path",
            f"{place}: the schema has no '{path}'.",
            "Write the path of keys as in 'person.name'.",
        )

    def _report(self, code: str, message: str, remedy: str) -> None:
        self._findings.append(Finding(code, Severity.ERROR, message, remedy, self._file))


def _needed(path: str, root: tuple[Node, ...]) -> bool:
    """Whether everything above a path must be there, so that the path itself must be."""
    by_path = {node.path: node for node in below(root)}
    pieces = path.split(".")
    return all(by_path[".".join(pieces[:end])].minimum for end in range(1, len(pieces)))


def _hideable(pages: tuple[Page, ...], root: tuple[Node, ...]) -> frozenset[str]:
    """Paths that a condition can hide, and groups of which everything can be hidden."""
    hideable = {node.path for page in pages for node in page.items if page.condition is not None}
    hideable |= {node.path for node in below(root) if node.condition is not None}
    on_pages = {node.path for page in pages for node in page.items}
    for node in reversed(list(below(root))):
        if not isinstance(node, GroupNode) or node.path in on_pages:
            continue
        parts = [child.path for child in node.children if child.holds_answer]
        split = any(path.startswith(node.path + ".") for path in on_pages)
        if split and all(part in hideable for part in parts):
            hideable.add(node.path)
    return frozenset(hideable)
