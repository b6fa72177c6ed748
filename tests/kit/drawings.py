"""Processes and decisions for tests, built from short descriptions of their parts."""

from __future__ import annotations

from amtsweg.kit.expressions import BOOL, INT, TEXT, Environment, ListOf, Record

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:amtsweg="urn:amtsweg:bpmn:1" id="definitions" targetNamespace="urn:test">\n'
    '<bpmn:message id="m1" name="documents_received"/>\n'
)

ENVIRONMENT = Environment(
    {
        "answers": Record(
            {
                "name": TEXT,
                "iban": TEXT,
                "hunde": ListOf(Record({"rasse": TEXT, "alter": INT, "assistenz": BOOL})),
            }
        ),
        "parameters": Record({"first": INT, "further": INT, "dangerous": ListOf(TEXT)}),
        "application": Record({"date": TEXT, "number_of_attachments": INT}),
    }
)

CONTEXT = {
    "answers": {
        "name": "Anna Muster",
        "iban": "DE02120300000000202051",
        "hunde": [
            {"rasse": "Dackel", "alter": 2},
            {"rasse": "Pitbull", "alter": 4},
            {"rasse": "Labrador", "assistenz": True},
        ],
    },
    "parameters": {"first": 10_800, "further": 14_400, "dangerous": ["Pitbull"]},
    "application": {"date": "2025-03-01", "number_of_attachments": 1},
}


def bpmn(*parts: str, process_attributes: str = "") -> bytes:
    """A BPMN file with these parts in its one executable process."""
    body = "\n".join(parts)
    return (
        f'{HEAD}<bpmn:process id="case" isExecutable="true" {process_attributes}>\n{body}\n'
        "</bpmn:process>\n</bpmn:definitions>"
    ).encode()


def flows(*pairs: str) -> str:
    """Flows from 'a b' for a to b, or 'a b: CEL' with a condition; ids are a__b."""
    result = []
    for pair in pairs:
        ends, _, condition = pair.partition(": ")
        source, target = ends.split()
        inner = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}'
            "</bpmn:conditionExpression>".replace("&&", "&amp;&amp;").replace("<=", "&lt;=")
            if condition
            else ""
        )
        result.append(
            f'<bpmn:sequenceFlow id="{source}__{target}" sourceRef="{source}" '
            f'targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        )
    return "\n".join(result)


def user(identifier: str, *inputs: str, role: str = "clerk", more: str = "") -> str:
    """A user task; an input is 'name type [attribute="…"]'."""
    listed = "".join(
        '<amtsweg:input name="{}" type="{}" {}/>'.format(*([*one.split(" ", 2), ""])[:3])
        for one in inputs
    )
    return (
        f'<bpmn:userTask id="{identifier}" name="Task {identifier}"><bpmn:extensionElements>'
        f'<amtsweg:task role="{role}" {more}/>{listed}</bpmn:extensionElements></bpmn:userTask>'
    )


def rule(identifier: str, ref: str, result: str, more: str = "") -> str:
    """A business rule task."""
    return (
        f'<bpmn:businessRuleTask id="{identifier}"><bpmn:extensionElements>'
        f'<amtsweg:decision ref="{ref}" result="{result}" {more}/>'
        "</bpmn:extensionElements></bpmn:businessRuleTask>"
    )


def service(identifier: str, activity: str, **arguments: str) -> str:
    """A service task with CEL arguments."""
    listed = "".join(
        f'<amtsweg:argument name="{name}" value="{value}"/>' for name, value in arguments.items()
    )
    return (
        f'<bpmn:serviceTask id="{identifier}"><bpmn:extensionElements>'
        f'<amtsweg:activity name="{activity}">{listed}</amtsweg:activity>'
        "</bpmn:extensionElements></bpmn:serviceTask>"
    )


START, END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>'


def gateway(identifier: str, default: str = "", kind: str = "exclusive") -> str:
    """A gateway; `default` is the id of its default flow."""
    attribute = f'default="{default}"' if default else ""
    return f'<bpmn:{kind}Gateway id="{identifier}" {attribute}/>'


def subprocess(identifier: str, *parts: str, attributes: str = "") -> str:
    """A subprocess with these parts."""
    body = "\n".join(parts)
    return (
        f'<bpmn:subProcess id="{identifier}" name="Part {identifier}" {attributes}>\n{body}\n'
        "</bpmn:subProcess>"
    )


def timer(identifier: str, at: str, duration: str, *, interrupting: bool = True) -> str:
    """A timer on the border of an element."""
    return (
        f'<bpmn:boundaryEvent id="{identifier}" attachedToRef="{at}" '
        f'cancelActivity="{str(interrupting).lower()}"><bpmn:timerEventDefinition>'
        f"<bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:boundaryEvent>"
    )


def dmn(*decisions: str, language: str = "CEL", extra: str = "") -> bytes:
    """A DMN file with these decisions."""
    body = "\n".join(decisions)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="urn:test" expressionLanguage="{language}" {extra}>\n{body}\n</definitions>'
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def table(
    identifier: str,
    inputs: list[str],
    outputs: list[str],
    rows: list[str],
    *,
    policy: str = "UNIQUE",
    requires: tuple[str, ...] = (),
) -> str:
    """A decision table; outputs are 'name type', rows 'in | in => out | out'."""
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
        for one in requires
    )
    hit, _, aggregation = (policy, "", "") if policy == "RULE ORDER" else policy.partition(" ")
    attributes = f'hitPolicy="{hit}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    columns = "\n".join(
        f"<input><inputExpression><text>{_escaped(one)}</text></inputExpression></input>"
        for one in inputs
    )
    results = "\n".join(
        '<output name="{}" typeRef="{}"/>'.format(*([*one.split(), ""])[:2]) for one in outputs
    )
    lines = []
    for row in rows:
        left, _, right = row.partition("=>")
        entries = "".join(
            f"<inputEntry><text>{_escaped(cell.strip())}</text></inputEntry>"
            for cell in (left.split(" | ") if inputs else [])
        ) + "".join(
            f"<outputEntry><text>{_escaped(cell.strip())}</text></outputEntry>"
            for cell in right.split(" | ")
        )
        lines.append(f"<rule>{entries}</rule>")
    joined = "\n".join(lines)
    return (
        f'<decision id="{identifier}" name="{identifier.title()}">{needed}'
        f"<decisionTable {attributes}>\n{columns}\n{results}\n{joined}\n"
        "</decisionTable></decision>"
    )


