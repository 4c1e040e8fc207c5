import { reactive } from 'vue'

/** How much of the app is on the phone, and whether a newer one waits. */
export const shell = reactive({ percent: 0, ready: false, update: null as ServiceWorker | null })

/** Registers the service worker, which keeps the app on the phone. */
export function startShell(): void {
  // A service worker needs a safe address; without one the app works while there is a network.
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ loaded: number; total: number }>) => {
    shell.percent = Math.min(100, Math.round((100 * data.loaded) / data.total))
  })
  void navigator.serviceWorker.ready.then(() => {
    shell.ready = true
  })
  void navigator.serviceWorker.register('/scan/sw.js', { scope: '/scan' }).then(watch)
}

function watch(registration: ServiceWorkerRegistration): void {
  const note = () => {
    shell.update = navigator.serviceWorker.controller ? registration.waiting : null
  }
  note()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', note)
  })
}

/** Starts the newer version. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    location.reload()
  })
  shell.update?.postMessage('take over')
}
