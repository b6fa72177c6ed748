// Shows the drawings of a process and its decisions above their text, as bpmn.io draws them.
// If one cannot be shown, the text says the same.

// A drawing that would be smaller than this to fit is shown larger, and in part.
const SMALLEST = 0.6;
const READABLE = 0.85;

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

async function showProcess(figure) {
  const drawing = await read(figure.dataset.bpmn);
  figure.hidden = false;
  const viewer = new BpmnJS({
    container: figure.querySelector(".aw-drawing__canvas"),
    // The wheel scrolls the page.
    zoomScroll: { enabled: false },
  });
  await viewer.importXML(drawing);
  const canvas = viewer.get("canvas");
  const here = figure.dataset.here.split(" ").filter((id) => id && viewer.get("elementRegistry").get(id));
  for (const id of here) canvas.addMarker(id, "aw-drawing-here");
  const fit = () => canvas.zoom("fit-viewport", "auto");
  fit();
  if (canvas.zoom() < SMALLEST) {
    canvas.zoom(READABLE);
    const first = here[0] ?? viewer.get("elementRegistry").find((one) => one.type === "bpmn:StartEvent")?.id;
    if (first) canvas.scrollToElement(first, 24);
  }
  const zoom = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() / 1.25), fit };
  for (const button of figure.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", zoom[button.dataset.zoom]);
  }
}

async function showDecisions(figure) {
  const drawing = await read(figure.dataset.dmn);
  figure.hidden = false;
  const viewer = new DmnJS({ container: figure.querySelector(".aw-drawing__canvas") });
  await viewer.importXML(drawing, { open: false });
  const views = viewer.getViews();
  const controls = figure.querySelector(".aw-drawing__controls");
  const open = async (view) => {
    figure.dataset.view = view.type;
    await viewer.open(view);
    // A table that is wider than the screen can be scrolled by the keyboard, too.
    for (const part of figure.querySelectorAll(".tjs-table-container")) part.tabIndex = 0;
    if (view.type === "drd") viewer.getActiveViewer().get("canvas").zoom("fit-viewport", "auto");
    for (const button of controls.children) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view.id));
    }
  };
  const named = (view) => (view.type === "drd" ? figure.dataset.overview : view.element.name || view.element.id);
  for (const view of views) {
    const button = document.createElement("button");
    const label = document.createElement("span");
    button.type = "button";
    button.className = "kern-btn kern-btn--tertiary";
    button.dataset.view = view.id;
    label.className = "kern-label";
    label.textContent = named(view);
    button.append(label);
    button.addEventListener("click", () => open(view));
    controls.append(button);
  }
  await open(views.find((view) => view.type === "decisionTable") ?? views[0]);
}

async function showAll() {
  const shown = [["[data-bpmn]", showProcess], ["[data-dmn]", showDecisions]];
  for (const [selector, show] of shown) {
    for (const figure of document.querySelectorAll(selector)) {
      try {
        await show(figure);
      } catch (error) {
        figure.hidden = true;
        console.warn(error);
      }
    }
  }
}

showAll();
