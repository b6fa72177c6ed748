"""FIM's rules in words turned into conditions and rules of pages.toml, for the author to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from amtsweg.kit import toml
from amtsweg.kit.expressions import (
    BOOL,
    TEXT,
    Environment,
    ExpressionError,
    at_path,
    shape_of_schema,
)
from amtsweg.kit.fim.model import DataType, Field, Group, Rule, Schema, Use, walk
from amtsweg.kit.fim.rule_words import Condition, Meaning, Reference, Term, understand
from amtsweg.kit.forms.fields import MOST_SELECTED

_MOST_LEAVES: Final = 40
_TRUTHS: Final = {"wahr": True, "falsch": False, "true": True, "false": False}
_AT_LEAST: Final = {
    "de": "Füllen Sie mindestens eines davon aus: {names}.",
    "en": "Fill in at least one of these: {names}.",
}
_EITHER: Final = {
    "de": "Füllen Sie genau eines davon aus: {names}.",
    "en": "Fill in exactly one of these: {names}.",
}
_DEMANDED: Final = {"de": "Geben Sie „{names}“ an.", "en": "Enter “{names}”."}
_ONCE: Final = "Each entry is a checkbox and can be chosen once."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A form's pages and texts with the rules that could be understood, named in ``understood``."""

    pages: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, Any]]
    understood: frozenset[str]


class _NotMeant(Exception):
    """A rule that names something in a way that could mean several things, or nothing."""


def propose(schema: Schema, pages: Mapping[str, Any]) -> Proposal:
    """Give each rule that is understood in each of its places an executable form in ``pages``.

    A rule that asks for an element under a condition and forbids it otherwise hides and demands
    it; one that only asks becomes a rule with a sentence. ``pages`` has no conditions yet.
    """
    author = _Author(schema, pages)
    understood: set[str] = set()
    for rule, places in _rules(schema).items():
        meaning = understand(rule.free_text)
        if meaning is not None and author.carry_out(rule, meaning, places):
            understood.add(rule.id)
    return Proposal(author.pages, author.texts, frozenset(understood))


def _rules(schema: Schema) -> dict[Rule, list[str]]:
    """Every rule with all the paths at which its element stands."""
    found: dict[Rule, list[str]] = {rule: [""] for rule in schema.rules}
    for path, use in walk(schema.uses):
        for rule in use.element.rules:
            found.setdefault(rule, []).append(path)
    return found


