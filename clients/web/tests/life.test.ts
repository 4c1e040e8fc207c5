import { expect, test } from 'vitest'
import type { Happening } from '../console/src/lib/records'
import { csv } from '../console/src/lib/saving'
import { likeVin, recent, remember, termsOf } from '../console/src/lib/search'
import { lines, stretches, type Left } from '../console/src/lib/timeline'

function event(id: string, at: string, told: Partial<Happening> = {}): Happening {
  const day = `${at}T02:00:00.000000Z`
  return { event_id: id, type: 'inspected', occurred_at: day, recorded_at: day, organisation: 'O1', agent: null, role: 'outlet', site: null, reported_as: 'B', corrected_by: null, assurance: 'unsigned', log_index: Number(id), data: {}, ...told }
}

function left(id: string, stage: string): Left {
  return { event_id: id, reported_as: 'B', stage, stage_text: { zh: stage, en: stage }, holder: null, counts: true }
}

test('half a year without a word is a gap, told in days', () => {
  expect(lines([event('1', '2024-01-01'), event('2', '2024-07-01')]).map(({ gapDays }) => gapDays)).toEqual([0, 182])
})

test('what happened before and was told after something else is back-dated', () => {
  const told = lines([event('1', '2024-01-01', { log_index: 9 }), event('2', '2024-02-01', { log_index: 3 }), event('3', '2024-03-01', { log_index: 10 })])
  expect(told.map(({ toldAfter }) => toldAfter)).toEqual([3, null, null])
})

test('a correction is folded under what it withdrew', () => {
  const told = lines([event('1', '2024-01-01', { corrected_by: '2' }), event('2', '2024-01-02', { type: 'corrected', data: { event_id: '1', reason: 'wrong' } })])
  expect(told).toHaveLength(1)
  expect(told[0]?.corrections.map(({ event_id: id }) => id)).toEqual(['2'])
})

test('events stand under the stage that they left the battery in, with how long that lasted', () => {
  const events = [event('1', '2024-01-01'), event('2', '2024-01-11'), event('3', '2024-02-01')]
  const told = stretches(events, [left('1', 'made'), left('2', 'made'), left('3', 'in_use')])
  expect(told.map(({ stage, lines: some, days }) => [stage, some.length, days])).toEqual([['made', 2, 31], ['in_use', 1, 0]])
  expect(stretches(events, [])).toHaveLength(1)
})

test('pasted lines and cells are terms, each once', () => {
  expect(termsOf(' A1 \r\nB 2\tC3，A1\n\n')).toEqual(['A1', 'B 2', 'C3'])
})

test('vehicles are never kept in the browser', () => {
  const kept = new Map<string, string>()
  const storage = { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value), removeItem: (name: string) => void kept.delete(name) }
  Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true })
  remember('LSVAA4182E2184847')
  remember('lsvaa 4182 e218 4847')
  remember('001PB1A00DZ5K2E610000001')
  remember('某厂')
  remember('001PB1A00DZ5K2E610000001')
  expect(recent()).toEqual(['001PB1A00DZ5K2E610000001', '某厂'])
  expect(likeVin('LSVAA4I82E2I84847')).toBe(true)
})

test('a table for spreadsheets runs nothing', () => {
  expect(csv([['=1+1', 'a"b', -3, null]])).toBe('\ufeff\'=1+1,"a""b",-3,\r\n')
})
