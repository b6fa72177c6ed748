"""Read an executable BPMN 2.0 file into a `Drawing`.

Only what is listed here is understood; everything else that could have an effect is an error,
because a process that silently ignores what its author drew does the wrong thing. Scripts, other
products' extensions and called processes are therefore refused, not skipped. The diagram part
(positions, colours) and plain documentation have no effect and are passed over.
Source: OMG BPMN 2.0.2 (formal/2013-12-09), `urn:amtsweg:bpmn:1` for the extension elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from amtsweg.kit.process.model import Call, Drawing, Flow, InputText, Kind, Node, Rule, Work
from amtsweg.kit.process.report import Report, line_of, local, namespace, read_xml, text_of

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
AMTSWEG = "urn:amtsweg:bpmn:1"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
DURATION = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?)?\Z"
)

_NO_EFFECT = frozenset(
    {
        "documentation", "laneSet", "textAnnotation", "association", "group", "dataObject",
        "dataObjectReference", "dataStoreReference", "dataInputAssociation",
        "dataOutputAssociation", "property", "incoming", "outgoing",
    }
)  # fmt: skip
_ATTRIBUTES = frozenset(
    {
        "id", "name", "default", "attachedToRef", "cancelActivity", "sourceRef", "targetRef",
        "messageRef", "gatewayDirection", "isExecutable", "isClosed", "processType",
    }
)  # fmt: skip
_INERT_VALUES = {
    "implementation": {"##unspecified", "##WebService", ""},
    "instantiate": {"false"},
    "triggeredByEvent": {"false"},
    "isForCompensation": {"false"},
    "isInterrupting": {"true"},
    "parallelMultiple": {"false"},
    "startQuantity": {"1"},
    "completionQuantity": {"1"},
    "isImmediate": {"true"},
}
_EVENT_KINDS: Mapping[Kind, frozenset[str]] = {
    Kind.START: frozenset(),
    Kind.END: frozenset({"terminateEventDefinition"}),
    Kind.CATCH: frozenset({"messageEventDefinition", "timerEventDefinition"}),
    Kind.BOUNDARY: frozenset({"messageEventDefinition", "timerEventDefinition"}),
}
_INSTEAD = {
    "scriptTask": "Express the rule as a decision table and use a business rule task.",
    "callActivity": "Draw the steps in this process; processes do not call one another.",
    "transaction": "Change it to a plain subprocess.",
    "adHocSubProcess": "Change it to a plain subprocess.",
    "task": "Change it to a user task, a business rule task, a service task or a receive task.",
    "manualTask": "Change it to a user task.",
    "sendTask": "Change it to a service task with an activity.",
    "inclusiveGateway": "Use exclusive and parallel gateways.",
    "complexGateway": "Use exclusive and parallel gateways.",
    "eventBasedGateway": "Use a receive task with a timer on its border.",
    "multiInstanceLoopCharacteristics": "Use forEach at a business rule task.",
    "standardLoopCharacteristics": "Draw the loop with an exclusive gateway.",
    "conditionalEventDefinition": "Use a message or a timer.",
    "signalEventDefinition": "Use a message.",
}
_EXTENSION_OF = {
    Kind.USER_TASK: ("task", "input"),
    Kind.DECISION_TASK: ("decision",),
    Kind.ACTIVITY_TASK: ("activity",),
}


def read(document: bytes, report: Report) -> Drawing:
    """The drawing in a BPMN file. What is wrong with it goes into the report.

    Raises `ProcessFault` if the file is not BPMN with exactly one executable process.
    """
    root = read_xml(document, report)
    if local(root) != "definitions" or namespace(root) != BPMN:
        report.error("process.not_bpmn", "The file is not BPMN 2.0.", "Save it as BPMN 2.0 XML.", 1)
    executable = [
        element
        for element in root.findall(f"{{{BPMN}}}process")
        if element.get("isExecutable", "false") == "true"
    ]
    if len(executable) != 1:
        report.error(
            "process.one_executable",
            f"The file has {len(executable)} executable processes.",
            "Mark exactly one process as executable.",
            line_of(executable[1]) if executable else 1,
        )
    report.raise_if_failed()
    return _Reading(root, report).process(executable[0])


class _Reading:
    """One pass over one file."""

    def __init__(self, root: etree._Element, report: Report) -> None:
        self.report = report
        self.messages = {
            message.get("id", ""): message.get("name", "")
            for message in root.findall(f"{{{BPMN}}}message")
        }

    def process(self, element: etree._Element) -> Drawing:
        """The process element."""
        self._attributes(element)
        nodes: dict[str, Node] = {}
        flows: list[Flow] = []
        self._contents(element, "", nodes, flows)
        return Drawing(element.get("id", "process"), element.get("name", ""), nodes, tuple(flows))

    def _contents(
        self, element: etree._Element, within: str, nodes: dict[str, Node], flows: list[Flow]
    ) -> None:
        for child in self._children(element):
            name = local(child)
            if name in _NO_EFFECT:
                continue
            if name == "extensionElements":
                self._extensions(child, ())
            elif name == "sequenceFlow":
                flows.append(self._flow(child))
            elif name in Kind._value2member_map_:
                node = self._node(child, Kind(name), within)
                if node.id in nodes:
                    self._error("duplicate", f"Two elements have the id '{node.id}'.",
                                "Give each its own id.", child)  # fmt: skip
                    continue
                nodes[node.id] = node
                if node.kind is Kind.SUBPROCESS:
                    self._contents(child, node.id, nodes, flows)
            else:
                self._unsupported(child)

    # Nodes

    def _node(self, element: etree._Element, kind: Kind, within: str) -> Node:
        self._attributes(element)
        identifier = element.get("id", "")
        if not IDENTIFIER.match(identifier):
            self._error(
                "id",
                f"The id '{identifier}' cannot be used in expressions.",
                "Use letters, digits and _ only.",
                element,
            )
        message, timer, terminate = "", "", False
        extensions: list[etree._Element] = []
        for child in () if kind is Kind.SUBPROCESS else self._children(element):
            name = local(child)
            if name in _NO_EFFECT:
                continue
            if name == "extensionElements":
                extensions += self._extensions(child, _EXTENSION_OF.get(kind, ()))
            elif name in _EVENT_KINDS.get(kind, frozenset()):
                self._attributes(child)
                if name == "timerEventDefinition":
                    timer = self._timer(child)
                elif name == "messageEventDefinition":
                    message = self._message(child)
                else:
                    terminate = True
            else:
                self._unsupported(child)
        if kind is Kind.RECEIVE_TASK:
            message = self._message(element)
        if kind in (Kind.CATCH, Kind.BOUNDARY) and not (message or timer):
            self._error("event", f"The event '{identifier}' waits for nothing.",
                        "Give it a message or a timer.", element)  # fmt: skip
        return Node(
            id=identifier,
            kind=kind,
            name=" ".join(element.get("name", "").split()),
            line=line_of(element),
            work=self._work(element, extensions) if kind is Kind.USER_TASK else None,
            rule=self._rule(element, extensions) if kind is Kind.DECISION_TASK else None,
            call=self._call(element, extensions) if kind is Kind.ACTIVITY_TASK else None,
            message=message,
            timer=timer,
            attached_to=element.get("attachedToRef", ""),
            interrupting=element.get("cancelActivity", "true") == "true",
            terminate=terminate,
            default_flow=element.get("default", ""),
            within=within,
        )

    def _work(self, element: etree._Element, extensions: list[etree._Element]) -> Work:
        tasks = [one for one in extensions if local(one) == "task"]
        if len(tasks) > 1:
            self._error("extension", "There is more than one <amtsweg:task>.",
                        "Keep one.", tasks[1])  # fmt: skip
        task = tasks[0] if tasks else element.makeelement(f"{{{AMTSWEG}}}task")
        self._only(task, "role", "differentFrom")
        return Work(
            role=task.get("role", "").strip(),
            different_from=task.get("differentFrom", "").strip(),
            inputs=tuple(self._input(one) for one in extensions if local(one) == "input"),
        )

    def _input(self, element: etree._Element) -> InputText:
        self._only(element, "name", "type", "values", "offered", "required", "requiredWhen")
        return InputText(
            name=element.get("name", ""),
            type=element.get("type", ""),
            values=tuple(element.get("values", "").split()),
            required=element.get("required", "true") != "false",
            required_when=element.get("requiredWhen", "").strip(),
            offered=element.get("offered", "").strip(),
            line=line_of(element),
        )

    def _rule(self, element: etree._Element, extensions: list[etree._Element]) -> Rule | None:
        decision = self._single(element, extensions, "decision")
        if decision is None:
            return None
        self._only(decision, "ref", "result", "forEach", "as")
        return Rule(
            decision=decision.get("ref", ""),
            result=decision.get("result", ""),
            for_each=decision.get("forEach", "").strip(),
            element=decision.get("as", ""),
        )

    def _call(self, element: etree._Element, extensions: list[etree._Element]) -> Call | None:
        activity = self._single(element, extensions, "activity")
        if activity is None:
            return None
        self._only(activity, "name")
        arguments = []
        for child in activity:
            if namespace(child) != AMTSWEG or local(child) != "argument":
                self._unsupported(child)
                continue
            self._only(child, "name", "value")
            arguments.append((child.get("name", ""), child.get("value", ""), line_of(child)))
        return Call(activity.get("name", ""), tuple(arguments))

    def _single(
        self, element: etree._Element, extensions: list[etree._Element], name: str
    ) -> etree._Element | None:
        if len(extensions) == 1:
            return extensions[0]
        self._error(
            "extension",
            f"The element '{element.get('id', '')}' has {len(extensions)} <amtsweg:{name}>.",
            f"Give it exactly one <amtsweg:{name}> among its extension elements.",
            element,
        )
        return None

    def _message(self, element: etree._Element) -> str:
        reference = element.get("messageRef", "")
        name = self.messages.get(reference, "")
        if not name:
            self._error("message", "No message with a name is chosen here.",
                        "Choose a message, such as documents_received.", element)  # fmt: skip
        return name

    def _timer(self, element: etree._Element) -> str:
        parts = [child for child in self._children(element) if local(child) != "documentation"]
        text = text_of(parts[0]) if len(parts) == 1 and local(parts[0]) == "timeDuration" else ""
        if not DURATION.match(text) or not re.search("[1-9]", text):
            self._error("timer", f"The timer '{text}' is not a duration.",
                        "Write an ISO duration, such as P14D for 14 days.", element)  # fmt: skip
        return text

    def _flow(self, element: etree._Element) -> Flow:
        self._attributes(element)
        condition = ""
        for child in self._children(element):
            name = local(child)
            if name in _NO_EFFECT:
                continue
            if name == "extensionElements":
                self._extensions(child, ())
            elif name == "conditionExpression":
                condition = self._condition(child)
            else:
                self._unsupported(child)
        return Flow(
            element.get("id", ""),
            element.get("sourceRef", ""),
            element.get("targetRef", ""),
            condition,
            line_of(element),
            " ".join(element.get("name", "").split()),
        )

    def _condition(self, element: etree._Element) -> str:
        language = element.get("language", "CEL")
        if language.upper() != "CEL":
            self._error("language", f"The condition is written in '{language}'.",
                        "Write it in CEL and set the language to CEL.", element)  # fmt: skip
        for name in map(str, element.attrib):
            if name not in ("id", "language", f"{{{_XSI}}}type"):
                self._foreign(element, name)
        if len(element):
            self._unsupported(element[0])
        return text_of(element)

    # What is allowed

    def _children(self, element: etree._Element) -> Iterator[etree._Element]:
        for child in element:
            if namespace(child) == BPMN:
                yield child
            else:
                self._unsupported(child)

    def _extensions(
        self, element: etree._Element, allowed: tuple[str, ...]
    ) -> list[etree._Element]:
        found = []
        for child in element:
            if namespace(child) == AMTSWEG and local(child) in allowed:
                found.append(child)
            else:
                self._unsupported(child)
        return found

    def _attributes(self, element: etree._Element) -> None:
        for name, value in element.items():
            inert = _INERT_VALUES.get(str(name), ())
            if name not in _ATTRIBUTES and value not in inert:
                self._foreign(element, str(name))

    def _only(self, element: etree._Element, *allowed: str) -> None:
        for name in map(str, element.attrib):
            if name not in allowed:
                self._foreign(element, name)

    def _unsupported(self, element: etree._Element) -> None:
        name = local(element)
        owner = namespace(element)
        which = f"'{name}'" if owner in (BPMN, AMTSWEG) else f"'{name}' of {owner or 'no standard'}"
        self._error(
            "unsupported",
            f"The element {which} is not part of what a process may contain.",
            _INSTEAD.get(name, "Remove it."),
            element,
        )

    def _foreign(self, element: etree._Element, name: str) -> None:
        self._error(
            "attribute",
            f"The attribute '{name}' of '{local(element)}' is not understood.",
            "Remove it.",
            element,
        )

    def _error(self, code: str, message: str, remedy: str, element: etree._Element) -> None:
        self.report.error(f"process.{code}", message, remedy, line_of(element))