class _Author:
    """Writes into a copy of the pages; a rule that fails in one of its places leaves no trace."""

    def __init__(self, schema: Schema, pages: Mapping[str, Any]) -> None:
        self.pages: dict[str, Any] = deepcopy(dict(pages))
        self.texts: dict[str, dict[str, Any]] = {language: {"rule": {}} for language in _DEMANDED}
        self._uses = dict(walk(schema.uses))
        self._answers = shape_of_schema(schema)
        self._environment = Environment({"answers": self._answers})
        self._chains = dict(_chains(schema.uses))

    def carry_out(self, rule: Rule, meaning: Meaning, places: Iterable[str]) -> bool:
        """Write the rule into the pages; say whether it could be."""
        before = deepcopy((self.pages, self.texts))
        try:
            for number, place in enumerate(places):
                self._at(rule, meaning, place, f"{rule.id}_{number}" if number else rule.id)
        except _NotMeant:
            self.pages, self.texts = before
            return False
        return True

    def _at(self, rule: Rule, meaning: Meaning, place: str, key: str) -> None:
        if meaning.once:
            self._once(rule, self._find(meaning.once, place))
        if meaning.one_of:
            self._choose(rule, meaning, place, key)
        for path in dict.fromkeys(
            self._find(about, place) for _, about in (*meaning.demanded, *meaning.banned)
        ):
            demands = [c for c, about in meaning.demanded if self._find(about, place) == path]
            bans = [c for c, about in meaning.banned if self._find(about, place) == path]
            self._conditional(rule, path, demands, bans, place, key)

    def _once(self, rule: Rule, path: str) -> None:
        use = self._uses[path]
        if not isinstance(use.element, Field) or len(use.element.values) not in range(
            1, MOST_SELECTED + 1
        ):
            raise _NotMeant
        self.pages.setdefault("by_hand", {})[rule.id] = _ONCE

    def _choose(self, rule: Rule, meaning: Meaning, place: str, key: str) -> None:
        paths = [self._find(one, place) for one in meaning.one_of]
        filled = [self._filled(path, paths[0]) for path in paths]
        condition = " || ".join(filled)
        if meaning.exactly:
            condition = " != ".join(filled)
        words = _EITHER if meaning.exactly else _AT_LEAST
        names = [self._name(path) for path in paths]
        self._rule(rule, key, paths[0], condition, words, names, self._optional(place))

    def _conditional(
        self,
        rule: Rule,
        path: str,
        demands: list[Condition],
        bans: list[Condition],
        place: str,
        key: str,
    ) -> None:
        """Hide what is banned; demand what is demanded, while it is shown or by a rule of its own."""
        if len(demands) > 1 or len(bans) > 1:
            raise _NotMeant
        always = bool(bans and demands) and demands[0] == bans[0].denied()
        if bans:
            shown = self._condition(bans[0].denied(), place, path)
            self._hide(rule, path, shown, required=always)
        if demands and not always:
            unasked = self._condition(demands[0].denied(), place, path)
            condition = f"{unasked} || {self._filled(path, path)}"
            above = self._optional(path.rpartition(".")[0])
            self._rule(rule, key, path, condition, _DEMANDED, [self._name(path)], above)

    def _hide(self, rule: Rule, path: str, shown: str, *, required: bool) -> None:
        """Set the condition at the element, or at the pages over which it is spread."""
        self._check(shown, path)
        if any(path == item or path.startswith(item + ".") for item in self._items()):
            settings = self.pages.setdefault("field", {}).setdefault(path, {})
            _join(settings, shown, rule.id)
            if required:
                settings["required"] = True
            return
        spread = [page for page in self.pages["page"] if _all_below(page["items"], path)]
        if not spread:
            raise _NotMeant
        for page in spread:
            _join(page, shown, rule.id)
        if required:
            first = spread[0]["items"][0]
            condition = self._filled(path, first)
            self._rule(rule, rule.id, first, condition, _DEMANDED, [self._name(path)], "")

    def _rule(
        self,
        rule: Rule,
        key: str,
        at: str,
        condition: str,
        words: Mapping[str, str],
        names: list[str],
        within: str,
    ) -> None:
        """Add a rule. It speaks only while the group ``within`` is answered, "" for always."""
        if within:
            condition = f"!{self._filled(within, at)} || ({condition})"
        self._check(condition, at)
        if key in {one["id"] for one in self.pages.get("rule", ())}:
            raise _NotMeant
        entry = {"id": key, "at": at, "when": condition, "message": f"rule.{key}"}
        self.pages.setdefault("rule", []).append(entry)
        for language, sentence in words.items():
            self.texts[language]["rule"][key] = sentence.format(names=", ".join(names))

    # Names and expressions

    def _find(self, reference: Reference, place: str) -> str:
        """The one element that is meant: within the rule's element, else in what is around it."""
        scope = place
        while True:
            inside = [
                path
                for path, chain in self._chains.items()
                if (not scope or path.startswith(scope + "."))
                and chain[-len(reference) :] == reference
            ]
            if inside:
                nearest = min(path.count(".") for path in inside)
                nearby = [path for path in inside if path.count(".") == nearest]
                if len(nearby) == 1:
                    return nearby[0]
                raise _NotMeant
            if not scope:
                raise _NotMeant
            scope = scope.rpartition(".")[0]

    def _condition(self, condition: Condition, place: str, at: str) -> str:
        terms = [self._term(term, place, at) for term in condition.terms]
        if len(terms) == 1:
            return terms[0]
        return "(" + (" || " if condition.any_of else " && ").join(terms) + ")"

    def _term(self, term: Term, place: str, at: str) -> str:
        path = self._find(term.about, place)
        value = term.value
        said = self._filled(path, at) if value is None else self._equals(path, value, at)
        if not term.negated:
            return said
        return said.replace(" == ", " != ") if " == " in said else f"!{said}"

    def _equals(self, path: str, value: str, at: str) -> str:
        use, name = self._uses[path], self._written(path, at)
        field = use.element
        if isinstance(field, Group):
            raise _NotMeant
        if field.values:
            if value not in {one.code for one in field.values}:
                raise _NotMeant
            quoted = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
            return f"({quoted} in {name})" if use.repeated else f"{name} == {quoted}"
        if field.type is DataType.BOOL and value in _TRUTHS and not use.repeated:
            return name if _TRUTHS[value] else f"(has({name}) && !{name})"
        raise _NotMeant

    def _filled(self, path: str, at: str) -> str:
        """Whether something is answered; of a group that is always there, whether anything in it."""
        use = self._uses[path]
        if isinstance(use.element, Field) or not use.minimum:
            return f"has({self._written(path, at)})"
        leaves = [
            f"{path}.{below}"
            for below, inner in walk(use.element.uses)
            if isinstance(inner.element, Field) and inner.element.asks
        ]
        if use.repeated or not leaves or len(leaves) > _MOST_LEAVES:
            raise _NotMeant
        return "(" + " || ".join(f"has({self._written(leaf, at)})" for leaf in leaves) + ")"

    def _written(self, path: str, at: str) -> str:
        """How an expression at ``at`` writes a path: from the answers, or from its own instance."""
        about, here = self._repeated_above(path), self._repeated_above(at)
        if not about:
            return f"answers.{path}"
        if about == here:
            return f"item.{path[len(about) + 1 :]}"
        raise _NotMeant

    def _repeated_above(self, path: str) -> str:
        return next((one for one in _above(path) if self._uses[one].repeated), "")

    def _optional(self, path: str) -> str:
        """The innermost group, from ``path`` up, that need not be answered; "" within an instance."""
        for one in (path, *_above(path)) if path else ():
            if self._uses[one].repeated:
                return ""
            if not self._uses[one].minimum:
                return one
        return ""

    def _check(self, expression: str, at: str) -> None:
        environment = self._environment.extend({"today": TEXT})
        if repeated := self._repeated_above(at):
            environment = environment.extend({"item": at_path(self._answers, repeated)})
        try:
            environment.compile(expression, expect=BOOL)
        except ExpressionError as error:
            raise _NotMeant from error

    def _items(self) -> Iterator[str]:
        for page in self.pages["page"]:
            yield from page["items"]

    def _name(self, path: str) -> str:
        element = self._uses[path].element
        return element.label or element.name


