import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import packaged from '@contracts/danger.json'
import { db, getMeta } from '../scan/src/lib/db'
import { device, enrol } from '../scan/src/lib/device'
import { allHeld, refreshReference, refreshStock, stock } from '../scan/src/lib/stock'

const CLAIMED = {
  device: 'D1',
  name: '一号机',
  organisation: { id: 'O1', name: '网点', role: 'outlet' },
  site: null,
  key: 'dc_key',
  block: { block: 'ABCDEF', first: 1, count: 50 },
}

beforeEach(async () => {
  vi.stubGlobal('document', { documentElement: { lang: 'zh' } })
  const store = await db()
  for (const name of ['meta', 'stock', 'expected'] as const) await store.clear(name)
})

afterEach(() => vi.unstubAllGlobals())

/** A service that answers each request by what the test says. */
function service(answer: (path: string, told: Record<string, string>) => unknown) {
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
    const body = typeof init?.body === 'string' ? init.body : '{}'
    const told = answer(path, JSON.parse(body) as Record<string, string>)
    if (told === undefined) return Promise.reject(new TypeError('the answer was lost'))
    return Promise.resolve(new Response(JSON.stringify(told), { headers: { 'content-type': 'application/json' } }))
  })
}

test('a claim whose answer was lost is repeated with the same claimant, and forgotten once bound', async () => {
  const claimants: (string | undefined)[] = []
  service((_, told) => {
    claimants.push(told['claimant'])
    return claimants.length > 1 ? CLAIMED : undefined
  })
  await expect(enrol('K7QM-2XNP', '135791')).rejects.toThrow()
  await enrol('k7qm 2xnp', '135791')
  expect(claimants[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(claimants[1]).toBe(claimants[0])
  expect(await getMeta('claiming')).toBeUndefined()
  await enrol('AAAA-BBBB', '135791')
  expect(claimants[2]).not.toBe(claimants[0])
})

test('a large store comes in parts until there is no more', async () => {
  device.id = 'D1'
  const asked: string[] = []
  service((path) => {
    asked.push(path)
    const at = asked.length
    const row = { battery: `serial:X:${at}`, names: [], stage: 'collected', findings: [] }
    return { cursor: `c${at}`, as_of: '2026-11-30T00:00:00Z', whole: at === 1, more: at < 3, stock: [row], gone: [], expected: [], expected_gone: [], over_stock: null }
  })
  await refreshStock()
  expect(asked.map((each) => each.split('?')[1])).toEqual([undefined, 'after=c1', 'after=c2'])
  expect((await allHeld()).map((each) => each.battery)).toEqual(['serial:X:1', 'serial:X:2', 'serial:X:3'])
})

test('the steps at a dangerous battery are the packaged ones until the service tells those of today', async () => {
  expect(stock.danger).toEqual(packaged)
  device.id = 'D1'
  const today = packaged.map((each) => (each.id === 'stand_back' ? { ...each, zh: '离开 25 米', value: 25 } : each))
  service(() => ({ version: '2', makers: [], danger: today }))
  await refreshReference()
  expect(stock.danger[0]?.zh).toBe('离开 25 米')
})
