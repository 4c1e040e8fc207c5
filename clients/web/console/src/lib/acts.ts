import { ask, askJson, withQuery } from './api'
import type { Happening } from './records'
import { localMoment } from './times'

/** What an officer does about one battery; `set_aside` is a proposal to a second officer. */
export const ACTS = ['hold_placed', 'hold_lifted', 'annotated', 'correction_ordered', 'referred', 'set_aside'] as const
export type Act = (typeof ACTS)[number]

/** Laws that acts are commonly based on; any other may be written. */
export const BASES = ['《新能源汽车废旧动力电池回收和综合利用管理暂行办法》', '《中华人民共和国安全生产法》', '《中华人民共和国固体废物污染环境防治法》', '《缺陷汽车产品召回管理条例》']

/** Kinds of events that officers make themselves: these are neither ordered to be corrected nor set aside. */
const OFFICIAL = new Set(['hold_placed', 'hold_lifted', 'annotated', 'correction_ordered', 'referred', 'set_aside', 'corrected'])

export interface Wish {
  act: Act
  basis: string
  document: string
  reason: string
  /** The hold that is lifted, or the report that is meant. */
  target: string
  due: string
  /** The authority that it is passed on to. */
  to: string
}

export interface Aside {
  id: string
  event_id: string
  battery: string
  basis: string
  document: string
  reason: string
  organisation_name: string | null
  made_at: string
  own: boolean
  state: 'waiting' | 'confirmed' | 'declined'
}

/** The holds of a history that nobody lifted. */
export function standingHolds(events: Happening[]): Happening[] {
  const lifted = new Set(events.filter((one) => one.type === 'hold_lifted' && !one.corrected_by).map((one) => one.data['hold']))
  return events.filter((one) => one.type === 'hold_placed' && !one.corrected_by && !lifted.has(one.event_id))
}

/** The reports of a history that still count. */
export function reportsIn(events: Happening[]): Happening[] {
  return events.filter((one) => !OFFICIAL.has(one.type) && !one.corrected_by)
}

/** Does it: a report of the officer, or for `set_aside` a proposal. */
export async function carryOut(battery: string, wish: Wish): Promise<void> {
  const { act, basis, document, reason, target, due, to } = wish
  const told = { basis, document, reason }
  if (act === 'set_aside') {
    await ask('POST', '/v1/set-aside', { event_id: target, battery, ...told })
    return
  }
  const data = Object.fromEntries(Object.entries({ ...told, ...(act === 'hold_lifted' && { hold: target }), ...(act === 'correction_ordered' && { event_id: target, due }), ...(act === 'referred' && { to }) }).filter(([, value]) => value))
  await ask('POST', '/v1/events', { event_id: crypto.randomUUID(), type: act, battery, occurred_at: localMoment(), data })
}

/** What waits for a second officer about a battery. */
export async function waitingFor(battery: string): Promise<Aside[]> {
  return (await askJson<{ items: Aside[] }>('GET', withQuery('/v1/set-aside', { battery }))).items
}

/** Decides as the second officer, or withdraws one's own. */
export async function decide(one: Aside, decision: 'confirm' | 'decline'): Promise<void> {
  await ask('POST', `/v1/set-aside/${one.id}/${decision}`, {})
}
