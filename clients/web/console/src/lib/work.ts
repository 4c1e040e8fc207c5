import type { Told } from '@common/speech'
import { ask, askJson, type Fault } from './api'

export interface Tallies {
  sets: number
  done: number
  gone: number
  not_found: number
  left: number
}

/** A report that settles a row. */
export interface Tick {
  event_id: string
  type: string
  battery: string
  occurred_at: string
  organisation: string
  organisation_name: string | null
  agent: string | null
  agent_name: string | null
  device: string | null
  device_name: string | null
  log_index: number
}

export interface WorkRow {
  place: number
  station: string
  station_name: string | null
  battery: string | null
  expected: number | null
  state: 'open' | 'done' | 'gone' | 'not_found'
  ticks: Tick[]
  note: { why: string; at: string; organisation: string; organisation_name: string | null; device: string | null; device_name: string | null } | null
}

/** A work list, without its rows in lists. */
export interface WorkList {
  id: string
  number: string
  name: string
  owner: string
  owner_name: string | null
  crew: string
  crew_name: string | null
  due: string
  report: 'removed' | 'retired'
  reason: string
  state: 'open' | 'late' | 'done' | 'closed'
  covered: boolean
  tallies: Tallies
  made_at: string
  closed_at: string | null
  closed_why: string | null
}

export interface WholeList extends WorkList {
  rows: WorkRow[]
  beside: Tick[]
  log_index: number
}

/** What keeps a list or a transfer from being made. */
export interface Obstacle extends Fault {
  value: string | number | null
}

export interface Preview {
  sets: number
  stations: number
  rows: { place: number; station: string; station_name: string | null; battery: string | null; expected: number | null; stage: string | null; model: string | null; warnings: Told[] }[]
  faults: Obstacle[]
}

/** A work list to be. */
export interface Plan {
  name: string
  crew?: string
  due: string
  report: 'removed' | 'retired'
  reason?: string
  text?: string
  filter?: { sites?: string[]; area?: string; stages?: string[] }
}

export interface SetToMove {
  battery: string
  soh_percent: string | null
  stage_before: string | null
  stage_after: string | null
  model: string | null
  steps: { event_id: string; type: string; occurred_at: string }[]
  findings: { code: string; severity: string; text: Told }[]
  quarantined: boolean
}

/** A transfer between two of one's own sites, to be or in the record. */
export interface TransferForm {
  source: string
  target: string
  date: string
  removed_on?: string
  reason: string
  sets: { battery: string; soh_percent?: string }[]
}

export interface Transfer {
  id: string
  number: string
  source: string
  source_name: string | null
  target: string
  target_name: string | null
  date: string
  reason: string
  count: number
  made_at: string
}

const LISTS = '/v1/work-lists'

export const preview = (plan: Plan): Promise<Preview> => askJson('POST', `${LISTS}/preview`, plan)
export const make = (plan: Plan): Promise<WholeList> => askJson('POST', LISTS, plan)
export const whole = (id: string): Promise<WholeList> => askJson('GET', `${LISTS}/${id}`)
export const close = (id: string, reason: string): Promise<WorkList> => askJson('POST', `${LISTS}/${id}/close`, { reason })

/** The lines of a table that somebody has at hand. */
export async function linesOf(file: File): Promise<string> {
  const answer = await ask('PUT', `${LISTS}/table?name=${encodeURIComponent(file.name)}`, file)
  return ((await answer.json()) as { text: string }).text
}

/** Where a state stands out. */
export const LOOKS: Record<string, 'success' | 'danger' | 'info' | 'warning' | 'primary'> = {
  open: 'primary', late: 'danger', done: 'success', closed: 'info', gone: 'warning', not_found: 'warning',
}

/** The day so many days from now, as the service writes days. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)
}
