import type { IDBPObjectStore } from 'idb'
import { stamped } from './clock'
import { db, plain, type Item, type Photo, type Report, type Schema } from './db'
import { uuid7 } from './ids'
import { announce, believed, photosOf, recount, subjects, type Made } from './outbox'

/** The screen that made a report of this type, and puts it right. */
export const SCREENS: Record<string, string> = {
  collected: 'receive',
  incident: 'risk',
  dispatched: 'handover',
  received: 'incoming',
  declined: 'incoming',
  repaired: 'repair',
  counted: 'count',
  pickup_requested: 'pickup',
  relabelled: 'label',
}

/**
 * Puts a refused report right and has it sent again; what it was before stays with it.
 *
 * It keeps its `event_id`: the service never recorded it, and should it have done so after all, it
 * tells a conflict instead of recording a second report. Only after such a conflict it gets another.
 */
export async function mend(sequence: number, made: Made): Promise<Item> {
  const kept = await (await db()).get('outbox', sequence)
  if (!kept || !isOpen(kept)) throw new Error('nothing to put right')
  const next = mended(kept, made)
  const fresh = await photosOf(next.report.event_id, made.photos ?? [])
  const write = (await db()).transaction(['outbox', 'photos', 'stock'], 'readwrite', { durability: 'strict' })
  await write.objectStore('outbox').put(next)
  await keepPictures(write.objectStore('photos'), kept, next, fresh)
  await believe(write.objectStore('stock'), kept, next)
  await write.done
  await announce()
  return next
}

type Kept<Name extends 'photos' | 'stock'> = IDBPObjectStore<Schema, ('outbox' | 'photos' | 'stock')[], Name, 'readwrite'>

/** The pictures that it still names wait for it, the others go. */
async function keepPictures(photos: Kept<'photos'>, kept: Item, next: Item, fresh: readonly Photo[]): Promise<void> {
  const named = new Set(hashesIn(next.report))
  for (const photo of (await photos.getAll()).filter((each) => each.event_id === kept.report.event_id))
    if (named.has(photo.sha256)) await photos.put({ ...photo, event_id: next.report.event_id })
    else await photos.delete(photo.sha256)
  for (const photo of fresh) await photos.put(photo)
}

/** What this phone believed only because of the wrong report goes; what the right one says comes. */
async function believe(stock: Kept<'stock'>, kept: Item, next: Item): Promise<void> {
  for (const name of kept.about) {
    const held = await stock.get(name)
    if (held?.own && held.pending === kept.sequence) await stock.delete(name)
  }
  for (const name of next.about) {
    const held = believed(await stock.get(name), next, name)
    await (held ? stock.put(held) : stock.delete(name))
  }
}

function isOpen(item: Item): boolean {
  return item.state === 'refused' || item.state === 'aside'
}

function mended(kept: Item, made: Made): Item {
  const event = kept.problem?.code === 'event_id_conflict' ? uuid7(kept.made_at) : kept.report.event_id
  const { problem, former = [], ...rest } = kept
  const { battery, site, ...members } = kept.report
  const [name, where] = [made.battery ?? battery, made.site ?? site]
  const report = plain({
    ...members,
    event_id: event,
    ...(name ? { battery: name } : {}),
    ...(where ? { site: where } : {}),
    ...(made.at === undefined ? {} : { occurred_at: stamped(made.at) }),
    data: made.data,
  })
  const about = subjects({ ...made, ...(name ? { battery: name } : {}) })
  return { ...rest, report, about, state: 'waiting', tries: 0, former: [...former, { report: kept.report, problem, at: Date.now() }] }
}

/** The pictures that a report names. */
export function hashesIn(report: Report): string[] {
  const { photos = [], signatures = [] } = report.data as { photos?: string[]; signatures?: string[] }
  return [...photos, ...signatures]
}

/** The pictures of a report that are still on this phone, in the order of the report. */
export async function picturesOf(item: Item): Promise<Blob[]> {
  const store = await db()
  const found = await Promise.all(hashesIn(item.report).map((each) => store.get('photos', each)))
  return found.filter((each) => each !== undefined).map((each) => each.file)
}

/** Sends a refused report again as it is: what it needed may be registered by now. */
export async function sendAgain(item: Item): Promise<void> {
  const { report, about } = item
  await mend(item.sequence, { type: report.type, data: report.data, about })
}

/** Puts a refused report aside, or takes it up again. */
export async function setAside(item: Item, aside: boolean): Promise<void> {
  const store = await db()
  const kept = await store.get('outbox', item.sequence)
  if (kept && isOpen(kept)) await store.put('outbox', { ...kept, state: aside ? 'aside' : 'refused' })
  await recount()
}
