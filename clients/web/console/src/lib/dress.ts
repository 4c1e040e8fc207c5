import type { App } from 'vue'

let wearer: App | null = null
let on: Promise<unknown> | null = null

/** The app that the kit of controls is put on. */
export function wears(app: App): void {
  wearer = app
}

function put(): Promise<unknown> {
  on ??= import('./kit').then(({ dress }) => dress(wearer))
  on.catch(() => (on = null))
  return on
}

/** A screen that is made of Element Plus: loaded together with it, shown once its styles are there. */
export function dressed<Screen>(screen: () => Promise<Screen>): () => Promise<Screen> {
  return async () => (await Promise.all([screen(), put()]))[0]
}
