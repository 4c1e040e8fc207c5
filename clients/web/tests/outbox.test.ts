import { beforeEach, expect, test } from 'vitest'
import { db } from '../scan/src/lib/db'
import { exported, items, put, resend } from '../scan/src/lib/outbox'
import { unlock, lock, waitAfter, WrongPin } from '../scan/src/lib/keyring'
import { backOff } from '../scan/src/lib/sync'
import { measure, clock, stamped } from '../scan/src/lib/clock'
import { uuid7 } from '../scan/src/lib/ids'
import { held } from '../scan/src/lib/stock'

const SOUND = { source: 'person', safety_class: 'A', label_legible: true }

beforeEach(async () => {
  const store = await db()
  for (const name of ['meta', 'outbox', 'photos', 'stock', 'expected', 'drafts'] as const) await store.clear(name)
})

test('reports that are put at the same time get numbers without gaps or doubles', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, at) => put({ type: 'collected', battery: `serial:X:${at}`, data: SOUND })))
  const kept = await items()
  expect(kept.map((each) => each.sequence).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
  expect(new Set(kept.map((each) => each.report.event_id)).size).toBe(20)
})

test('a pack taken in is in store at once, and leaves with a hand-over', async () => {
  await put({ type: 'collected', battery: 'serial:X:1', data: { ...SOUND, mass_kg: '12.5' } })
  expect(await held('serial:X:1')).toMatchObject({ stage: 'collected', mass_kg: '12.5', safety_class: 'A' })
  await put({ type: 'dispatched', data: {}, about: ['serial:X:1'] })
  expect(await held('serial:X:1')).toBeUndefined()
})

test('a refused report is sent again as a new one with what was put right', async () => {
  const item = await put({ type: 'collected', battery: 'serial:X:1', data: SOUND, photos: [new Blob(['x'])] })
  const again = await resend({ ...item, state: 'refused' }, 'serial:X:2', SOUND)
  expect((await items()).map((each) => each.report.battery)).toEqual(['serial:X:2'])
  expect(again.report.occurred_at).toBe(item.report.occurred_at)
  expect((await (await db()).getAll('photos')).map((each) => each.event_id)).toEqual([again.report.event_id])
})

test('what is not sent can be carried as a file, a report a line', async () => {
  await put({ type: 'collected', battery: 'serial:X:1', data: SOUND })
  const lines = (await (await exported()).text()).trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { battery: string }).battery)).toEqual(['serial:X:1'])
})

test('the key opens with its PIN only, and wrong ones wait longer and longer', async () => {
  await lock('dk_secret', '271828')
  await expect(unlock('000000')).rejects.toBeInstanceOf(WrongPin)
  expect(await unlock('271828')).toBe('dk_secret')
  expect([1, 2, 3, 4, 5, 30].map(waitAfter)).toEqual([0, 0, 5000, 10000, 20000, 900000])
})

test('while it waits even the right PIN does not open it', async () => {
  await lock('dk_secret', '271828')
  for (let wrong = 0; wrong < 3; wrong += 1) await unlock('000000').catch(() => undefined)
  await expect(unlock('271828')).rejects.toBeInstanceOf(WrongPin)
  expect(await unlock('271828', Date.now() + 60_000)).toBe('dk_secret')
})

test('failures wait longer, with chance, and never more than a minute and a half', () => {
  expect([1, 2, 3, 10].map((failed) => backOff(failed, 0.5))).toEqual([2000, 4000, 8000, 60000])
  expect(backOff(20, 1)).toBe(90000)
})

test('the clock is measured at half of the round trip', () => {
  measure(1000, 1200, 5000)
  expect(clock).toMatchObject({ offsetMs: 3900, measured: true })
})

test('times are Chinese times with their offset', () => {
  expect(stamped(Date.UTC(2026, 5, 1, 1, 30))).toBe('2026-06-01T09:30:00.000+08:00')
})

test('event ids are of version 7 and in the order of time', () => {
  expect(uuid7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuid7(1) < uuid7(2)).toBe(true)
})
