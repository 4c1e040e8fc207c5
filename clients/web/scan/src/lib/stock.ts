import packaged from '@contracts/danger.json'
import type { IDBPObjectStore, StoreNames } from 'idb'
import { reactive } from 'vue'
import { ask, askJson, Refused } from './api'
import { db, getMeta, setMeta, type Expected, type Stock, type Schema, type WorkList } from './db'
import { device } from './device'

type Lists = Pick<IDBPObjectStore<Schema, ArrayLike<StoreNames<Schema>>, 'lists', 'readwrite'>, 'clear' | 'delete' | 'put'>

interface Snapshot {
  cursor: string
  as_of: string
  whole: boolean
  /** There is more to tell, after this cursor. */
  more?: boolean
  stock: Omit<Stock, 'pending'>[]
  gone: string[]
  expected: Omit<Expected, 'key'>[]
  expected_gone: string[]
  /** Not told by a service of before. */
  lists?: WorkList[]
  lists_gone?: string[]
  over_stock: { kg: string; limit_kg: string } | null
}

/** A step at a burning or leaking battery; `house`: no standard gives its number. */
interface Step {
  id: string
  zh: string
  en: string
  house: boolean
}

interface Reference {
  version: string
  label_host?: string
  makers: { vendor: string; name: string }[]
  /** Not in what was kept by an app of before. */
  danger?: Step[]
}

const PACKAGED: Step[] = packaged

/** What the local copy reflects, and what it says of the whole. */
export const stock = reactive({
  asOf: '',
  overStock: null as Snapshot['over_stock'],
  makers: new Map<string, string>(),
  /** The packaged ones until the service has told those of today. */
  danger: PACKAGED,
  /** What labels and slips name as the host; empty until the service told it. */
  labelHost: '',
})

/** Reads what was kept before. */
export async function recallStock(): Promise<void> {
  const kept = await getMeta<{ asOf: string; overStock: Snapshot['over_stock'] }>('stock')
  if (kept) Object.assign(stock, kept)
  const reference = await getMeta<Reference>('reference')
  if (reference) note(reference)
}

/** Fetches what changed since the last time. */
export async function refreshStock(): Promise<void> {
  if (!device.id) return
  while (await refreshPart());
}

/** One answer of the service; whether there is more. */
async function refreshPart(): Promise<boolean> {
  const cursor = await getMeta<string>('cursor')
  const query = cursor ? `?after=${encodeURIComponent(cursor)}` : ''
  try {
    const told = await askJson<Snapshot>('GET', `/v1/devices/snapshot${query}`)
    await apply(told)
    return told.more === true && told.cursor !== cursor
  } catch (error) {
    // A cursor that the service no longer knows: everything anew.
    if (cursor && error instanceof Refused && error.status === 422) await setMeta('cursor', '')
    throw error
  }
}

async function apply(told: Snapshot): Promise<void> {
  const store = await db()
  const write = store.transaction(['meta', 'stock', 'expected', 'outbox', 'lists'], 'readwrite')
  const [stocks, expected] = [write.objectStore('stock'), write.objectStore('expected')]
  const waiting = await write.objectStore('outbox').index('state').getAll('waiting')
  // What the service has not heard of yet, it cannot deny.
  const unheard = new Set(waiting.flatMap((each) => each.about))
  if (told.whole) {
    for (const name of await stocks.getAllKeys()) if (!unheard.has(name)) await stocks.delete(name)
    await expected.clear()
  }
  await applyLists(write.objectStore('lists'), told)
  for (const each of told.stock) if (!unheard.has(each.battery)) await stocks.put(each)
  for (const name of told.gone) if (!unheard.has(name)) await stocks.delete(name)
  for (const each of told.expected) await expected.put({ ...each, key: `${each.sender.id}:${each.handover}` })
  for (const key of told.expected_gone) await expected.delete(key)
  const kept = { asOf: told.as_of, overStock: told.over_stock }
  await write.objectStore('meta').put(told.cursor, 'cursor')
  await write.objectStore('meta').put(kept, 'stock')
  await write.done
  Object.assign(stock, kept)
}

async function applyLists(lists: Lists, told: Snapshot): Promise<void> {
  if (told.whole) await lists.clear()
  for (const each of told.lists ?? []) await lists.put(each)
  for (const id of told.lists_gone ?? []) await lists.delete(id)
}

/** Fetches the makers' names, unless they are the ones at hand. */
export async function refreshReference(): Promise<void> {
  if (!device.id) return
  const tag = (await getMeta<string>('reference_tag')) ?? ''
  let answer: Response
  try {
    answer = await ask('GET', '/v1/devices/reference', { headers: tag ? { 'if-none-match': tag } : {} })
  } catch {
    return
  }
  const told = (await answer.json()) as Reference
  const { version, makers, danger, label_host } = told
  await setMeta('reference', { version, makers, danger, label_host })
  await setMeta('reference_tag', answer.headers.get('etag') ?? '')
  note(told)
}

function note(reference: Reference): void {
  stock.labelHost = reference.label_host ?? ''
  stock.makers = new Map(reference.makers.map((each) => [each.vendor, each.name]))
  if (reference.danger?.length) stock.danger = reference.danger
}

/** What this phone knows of a battery by itself. */
export async function held(battery: string): Promise<Stock | undefined> {
  return (await db()).get('stock', battery)
}

export async function allHeld(): Promise<Stock[]> {
  return (await db()).getAll('stock')
}

export async function allExpected(): Promise<Expected[]> {
  return (await db()).getAll('expected')
}
