"""What changes at the desk: steps, who does them, what is entered, what comes after, deadlines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from amtsweg.kit.package.diff.changes import Audience, Change, Name, listed, renamed
from amtsweg.kit.package.edition import Edition
from amtsweg.kit.process.inputs import Input
from amtsweg.kit.process.model import Drawing, Kind, Node

_STEPS: Final = frozenset(
    {
        Kind.USER_TASK,
        Kind.DECISION_TASK,
        Kind.ACTIVITY_TASK,
        Kind.RECEIVE_TASK,
        Kind.CATCH,
        Kind.END,
    }
)
_ROLES: Final = {
    "clerk": Name("Sachbearbeitung", "clerks"),
    "head": Name("Leitung", "the head of office"),
}
_DAYS: Final = re.compile(r"P(\d+)D")


def changes(before: Edition, after: Edition) -> Iterator[Change]:
    """All that clerks notice."""
    old, new = before.process.drawing, after.process.drawing
    for node in old.nodes.values():
        if _is_step(node) and node.id not in new.nodes:
            name = _name(before, node).quoted
            yield _change(
                "step.removed",
                node.id,
                f"Der Schritt {name.de} entfällt.",
                f"The step {name.en} is gone.",
            )
    for node in new.nodes.values():
        was = old.nodes.get(node.id)
        if was is None:
            yield from _added(after, node)
        else:
            yield from _altered(before, after, was, node)
    yield from _order(before, after)
    yield from _conditions(before, after)
    yield from _periods(before, after)


def _added(edition: Edition, node: Node) -> Iterator[Change]:
    if not _is_step(node):
        return
    name = _name(edition, node).quoted
    de, en = f"Neuer Schritt: {name.de}.", f"New step: {name.en}."
    if node.work is not None:
        role = _role(node.work.role)
        de, en = f"{de} Das ist Aufgabe der {role.de}.", f"{en} It is done by {role.en}."
    else:
        de, en = f"{de} Er läuft von selbst.", f"{en} It runs by itself."
    yield _change("step.added", node.id, de, en)


def _altered(before: Edition, after: Edition, was: Node, now: Node) -> Iterator[Change]:
    old, new = _name(before, was), _name(after, now)
    name = new.quoted
    if old != new and now.kind in _STEPS:
        yield _change("step.name", now.id, *renamed("Der Schritt", "step", old, new))
    if was.work and now.work:
        if was.work.role != now.work.role:
            role, other = _role(now.work.role), _role(was.work.role)
            yield _change(
                "step.role",
                now.id,
                f"{name.de} ist jetzt Aufgabe der {role.de}, bisher der {other.de}.",
                f"{name.en} is now done by {role.en}, before by {other.en}.",
            )
        if was.work.different_from != now.work.different_from:
            yield _four_eyes(after, now, name)
        yield from _inputs(before, after, now.id, name)
    yield from _machine(was, now, name)


def _machine(was: Node, now: Node, name: Name) -> Iterator[Change]:
    """What a step waits for or does by itself."""
    if was.timer != now.timer:
        yield _change(
            "step.timer",
            now.id,
            f"{name.de} tritt jetzt nach {_period(now.timer).de} ein, "
            f"bisher nach {_period(was.timer).de}.",
            f"{name.en} now comes after {_period(now.timer).en}, before after "
            f"{_period(was.timer).en}.",
        )
    if was.message != now.message:
        yield _change(
            "step.message",
            now.id,
            f"{name.de} wartet jetzt auf „{now.message}“.",
            f"{name.en} now waits for “{now.message}”.",
        )
    if was.rule != now.rule and was.rule and now.rule:
        yield _change(
            "step.decision",
            now.id,
            f"{name.de} stützt sich jetzt auf „{now.rule.decision}“ "
            f"mit dem Ergebnis „{now.rule.result}“.",
            f"{name.en} now rests on “{now.rule.decision}” with the result “{now.rule.result}”.",
        )
    if was.call and now.call:
        given = {key: value for key, value, _ in was.call.arguments}
        if was.call.activity != now.call.activity:
            yield _change(
                "step.activity",
                now.id,
                f"{name.de} bewirkt jetzt „{now.call.activity}“ statt „{was.call.activity}“.",
                f"{name.en} now does “{now.call.activity}” instead of “{was.call.activity}”.",
            )
        for key, value, _ in now.call.arguments:
            if key in given and given[key] != value:
                yield _change(
                    "step.argument",
                    now.id,
                    f"Bei {name.de} ist „{key}“ jetzt {value} statt {given[key]}.",
                    f"At {name.en}, “{key}” is now {value} instead of {given[key]}.",
                )


def _four_eyes(after: Edition, now: Node, name: Name) -> Change:
    other = after.process.drawing.nodes.get(now.work.different_from if now.work else "")
    if other is None:
        return _change(
            "step.four-eyes",
            now.id,
            f"{name.de} darf jetzt auch dieselbe Person erledigen.",
            f"{name.en} may now be done by the same person, too.",
        )
    first = _name(after, other).quoted
    return _change(
        "step.four-eyes",
        now.id,
        f"{name.de} muss jetzt eine andere Person erledigen als {first.de}.",
        f"{name.en} must now be done by another person than {first.en}.",
    )


def _inputs(before: Edition, after: Edition, task: str, step: Name) -> Iterator[Change]:
    old = {one.name: one for one in before.process.compiled.inputs[task]}
    new = {one.name: one for one in after.process.compiled.inputs[task]}
    for key in {**old, **new}:
        edition = after if key in new else before
        name = _said(edition, f"task.{task}.inputs.{key}", key).quoted
        place = f"{task}.{key}"
        if key not in new:
            yield _change(
                "input.removed",
                place,
                f"Bei {step.de} entfällt die Angabe {name.de}.",
                f"At {step.en}, {name.en} is no longer entered.",
            )
        elif key not in old:
            yield _change(
                "input.added",
                place,
                f"Bei {step.de} ist jetzt auch {name.de} anzugeben.",
                f"At {step.en}, {name.en} is now entered, too.",
            )
        else:
            yield from _input(before, after, place, step, name, old[key], new[key])


def _input(
    before: Edition, after: Edition, place: str, step: Name, name: Name, was: Input, now: Input
) -> Iterator[Change]:
    at = "task.{}.values.{}".format(*place.split("."))
    added = [_said(after, f"{at}.{one}", one) for one in now.values if one not in was.values]
    gone = [_said(before, f"{at}.{one}", one) for one in was.values if one not in now.values]
    if added:
        yield _change(
            "input.choices",
            place,
            f"Bei {step.de} kann man für {name.de} jetzt auch {listed(added).de} wählen.",
            f"At {step.en}, {name.en} can now also be {listed(added).en}.",
        )
    if gone:
        yield _change(
            "input.choices",
            place,
            f"Bei {step.de} kann man für {name.de} {listed(gone).de} nicht mehr wählen.",
            f"At {step.en}, {name.en} can no longer be {listed(gone).en}.",
        )
    once, then = (one.offered.text if one.offered else "" for one in (was, now))
    if once != then:
        yield _change(
            "input.offered",
            place,
            f"Bei {step.de} kommt die Auswahl für {name.de} jetzt aus {then or 'dem Prozess'}, "
            f"bisher aus {once or 'dem Prozess'}.",
            f"At {step.en}, the choices for {name.en} now come from {then or 'the process'}, "
            f"before from {once or 'the process'}.",
        )
    if was.type != now.type:
        yield _change(
            "input.type",
            place,
            f"Bei {step.de} ist {name.de} jetzt von der Art {now.type}, bisher {was.type}.",
            f"At {step.en}, {name.en} is now of the type {now.type}, before {was.type}.",
        )
    needed = [
        (one.required, one.required_when.text if one.required_when else "") for one in (was, now)
    ]
    if needed[0] != needed[1]:
        required, when = needed[1]
        de = f"anzugeben, wenn {when}" if when else "immer anzugeben" if required else "freiwillig"
        en = f"needed if {when}" if when else "always needed" if required else "optional"
        yield _change(
            "input.required",
            place,
            f"Bei {step.de} ist {name.de} jetzt {de}.",
            f"At {step.en}, {name.en} is now {en}.",
        )


def _order(before: Edition, after: Edition) -> Iterator[Change]:
    old, new = before.process.drawing, after.process.drawing
    for node in new.nodes.values():
        if node.id not in old.nodes or node.kind not in {*_STEPS, Kind.START, Kind.BOUNDARY}:
            continue
        was, now = set(_next(old, node.id)), set(_next(new, node.id))
        if was == now:
            continue
        name = _name(after, node).quoted
        then = listed(_name(after, new.nodes[one]) for one in sorted(now))
        once = listed(_name(before, old.nodes[one]) for one in sorted(was))
        yield _change(
            "step.next",
            node.id,
            f"Nach {name.de} folgt jetzt {then.de}, bisher {once.de}.",
            f"After {name.en} comes {then.en}, before {once.en}.",
        )


def _next(drawing: Drawing, node: str) -> Iterator[str]:
    """The steps that can come directly after, beyond gateways and the borders of subprocesses."""
    waiting, seen = list(_onward(drawing, drawing.nodes[node])), set[str]()
    while waiting:
        one = drawing.nodes[waiting.pop()]
        if one.id in seen:
            continue
        seen.add(one.id)
        if _is_step(one):
            yield one.id
        else:
            waiting.extend(_onward(drawing, one))


def _onward(drawing: Drawing, node: Node) -> Iterator[str]:
    """Where the arrows lead from here: into a subprocess by its start, out of it by its end."""
    if node.kind is Kind.SUBPROCESS:
        yield from (one.id for one in drawing.level(node.id).of_kind(Kind.START))
        return
    ends = node.kind is Kind.END and node.within
    yield from (flow.target for flow in drawing.outgoing(node.within if ends else node.id))


def _is_step(node: Node) -> bool:
    """Whether clerks see something happen here; the end of a subprocess is only a border."""
    return node.kind in _STEPS and not (node.kind is Kind.END and node.within)


def _conditions(before: Edition, after: Edition) -> Iterator[Change]:
    old, new = before.process.drawing, after.process.drawing
    was = {(flow.source, flow.target): flow.condition for flow in old.flows}
    for flow in new.flows:
        condition = was.get((flow.source, flow.target))
        if condition is None or condition.split() == flow.condition.split():
            continue
        gateway, target = (
            _name(after, new.nodes[one]).quoted for one in (flow.source, flow.target)
        )
        yield _change(
            "step.condition",
            flow.id,
            f"Von {gateway.de} geht es jetzt zu {target.de}, wenn {flow.condition or 'nichts anderes gilt'}; "
            f"bisher, wenn {condition or 'nichts anderes galt'}.",
            f"From {gateway.en} it now goes to {target.en} if {flow.condition or 'nothing else holds'}; "
            f"before if {condition or 'nothing else held'}.",
        )


def _periods(before: Edition, after: Edition) -> Iterator[Change]:
    was, now = before.decision_days, after.decision_days
    if was != now:
        yield _change(
            "deadline.decision",
            "decision.period_days",
            f"Die Behörde entscheidet jetzt innerhalb von {now} Tagen, bisher von {was} Tagen.",
            f"The authority now decides within {now} days, before within {was} days.",
            file="edition.toml",
        )


def _period(duration: str) -> Name:
    days = _DAYS.fullmatch(duration)
    if days is None:
        return Name(duration or "–", duration or "–")
    return Name(f"{days[1]} Tagen", f"{days[1]} days")


def _name(edition: Edition, node: Node) -> Name:
    return _said(edition, f"task.{node.id}.name", node.name or node.id)


def _said(edition: Edition, key: str, default: str) -> Name:
    return Name(*(edition.text(language, key, default=default) for language in ("de", "en")))


def _role(role: str) -> Name:
    return _ROLES.get(role, Name(f"Rolle „{role}“", f"the role “{role}”"))


def _change(code: str, place: str, de: str, en: str, *, file: str = "process.bpmn") -> Change:
    return Change(Audience.CLERKS, code, file, place, de, en)
