import { expect, test } from 'vitest'
import type { Fault } from '../scan/src/lib/db'
import { faultsAt, faultyNames, memberOf } from '../scan/src/lib/faults'

function fault(pointer: string): Fault {
  return { code: 'invalid_value', pointer, value: 'x', message: { zh: '', en: '' }, way_out: { zh: '', en: '' } }
}

test.each([
  ['/data/mass_kg', { name: 'mass_kg', place: 0 }],
  ['/data/batteries/3/battery', { name: 'battery', place: 4 }],
  ['/data/modules_out/0', { name: 'modules_out', place: 1 }],
  ['/battery', { name: 'battery', place: 0 }],
  ['/data/a~1b', { name: 'a/b', place: 0 }],
  ['', { name: '', place: 0 }],
])('%s names a member that a clerk knows', (pointer, member) => {
  expect(memberOf(pointer)).toEqual(member)
})

test('a field has the faults inside of it, and not those of one whose name begins alike', () => {
  const faults = [fault('/data/mass_kg'), fault('/data/mass'), fault('/data/mass/0')]
  expect(faultsAt(faults, '/data/mass').map((each) => each.pointer)).toEqual(['/data/mass', '/data/mass/0'])
})

test('the packs of a list that are at fault are known by name', () => {
  const base = { event_id: '', type: '', occurred_at: '', device: { clock: '', offset_ms: 0 } }
  const lines = { ...base, data: { batteries: [{ battery: 'A' }, { battery: 'B' }] } }
  const names = { ...base, data: { modules_in: ['C', 'D'] } }
  expect([...faultyNames(lines, [fault('/data/batteries/1/battery')], 'batteries').keys()]).toEqual(['B'])
  expect([...faultyNames(names, [fault('/data/modules_in/0')], 'modules_in').keys()]).toEqual(['C'])
})
