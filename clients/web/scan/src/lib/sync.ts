import { reactive } from 'vue'
import { ask, askJson, askTime, hasKey, Refused, Unreachable } from './api'
import { clock } from './clock'
import { db, getMeta, setMeta, type Finding, type Item, type Problem } from './db'
import { device, refillNames } from './device'
import { counts, onPut, recount } from './outbox'
import { uploadPhotos } from './photos'
import { refreshReference, refreshStock } from './stock'
import { sendNotes } from './work'

interface Row {
  event_id: string | null
  outcome: 'accepted' | 'duplicate' | 'refused' | 'skipped'
  entries: { findings?: Finding[] }[]
  problem: Problem | null
}

const MOST = 50
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 60_000
const BEAT_MS = 5 * 60_000
const KEPT_MS = 7 * 24 * 3600_000

/** How sending goes, for every screen to show. */
export const sync = reactive<{
  state: 'idle' | 'sending' | 'offline' | 'locked' | 'revoked'
  lastSentAt: number
  nextTryAt: number
}>({ state: 'locked', lastSentAt: 0, nextTryAt: 0 })

let size = MOST
let failures = 0
let timer: ReturnType<typeof setTimeout> | undefined
let again = false

/** How long to wait after so many failures, in milliseconds; never twice the same. */
export function backOff(failed: number, chance: number = Math.random()): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (failed - 1), LONGEST_WAIT_MS) * (0.5 + chance)
}

/** Starts to send whatever is put into the outbox, now and later. */
export async function startSync(): Promise<void> {
  sync.lastSentAt = (await getMeta<number>('last_sent_at')) ?? 0
  await dropOld()
  await recount()
  onPut(() => void run())
  window.addEventListener('online', () => void run())
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void run()
  })
}

/** Sends what waits. Called again while it runs, it goes round once more. */
export async function run(): Promise<void> {
  if (!hasKey()) {
    sync.state = 'locked'
    return
  }
  again = true
  // One page at a time: two tabs would send twice, in two orders.
  await navigator.locks.request('dianchi-sync', { ifAvailable: true }, async (held) => {
    while (held && again) {
      again = false
      await attempt()
    }
  })
}

async function attempt(): Promise<void> {
  clearTimeout(timer)
  try {
    await askTime().catch(ignoreAbsent)
    await flush()
    failures = 0
    sync.nextTryAt = 0
    sync.state = 'idle'
    await aside()
  } catch (error) {
    settle(error)
  }
}

function settle(error: unknown): void {
  if (error instanceof Refused && error.status === 401) {
    sync.state = 'revoked'
    return
  }
  failures += 1
  size = Math.max(1, Math.floor(size / 2))
  sync.state = 'offline'
  const wait = backOff(failures)
  sync.nextTryAt = Date.now() + wait
  timer = setTimeout(() => void run(), wait)
}

/** A service of an older version may lack a route; without it the phone goes on. */
function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Refused) || error.status === 401) throw error
}

async function flush(): Promise<void> {
  const store = await db()
  for (;;) {
    const batch = await store.getAllFromIndex('outbox', 'state', 'waiting', size)
    if (batch.length === 0) return
    sync.state = 'sending'
    const settled = await send(batch)
    if (settled === 0) throw new Unreachable('no report was settled')
    size = Math.min(MOST, size * 2)
  }
}

async function send(batch: Item[]): Promise<number> {
  let rows: Row[]
  try {
    const told = { json: batch.map((each) => each.report) }
    rows = (await askJson<{ results: Row[] }>('POST', '/v1/events/batch?mode=partial', told)).results
  } catch (error) {
    const [only, ...others] = batch
    const final = error instanceof Refused && error.status !== 401
    if (!final || !only) throw error
    if (others.length > 0) return send([only])
    rows = [{ event_id: only.report.event_id, outcome: 'refused', entries: [], problem: error.problem }]
  }
  const known = new Map(rows.map((row) => [row.event_id, row]))
  let settled = 0
  for (const item of batch) {
    const row = known.get(item.report.event_id)
    if (row && (await note(item, row))) settled += 1
  }
  await recount()
  return settled
}

const NOT_FINAL = ['try_again', 'not_ready', 'internal_error', 'too_many_requests']

/** Keeps what the service said of an item; false where it has to be asked again. */
async function note(item: Item, row: Row): Promise<boolean> {
  const refused = row.outcome === 'refused' || row.outcome === 'skipped'
  if (refused && (!row.problem || NOT_FINAL.includes(row.problem.code))) return false
  const now = Date.now()
  const next: Item = { ...item, tries: item.tries + 1, state: refused ? 'refused' : 'sent' }
  if (refused && row.problem) next.problem = row.problem
  else {
    next.sent_at = now
    next.findings = row.entries.flatMap((entry) => entry.findings ?? [])
    sync.lastSentAt = now
    await setMeta('last_sent_at', now)
  }
  await (await db()).put('outbox', next)
  return true
}

/** What can wait: pictures, the local copy of the stock, names, and how this phone is. */
async function aside(): Promise<void> {
  for (const step of [uploadPhotos, sendNotes, refreshStock, refreshReference, refillNames, beat]) {
    try {
      await step()
    } catch (error) {
      if (error instanceof Refused && error.status === 401) sync.state = 'revoked'
    }
  }
  await recount()
}

let beaten = 0

async function beat(): Promise<void> {
  if (!device.id || Date.now() - beaten < BEAT_MS) return
  const told = { unsent: counts.waiting, refused: counts.refused, app: __APP_VERSION__, offset_ms: clock.offsetMs }
  await ask('POST', '/v1/devices/heartbeat', { json: told })
  beaten = Date.now()
}

/** What was sent a week ago is on record; the phone need not keep it. */
export async function dropOld(): Promise<void> {
  const write = (await db()).transaction('outbox', 'readwrite')
  for await (const found of write.store)
    if (found.value.state === 'sent' && found.value.made_at < Date.now() - KEPT_MS) await found.delete()
  await write.done
}
