// Two small mercies; every page works without them.
// 1. A thumb that presses twice sends a form once.
// 2. Leaving a page with unsaved answers asks first.
(() => {
  let unsaved = false;

  document.addEventListener("input", (event) => {
    if (event.target.closest("form[method=post]")) unsaved = true;
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
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
