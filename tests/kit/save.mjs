// Reads a drawing from standard input as bpmn-js and dmn-js do, and writes it as they save it.
// node save.mjs process.bpmn|decision.dmn [DESCRIPTOR]
import { readFileSync } from "node:fs";

const [, , name, descriptor] = process.argv;
const document = readFileSync(0, "utf-8");
const extensions = descriptor ? { amtsweg: JSON.parse(readFileSync(descriptor, "utf-8")) } : {};
const [{ default: Moddle, BpmnModdle, DmnModdle }, root] = name.endsWith(".bpmn")
  ? [await import("bpmn-moddle"), "bpmn:Definitions"]
  : [await import("dmn-moddle"), "dmn:Definitions"];
const moddle = new (BpmnModdle ?? DmnModdle ?? Moddle)(extensions);
const { rootElement, warnings } = await moddle.fromXML(document, root);
const losses = warnings.map((warning) => warning.message);
if (losses.length) throw new Error(losses.join("\n"));
const { xml } = await moddle.toXML(rootElement, { format: true });
process.stdout.write(xml);