def _chains(uses: Iterable[Use], above: tuple[str, ...] = (), under: str = "") -> Iterator[Any]:
    """The ids from the top down to each element, by path."""
    for use in uses:
        path = f"{under}.{use.key}" if under else use.key
        chain = (*above, use.element.id)
        yield path, chain
        if isinstance(use.element, Group):
            yield from _chains(use.element.uses, chain, path)


def _above(path: str) -> Iterator[str]:
    """The paths above, the innermost first."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _all_below(items: Iterable[str], path: str) -> bool:
    return all(item.startswith(path + ".") for item in items)


def as_toml(pages: Mapping[str, Any]) -> str:
    """The pages as pages.toml says them."""
    blocks = [toml.section(["page"], page, repeated=True) for page in pages["page"]]
    blocks += [toml.section(["field", path], one) for path, one in pages.get("field", {}).items()]
    blocks += [toml.section(["rule"], rule, repeated=True) for rule in pages.get("rule", ())]
    if by_hand := pages.get("by_hand"):
        blocks.append(toml.section(["by_hand"], by_hand))
    return "".join(blocks).lstrip()


def _join(settings: dict[str, Any], condition: str, rule: str) -> None:
    """Add a condition to those that hold already."""
    before = settings.get("when")
    settings["when"] = f"{before} && {condition}" if before else condition
    settings.setdefault("rules", []).append(rule)
