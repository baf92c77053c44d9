/** Tells the pages, in every tab, that the phone's database has changed. */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { StoreName } from './database';

type Listener = (store: StoreName) => void;

const listeners = new Set<Listener>();
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('mingcha-field') : undefined;

function hear(store: StoreName): void {
  for (const listener of listeners) listener(store);
}

if (channel) channel.onmessage = (event: MessageEvent<StoreName>) => hear(event.data);

export function changed(store: StoreName): void {
  hear(store);
  channel?.postMessage(store);
}

/** Calls `listener` after each change, in this tab or another; returns how to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * A value read from the database, read again whenever one of `stores` changes. `undefined` until it is read.
 * Belongs to the component that asks for it.
 */
export function live<T>(stores: StoreName[], read: () => Promise<T>): Readonly<ShallowRef<T | undefined>> {
  const value = shallowRef<T>();
  let turn = 0;
  const refresh = async (): Promise<void> => {
    const mine = ++turn;
    try {
      const found = await read();
      // Two readings may finish in the wrong order; only the youngest counts.
      if (mine === turn) value.value = found;
    } catch (error) {
      // The database is out of reach for a moment: what was read before is the best there is.
      console.warn(error);
    }
  };
  onScopeDispose(listen((store) => void (stores.includes(store) && refresh())));
  void refresh();
  return value;
}
