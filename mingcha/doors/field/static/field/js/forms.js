// Two small mercies; every page works without them.
// 1. A thumb that presses twice sends a form once.
// 2. Leaving a page with unsaved answers asks first.
(() => {
  let unsaved = document.querySelector("form[method=post] [aria-invalid=true]") !== null;

  document.addEventListener("input", (event) => {
    if (event.target.closest("form[method=post]")) unsaved = true;
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    // Only for a moment: where the signal is weak, pressing again later must work.
    if (event.timeStamp - Number(form.dataset.sent || -Infinity) < 3000) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = event.timeStamp;
    unsaved = false;
  });

  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  // A page taken from the browser's memory by “back” may send its form again.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
})();
