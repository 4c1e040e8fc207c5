import { beforeEach, expect, test } from 'vitest'
import { db, type Item } from '../scan/src/lib/db'
import { mend, setAside } from '../scan/src/lib/mending'
import { counts, exported, items, put } from '../scan/src/lib/outbox'
import { unlock, lock, waitAfter, WrongPin } from '../scan/src/lib/keyring'
import { backOff, dropOld } from '../scan/src/lib/sync'
import { measure, clock, stamped } from '../scan/src/lib/clock'
import { sha256, uuid7 } from '../scan/src/lib/ids'
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

const REASON = { zh: '不对', en: 'wrong' }
const PROBLEM = { code: 'invalid_code', title: '', status: 422, errors: [{ code: 'invalid_code', pointer: '/battery', value: 'serial:X:1', message: REASON, way_out: REASON }] }

async function refused(code = 'invalid_code'): Promise<Item> {
  const item = await put({ type: 'collected', battery: 'serial:X:1', data: { ...SOUND, photos: [await sha256(new Blob(['x']))] }, photos: [new Blob(['x'])] })
  const kept: Item = { ...item, state: 'refused', problem: { ...PROBLEM, code } }
  await (await db()).put('outbox', kept)
  return kept
}

test('a refused report keeps its number and its id, says what was put right, and keeps what it was', async () => {
  const item = await refused()
  await mend(item.sequence, { type: 'collected', battery: 'serial:X:2', data: item.report.data })
  const [again, ...others] = await items()
  expect(others).toEqual([])
  expect(again?.report).toEqual({ ...item.report, battery: 'serial:X:2' })
  expect(again).toMatchObject({ state: 'waiting', about: ['serial:X:2'], former: [{ report: item.report, problem: item.problem }] })
  expect((await (await db()).getAll('photos')).map((each) => each.event_id)).toEqual([item.report.event_id])
  expect([await held('serial:X:1'), (await held('serial:X:2'))?.stage]).toEqual([undefined, 'collected'])
})

test('only an id that stands for something else already is given up', async () => {
  const item = await refused('event_id_conflict')
  const again = await mend(item.sequence, { type: 'collected', battery: 'serial:X:1', data: item.report.data })
  expect(again.report.event_id).not.toBe(item.report.event_id)
  expect((await (await db()).getAll('photos')).map((each) => each.event_id)).toEqual([again.report.event_id])
})

test('a picture that the report no longer names is not sent, a new one is', async () => {
  const item = await refused()
  const photo = new Blob(['y'])
  await mend(item.sequence, { type: 'collected', battery: 'serial:X:1', data: { ...SOUND, photos: [await sha256(photo)] }, photos: [photo] })
  expect((await (await db()).getAll('photos')).map((each) => each.sha256)).toEqual([await sha256(photo)])
})

test('what the service told of a pack outlives a wrong report of it', async () => {
  const told = { battery: 'serial:X:1', stage: 'collected', quarantined: false, findings: [], names: [], safety_class: null, mass_kg: null, chemistry: 'lfp', maker: null, received_at: null }
  await (await db()).put('stock', told)
  const item = await refused()
  await mend(item.sequence, { type: 'collected', battery: 'serial:X:2', data: item.report.data })
  expect(await held('serial:X:1')).toMatchObject({ chemistry: 'lfp' })
})

test('what is sent or still waits cannot be put right', async () => {
  const item = await put({ type: 'collected', battery: 'serial:X:1', data: SOUND })
  await expect(mend(item.sequence, { type: 'collected', data: SOUND })).rejects.toThrow()
})

test('what is set aside is not counted as refused, and is still in the export', async () => {
  await setAside(await refused(), true)
  expect([counts.refused, counts.waiting]).toEqual([0, 0])
  expect(await (await exported()).text()).toContain('serial:X:1')
})

test('what was refused long ago is never dropped', async () => {
  const item = await refused()
  await (await db()).put('outbox', { ...item, state: 'aside', made_at: 0 })
  await dropOld()
  expect(await items()).toHaveLength(1)
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
