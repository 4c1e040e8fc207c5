import { reactive } from 'vue'
import { ask, askJson, Refused } from './api'
import { db, getMeta, setMeta, type Expected, type Stock } from './db'
import { device } from './device'

interface Snapshot {
  cursor: string
  as_of: string
  whole: boolean
  stock: Omit<Stock, 'pending'>[]
  gone: string[]
  expected: Omit<Expected, 'key'>[]
  expected_gone: string[]
  over_stock: { kg: string; limit_kg: string } | null
}

interface Reference {
  version: string
  makers: { vendor: string; name: string }[]
}

/** What the local copy reflects, and what it says of the whole. */
export const stock = reactive({
  asOf: '',
  overStock: null as Snapshot['over_stock'],
  makers: new Map<string, string>(),
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
  const cursor = await getMeta<string>('cursor')
  const query = cursor ? `?after=${encodeURIComponent(cursor)}` : ''
  try {
    await apply(await askJson<Snapshot>('GET', `/v1/devices/snapshot${query}`))
  } catch (error) {
    // A cursor that the service no longer knows: everything anew.
    if (cursor && error instanceof Refused && error.status === 422) await setMeta('cursor', '')
    throw error
  }
}

async function apply(told: Snapshot): Promise<void> {
  const store = await db()
  const write = store.transaction(['meta', 'stock', 'expected', 'outbox'], 'readwrite')
  const [stocks, expected] = [write.objectStore('stock'), write.objectStore('expected')]
  const waiting = await write.objectStore('outbox').index('state').getAll('waiting')
  // What the service has not heard of yet, it cannot deny.
  const unheard = new Set(waiting.flatMap((each) => each.about))
  if (told.whole) {
    for (const name of await stocks.getAllKeys()) if (!unheard.has(name)) await stocks.delete(name)
    await expected.clear()
  }
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
  await setMeta('reference', { version: told.version, makers: told.makers })
  await setMeta('reference_tag', answer.headers.get('etag') ?? '')
  note(told)
}

function note(reference: Reference): void {
  stock.makers = new Map(reference.makers.map((each) => [each.vendor, each.name]))
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
