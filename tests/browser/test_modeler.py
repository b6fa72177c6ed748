"""What an author draws with the real bpmn-js loads: our drawing changed, and a new one from nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from amtsweg.kit.expressions import TEXT, Environment, Record
from amtsweg.kit.package import read_package
from amtsweg.kit.process import Instance, load

ROOT = Path(__file__).parents[2]
MODELER = ROOT / "node_modules/bpmn-js/dist/bpmn-modeler.production.min.js"
DESCRIPTOR = ROOT / "docs/editors/amtsweg.moddle.json"
HUNDESTEUER = ROOT / "services/hundesteuer"


@pytest.fixture
def editor(browser: Browser) -> Page:
    """A page with bpmn-js's modeler, which knows our words."""
    page = browser.new_page()
    page.set_content('<div id="canvas" style="height: 600px"></div>')
    page.add_script_tag(path=str(MODELER))
    page.evaluate(
        "amtsweg => { window.modeler = new BpmnJS({container: '#canvas', moddleExtensions: {amtsweg}}); }",
        json.loads(DESCRIPTOR.read_text("utf-8")),
    )
    return page


WORDS = """
  const {modeling, elementRegistry, elementFactory, bpmnFactory, moddle} = Object.fromEntries(
    ['modeling', 'elementRegistry', 'elementFactory', 'bpmnFactory', 'moddle'].map(n => [n, modeler.get(n)]));
  const work = (shape, name, role, input) => {
    const values = ['amtsweg:Task', 'amtsweg:Input'].map((type, i) => moddle.create(type, [{role}, input][i]));
    modeling.updateProperties(shape, {
      name, extensionElements: bpmnFactory.create('bpmn:ExtensionElements', {values})});
  };
"""

CHANGE = f"""async () => {{
  {WORDS}
  // Somebody looks at the case again before it is decided upon.
  const flow = elementRegistry.get('from_is_complete_to_decide');
  const decide = elementRegistry.get('decide');
  const shape = modeling.createShape(elementFactory.createShape({{type: 'bpmn:UserTask'}}),
                                     {{x: 520, y: 60}}, decide.parent);
  work(shape, 'Noch einmal ansehen', 'clerk', {{name: 'seen', type: 'bool'}});
  modeling.reconnectEnd(flow, shape, {{x: 520, y: 60}});
  modeling.connect(shape, decide);
  modeling.updateProperties(elementRegistry.get('check'), {{name: 'Angaben prüfen'}});
  modeling.moveElements([elementRegistry.get('close')], {{x: 0, y: 40}});
  return {{id: shape.id, xml: (await modeler.saveXML({{format: true}})).xml}};
}}"""

DRAW = f"""async () => {{
  await modeler.createDiagram();
  {WORDS}
  const root = modeler.get('canvas').getRootElement();
  modeling.updateProperties(root, {{isExecutable: true, name: 'Neu gezeichnet'}});
  const start = elementRegistry.find(one => one.type === 'bpmn:StartEvent');
  const append = (to, attributes) => modeling.appendShape(to, elementFactory.createShape(attributes),
    {{x: to.x + to.width / 2 + 260, y: to.y + to.height / 2}}, root);
  const part = append(start, {{type: 'bpmn:SubProcess', isExpanded: true}});
  const first = modeling.createShape(elementFactory.createShape({{type: 'bpmn:StartEvent'}}),
    {{x: part.x + 60, y: part.y + 100}}, part);
  const task = modeling.appendShape(first, elementFactory.createShape({{type: 'bpmn:UserTask'}}),
    {{x: part.x + 160, y: part.y + 100}}, part);
  work(task, 'Prüfen', 'clerk', {{name: 'decision', type: 'choice', values: 'yes no'}});
  modeling.appendShape(task, elementFactory.createShape({{type: 'bpmn:EndEvent'}}),
    {{x: part.x + 290, y: part.y + 100}}, part);
  const late = modeling.createShape(
    elementFactory.createShape({{type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition'}}),
    {{x: part.x + 100, y: part.y + part.height}}, part, {{attach: true}});
  const definition = late.businessObject.eventDefinitions[0];
  modeling.updateModdleProperties(late, definition, {{
    timeDuration: bpmnFactory.create('bpmn:FormalExpression', {{body: 'P14D'}})}});
  modeling.appendShape(late, elementFactory.createShape({{type: 'bpmn:EndEvent'}}),
    {{x: late.x + 100, y: late.y + 120}}, root);
  const gateway = append(part, {{type: 'bpmn:ExclusiveGateway'}});
  const ends = [0, 1].map(i => modeling.appendShape(gateway, elementFactory.createShape({{type: 'bpmn:EndEvent'}}),
    {{x: gateway.x + 200, y: gateway.y + 200 * i}}, root));
  const [yes, no] = ends.map(end => end.incoming[0]);
  modeling.updateProperties(yes, {{name: 'ja', conditionExpression: bpmnFactory.create('bpmn:FormalExpression',
    {{language: 'CEL', body: task.id + ".decision == 'yes'"}})}});
  modeling.updateProperties(gateway, {{default: no.businessObject}});
  return {{id: task.id, xml: (await modeler.saveXML({{format: true}})).xml}};
}}"""


def test_our_drawing_changed_in_the_modeler_loads_with_the_change(editor: Page) -> None:
    edition = read_package(HUNDESTEUER).editions[-1]
    document = edition.drawings["process.bpmn"].decode()
    editor.evaluate("xml => modeler.importXML(xml).then(r => r.warnings.length)", document)
    changed = editor.evaluate(CHANGE)
    decisions = {name: text for name, text in edition.drawings.items() if name.endswith(".dmn")}
    environment = edition.process.environment
    known = {"answers", "parameters", "application"}
    base = Environment({name: environment.variables[name] for name in known})
    process = load(changed["xml"].encode(), decisions, environment=base)
    assert process.findings == ()
    assert process.drawing.nodes["check"].name == "Angaben prüfen"
    added = process.drawing.nodes[changed["id"]]
    assert (added.name, added.work and added.work.role) == ("Noch einmal ansehen", "clerk")
    rest = {name: node for name, node in process.drawing.nodes.items() if name != added.id}
    assert rest.keys() == edition.process.drawing.nodes.keys()
    context = {"answers": {}, "parameters": {}, "application": {"date": "2025-01-01"}}
    case = _finished(process.start(context), decision="complete")
    assert [task.name for task in case.tasks()] == [added.id]
    assert [task.name for task in _finished(case, seen=True).tasks()] == ["decide"]


def test_a_drawing_made_from_nothing_in_the_modeler_loads(editor: Page) -> None:
    drawn = editor.evaluate(DRAW)
    assert drawn["id"].startswith("Activity_")
    environment = Environment({"answers": Record({"name": TEXT})})
    process = load(drawn["xml"].encode(), {}, environment=environment)
    assert process.findings == ()
    case = process.start({"answers": {}})
    assert case.next_due() is not None
    assert _finished(case, decision="yes").finished


def _finished(case: Instance, **result: object) -> Instance:
    (task,) = case.tasks()
    case.complete(task.id, result)
    return case
