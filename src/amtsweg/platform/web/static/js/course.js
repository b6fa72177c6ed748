// Shows the drawings of a process and its decisions above their text, as bpmn.io draws them.
// If one cannot be shown, the text says the same.

// A drawing that would be smaller than this to fit is shown larger, and in part.
const SMALLEST = 0.6;
const READABLE = 0.85;
// Around the drawing, in pixels; below it stands the mark of bpmn.io.
const MARGIN = 24;
const BELOW = 72;
const HIGHEST = 640;

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
  place(canvas, figure.querySelector(".aw-drawing__canvas"), viewer.get("elementRegistry").get(here[0]));
  const fit = () => canvas.zoom("fit-viewport", "auto");
  const zoom = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() / 1.25), fit };
  for (const button of figure.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", zoom[button.dataset.zoom]);
  }
}

// As high as the drawing needs; if it is too wide, the part with the place of the case.
function place(canvas, box, here) {
  const { inner } = canvas.viewbox();
  const whole = Math.min(1, (box.clientWidth - 2 * MARGIN) / inner.width);
  const scale = whole < SMALLEST ? READABLE : whole;
  box.style.height = `${Math.min(HIGHEST, inner.height * scale + MARGIN + BELOW)}px`;
  canvas.resized();
  const [width, height, margin] = [box.clientWidth / scale, box.clientHeight / scale, MARGIN / scale];
  const middle = here ? here.x + here.width / 2 : inner.x;
  const rightmost = inner.x + inner.width + margin - width;
  const x = Math.max(inner.x - margin, Math.min(middle - width / 2, rightmost));
  canvas.viewbox({ x, y: inner.y - margin, width, height });
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
