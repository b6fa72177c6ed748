// What makes pages smoother where JavaScript runs. Nothing depends on it.

// A second click on "send" does nothing. The platform holds against it anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // What opens beside the page, such as a preview, leaves the form as it is.
  if (form.method !== "post" || form.target || event.submitter?.formTarget) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "true";
  window.setTimeout(() => delete form.dataset.sent, 8000);
}, true);

// Coming back by the browser's back button, forms can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// After htmx brought a new page, reading goes on where it does after a normal load:
// at the error summary (autofocus), else at the page's title.
document.addEventListener("htmx:afterSettle", (event) => {
  for (const form of document.forms) delete form.dataset.sent;
  if (!event.detail.boosted) return;
  const target = document.getElementById("fehler") ?? document.getElementById("titel");
  if (target) {
    target.focus({ preventScroll: true });
    window.scrollTo(0, Math.max(0, target.getBoundingClientRect().top + window.scrollY - 96));
  }
});
