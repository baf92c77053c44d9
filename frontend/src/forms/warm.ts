/** Brings the form's part of the app to life while a person still looks at the list of stops. */
let begun = false;

export function warmForms(): void {
  if (begun) return;
  begun = true;
  const warm = (): void => {
    // Without a network before the app is kept on the phone, opening a form will say what is the matter.
    Promise.all([import('./runtime'), import('./FormPage.vue')])
      .then(([{ FormRuntime }]) => FormRuntime.warm())
      .catch(() => (begun = false));
  };
  if (window.requestIdleCallback) window.requestIdleCallback(warm, { timeout: 5_000 });
  else setTimeout(warm, 1_000);
}
