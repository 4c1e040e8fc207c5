// The service worker: keeps every file of the app, so that it opens without a network.
// The build puts the list of files in the place of the mark below.
declare const __FILES__: [path: string, bytes: number, hash: string][]

const worker = self as unknown as ServiceWorkerGlobalScope
const files = __FILES__
const SHELL = '/scan'
const STORE = 'scan-files'
const total = files.reduce((sum, [, bytes]) => sum + bytes, 0)

async function tell(loaded: number) {
  const pages = await worker.clients.matchAll({ includeUncontrolled: true })
  for (const page of pages) page.postMessage({ loaded, total })
}

async function fetched(path: string, progress: (bytes: number) => Promise<void>) {
  const answer = await fetch(path, { cache: path === SHELL ? 'no-cache' : 'default' })
  if (!answer.ok || !answer.body) throw new Error(`${path}: ${answer.status}`)
  const reader = answer.body.getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    await progress(value.length)
  }
  const headers = new Headers(answer.headers)
  headers.delete('content-encoding')
  return new Response(new Blob(parts), { headers })
}

/** Whether the copy at hand is the one this version wants: paths under assets/ carry their hash. */
function lasting(path: string) {
  return path.startsWith('/scan/assets/')
}

async function keepAll() {
  const store = await caches.open(STORE)
  let loaded = 0
  // The shell comes last: until all else is there, the former version stays whole.
  const ordered = [...files].sort(([a], [b]) => Number(a === SHELL) - Number(b === SHELL))
  for (const [path, bytes] of ordered) {
    if (lasting(path) && (await store.match(path))) loaded += bytes
    else
      await store.put(
        path,
        await fetched(path, async (more) => {
          loaded += more
          await tell(loaded)
        }),
      )
    await tell(loaded)
  }
}

async function dropOthers() {
  const store = await caches.open(STORE)
  const wanted = new Set(files.map(([path]) => path))
  for (const request of await store.keys())
    if (!wanted.has(new URL(request.url).pathname)) await store.delete(request)
  await worker.clients.claim()
}

worker.addEventListener('install', (event) => event.waitUntil(keepAll()))
worker.addEventListener('activate', (event) => event.waitUntil(dropOthers()))
worker.addEventListener('message', (event) => {
  if (event.data === 'take over') void worker.skipWaiting()
})
worker.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url)
  const ours = pathname === SHELL || files.some(([path]) => path === pathname)
  if (event.request.method !== 'GET' || origin !== worker.location.origin || !ours) return
  event.respondWith(
    caches
      .open(STORE)
      .then((store) => store.match(pathname))
      .then((kept) => kept ?? fetch(event.request)),
  )
})
