import { beforeEach, expect, test } from 'vitest'
import { db, type WorkList, type WorkRow } from '../scan/src/lib/db'
import { items } from '../scan/src/lib/outbox'
import { keepNote, report, rowOf, standing, stationsOf } from '../scan/src/lib/work'

const ONE = '001PB1A00DZ5K2E610000001'
const TWO = '001PB1A00DZ5K2E610000002'
const row = (place: number, told: Partial<WorkRow>): WorkRow => ({
  place, station: 'BTS1', station_name: null, battery: null, names: [], expected: null, host_kind: 'base_station', state: 'open', ticked: [], note: null, ...told,
})
const list: WorkList = {
  id: 'L1', number: 'PG-1', name: '三月', owner: { id: 'OTOWER', name: '铁塔' }, for_owner: true, due: '2099-01-01', report: 'removed', reason: 'end_of_life',
  made_at: '2020-01-01T00:00:00Z', rows: [row(1, { battery: ONE, names: [ONE] }), row(2, { expected: 2 }), row(3, { station: 'BTS2', battery: TWO, names: [TWO] })],
}

beforeEach(async () => {
  const store = await db()
  for (const name of ['outbox', 'meta', 'notes', 'stock'] as const) await store.clear(name)
})

test('what this phone reported ticks its row without a network, in the name of the owner', async () => {
  await report(list, 'BTS1', 'base_station', ONE)

  const [first, second] = await standing(list)
  const [item] = await items()

  expect([first?.state, first?.ticked]).toEqual(['done', [{ battery: ONE, sent: false }]])
  expect(second?.done).toBe(0)
  expect(item?.report).toMatchObject({ type: 'removed', site: 'BTS1', on_behalf_of: 'OTOWER', data: { host: { kind: 'base_station', id: 'BTS1' }, reason: 'end_of_life' } })
})

test('a set without a code counts at its station, and what is elsewhere on the list is told so', async () => {
  await report(list, 'BTS1', 'base_station', '001PB1A00DZ5K2E610000009')

  const rows = await standing(list)

  expect(stationsOf(rows).map(({ station, asked, done }) => [station, asked, done])).toEqual([['BTS1', 3, 1], ['BTS2', 1, 0]])
  expect(rowOf(rows, TWO, 'BTS1')?.row.station).toBe('BTS2')
  expect(rowOf(rows, '001PB1A00DZ5K2E610000008', 'BTS2')).toBeUndefined()
})

test('a note stands until the set is found; a refused report ticks nothing', async () => {
  await keepNote(list, 1, '门锁着')
  expect((await standing(list))[0]).toMatchObject({ state: 'not_found', why: '门锁着' })

  const item = await report(list, 'BTS1', 'base_station', ONE)
  expect((await standing(list))[0]?.state).toBe('done')

  await (await db()).put('outbox', { ...item, state: 'refused' })
  expect((await standing(list))[0]?.state).toBe('not_found')
})
