import type { Told } from '@common/speech'
import type { CaseMark } from './cases'

export const STATES = ['overdue', 'due_soon', 'unchecked', 'due', 'late', 'met', 'lapsed'] as const
export type State = (typeof STATES)[number]

interface Party {
  id: string | null
  name: string | null
}

/** What an earlier set of rules said. */
export interface Verdict {
  rule_set: string
  regime: string
  due_on: string
  binding: string
  state: string
  met_on: string | null
  judged_from: string
  judged_until: string
}

/** One duty of one battery. */
export interface Obligation {
  id: string
  battery: string
  duty: string
  duty_text: Told | null
  state: State
  state_text: Told
  binding: 'statutory' | 'house'
  owed_to: string
  owed_to_text: Told
  bearer: Party | null
  reporter: Party
  prefecture: string | null
  event_type: string
  unreported: boolean
  safety_class: string | null
  started_on: string
  due_on: string
  days: { count: number; unit: 'working_days' | 'calendar_days' } | null
  calendar: 'notice' | 'provisional' | 'weekdays'
  met_on: string | null
  lapsed_on: string | null
  term: { regime: string; regime_text: Told | null; amount: number | null; unit: string | null; moves_to_workday: boolean | null; mark: string | null; article: Told | null }
  rule_set: string
  judged_from: string
  earlier: Verdict[]
  /** In which it is or was worked. */
  case: CaseMark | null
}

export interface Summary {
  states: Record<State, number>
  duties: { duty: string; duty_text: Told | null; binding: string; states: Partial<Record<State, number>> }[]
  today: string
  log_index: number | null
}

/** How a state looks: never by colour alone, the word is always there. */
export const LOOKS = { overdue: 'danger', late: 'warning', due_soon: 'warning', unchecked: 'info', due: 'primary', met: 'success', lapsed: 'info' } as const