def literal(identifier: str, text: str, *, requires: tuple[str, ...] = ()) -> str:
    """A decision that is one expression."""
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
        for one in requires
    )
    return (
        f'<decision id="{identifier}" name="{identifier.title()}">{needed}'
        f"<literalExpression><text>{_escaped(text)}</text></literalExpression></decision>"
    )


FEES = dmn(
    table(
        "rate",
        ["dog.assistenz", "dog.rasse in parameters.dangerous", "index"],
        ["cents integer", "reason string"],
        [
            "true | - | - => 0 | 'assistance'",
            "false | true | - => parameters.first * 4 | 'dangerous'",
            "false | false | 1 => parameters.first | 'first'",
            "false | false | > 1 => parameters.further | 'further'",
        ],
    ),
    literal("assessment", "sum(rates.map(r, r.cents))"),
)

DOG_TAX = bpmn(
    START,
    rule("assess", "rate", "rates", 'forEach="answers.hunde" as="dog"'),
    rule("total", "assessment", "fee"),
    user(
        "check",
        'decision choice values="assess exempt refuse request_documents"',
        "reason text requiredWhen=\"decision == 'refuse'\"",
    ),
    gateway("decided", "decided__issue"),
    service("request", "request_documents", documents="check.reason", days="14"),
    '<bpmn:receiveTask id="documents" name="Unterlagen" messageRef="m1"/>',
    '<bpmn:boundaryEvent id="late" attachedToRef="documents"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P14D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    user("second", "agreed bool", role="head", more='differentFrom="check"'),
    service("issue", "issue_notice", template="fee &gt; 0 ? 'assessment' : 'exemption'"),
    service("refuse", "issue_notice", template="'refusal'"),
    gateway("joined"),
    service("close", "close", outcome="check.decision"),
    END,
    flows(
        "start assess",
        "assess total",
        "total check",
        "check decided",
        "decided request: check.decision == 'request_documents'",
        "decided second: check.decision == 'refuse'",
        "decided issue",
        "request documents",
        "documents check",
        "late check",
        "second refuse",
        "refuse joined",
        "issue joined",
        "joined close",
        "close end",
    ),
)
