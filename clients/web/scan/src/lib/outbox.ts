import { reactive } from 'vue'
import { clock, stamped } from './clock'
import { db, plain, type Item, type Photo, type Report, type Stock } from './db'
import { sha256, uuid7 } from './ids'
import { device } from './device'

/** What is on its way, for every screen to show. */
export const counts = reactive({ waiting: 0, refused: 0, photos: 0 })

/** A report to be, without what the phone adds. */
export interface Made {
  type: string
  battery?: string
  data: Record<string, unknown>
  site?: string
  /** In whose name, where that is not the phone's own organisation. */
  onBehalfOf?: string
  about?: string[]
  photos?: Blob[]
  at?: number
}

const listeners = new Set<() => void>()

/** Calls back whenever something was put into the outbox. */
export function onPut(callback: () => void): void {
  listeners.add(callback)
}

/** Counts anew what waits and what was refused. */
export async function recount(): Promise<void> {
  const store = await db()
  counts.waiting = await store.countFromIndex('outbox', 'state', 'waiting')
  counts.refused = await store.countFromIndex('outbox', 'state', 'refused')
  counts.photos = await store.countFromIndex('photos', 'uploaded', 0)
}

/** Pictures as they wait for the report that names them. */
export async function photosOf(event: string, files: Blob[]): Promise<Photo[]> {
  const made = []
  for (const file of files) made.push({ sha256: await sha256(file), file, event_id: event, uploaded: 0, tries: 0 })
  return made
}

/**
 * Keeps a report until the service has it. Its number, the report, its pictures and what the phone
 * now believes of its stock are written together or not at all.
 */
export async function put(made: Made): Promise<Item> {
  const at = made.at ?? Date.now()
  const event = uuid7(at)
  const photos = await photosOf(event, made.photos ?? [])
  const store = await db()
  const write = store.transaction(['meta', 'outbox', 'photos', 'stock'], 'readwrite', { durability: 'strict' })
  const last = (await write.objectStore('meta').get('sequence')) as number | undefined
  const sequence = (last ?? 0) + 1
  const report = reportOf(made, event, sequence, at)
  const about = subjects(made)
  const item: Item = { sequence, report, state: 'waiting', made_at: at, tries: 0, about }
  await write.objectStore('meta').put(sequence, 'sequence')
  await write.objectStore('outbox').add(item)
  for (const photo of photos) await write.objectStore('photos').put(photo)
  const stock = write.objectStore('stock')
  for (const name of about) {
    const next = believed(await stock.get(name), item, name)
    await (next ? stock.put(next) : stock.delete(name))
  }
  await write.done
  await announce()
  return item
}

/** Tells everybody that there is something to send. */
export async function announce(): Promise<void> {
  await recount()
  for (const callback of listeners) callback()
}

/** The batteries that a report is about. */
export function subjects(made: Made): string[] {
  return plain(made.about ?? (made.battery ? [made.battery] : []))
}

function reportOf(made: Made, event: string, sequence: number, at: number): Report {
  const { id, site } = device
  const where = made.site ?? site?.id
  return plain({
    event_id: event,
    type: made.type,
    ...(made.battery ? { battery: made.battery } : {}),
    occurred_at: stamped(at),
    ...(where ? { site: where } : {}),
    ...(made.onBehalfOf ? { on_behalf_of: made.onBehalfOf } : {}),
    device: { clock: stamped(at), offset_ms: clock.offsetMs, ...(id ? { id, sequence } : {}) },
    data: made.data,
  })
}

const ENTERS = ['collected', 'received']
const LEAVES = ['dispatched', 'lost', 'exported', 'left_province', 'returned']

/** What the phone believes of a battery after a report of its own; undefined where it is gone. */
export function believed(known: Stock | undefined, item: Item, battery: string): Stock | undefined {
  const { type } = item.report
  if (LEAVES.includes(type)) return undefined
  if (ENTERS.includes(type)) return entered(known ?? unknown(battery), item)
  if (known && type === 'incident') return { ...known, quarantined: true, pending: item.sequence }
  return known
}

function entered(known: Stock, item: Item): Stock {
  const { data, occurred_at } = item.report
  return {
    ...known,
    stage: 'collected',
    received_at: occurred_at,
    pending: item.sequence,
    safety_class: told(data['safety_class']) ?? known.safety_class,
    mass_kg: told(data['mass_kg']) ?? known.mass_kg,
  }
}

function told(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function unknown(battery: string): Stock {
  const nothing = { safety_class: null, mass_kg: null, chemistry: null, maker: null, received_at: null }
  return { battery, stage: 'unknown', quarantined: false, findings: [], names: [battery], own: true, ...nothing }
}

/** All items, the newest first. */
export async function items(): Promise<Item[]> {
  return (await (await db()).getAll('outbox')).reverse()
}

/** What this phone did with a battery, the newest first. */
export async function about(battery: string): Promise<Item[]> {
  return (await (await db()).getAllFromIndex('outbox', 'about', battery)).reverse()
}

/** Everything that the service does not have yet, as a file somebody can carry. */
export async function exported(): Promise<Blob> {
  const unsent = (await (await db()).getAll('outbox')).filter((each) => each.state !== 'sent')
  const lines = unsent.map((each) => JSON.stringify(each.report))
  return new Blob([lines.join('\n'), '\n'], { type: 'application/x-ndjson' })
}
