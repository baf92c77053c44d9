/** The page's side of the service worker (`/field/sw.js`): registering it, completing its cache, changing over. */
import { readonly, ref } from 'vue';

const waiting = ref(false);
/** A newer app has been fetched and waits for the person to say 更新. */
export const updateWaits = readonly(waiting);

const PATIENCE = 20_000;
const LOOK_EVERY = 3600_000;

/** True where this browser can keep the app for a day without a line at all (https, no private window). */
export const canKeepApp = window.isSecureContext && 'serviceWorker' in navigator;

export async function registerWorker(): Promise<void> {
  if (!canKeepApp || import.meta.env.DEV) return;
  const container = navigator.serviceWorker;
  // The first worker takes over a page that had none: nothing to reload. Later ones take over when asked to.
  const hadWorker = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    if (hadWorker) location.reload();
  });
  try {
    const registration = await container.register('/field/sw.js', { scope: '/field/' });
    watch(registration);
    setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY);
  } catch (error) {
    // Without a line there is nothing to register; the worker of yesterday is still there.
    console.warn(error);
  }
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = (): void => {
    waiting.value = registration.waiting !== null && navigator.serviceWorker.controller !== null;
  };
  look();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
}

/** Changes over to the waiting app; the page reloads itself. Drafts are saved at every change, so nothing is lost. */
export async function changeOver(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/field/');
  registration?.waiting?.postMessage('activate');
}

/**
 * Makes sure that every file of the app lies in the worker's cache; false when the app would not open without a line.
 *
 * What was fetched before the worker controlled the page never went through it, so nothing is taken for granted.
 */
export async function completeCache(): Promise<boolean> {
  if (!canKeepApp) return false;
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE));
  return Promise.race([askWorker(), late]);
}

async function askWorker(): Promise<boolean> {
  const registration = await navigator.serviceWorker.ready;
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => resolve(event.data === true);
    registration.active?.postMessage('complete', [channel.port2]);
  });
}
