import catalogue from '@contracts/findings.json'
import published from '@contracts/obligations.json'
import { choices, told } from '../language'
import type { ListName } from './exports'
import { STATES } from './obligations'

export interface Choice {
  value: string
  label: string
}

type Say = (key: string) => string
const FINDING_STATES = ['Open', 'Closed', 'All']
const duties = new Map(published.duties.map((one) => [one.id, one.title]))

const OFFERS: Record<string, (say: Say, list: ListName) => Choice[]> = {
  stage: () => choices('stage'),
  prefecture: () => choices('prefecture'),
  chemistry: () => choices('chemistry'),
  type: () => choices('type'),
  kind: (say) => ['life', 'link', 'clock'].map((value) => ({ value, label: say(`finding.${value}`) })),
  binding: (say) => ['statutory', 'house'].map((value) => ({ value, label: say(`owed.${value}`) })),
  remedied: (say) => ['true', 'false'].map((value) => ({ value, label: say(`reports.remedied.${value}`) })),
  by: (say) => ['month', 'prefecture', 'chemistry'].map((value) => ({ value, label: say(`reports.by.${value}`) })),
  code: () => catalogue.map((one) => ({ value: one.code, label: told(one.title) })),
  duty: () => [...duties].map(([value, title]) => ({ value, label: told(title) })),
  state: (say, list) =>
    list === 'findings'
      ? FINDING_STATES.map((value) => ({ value: value.toLowerCase(), label: say(`finding.state${value}`) }))
      : STATES.map((value) => ({ value, label: say(`owed.states.${value}`) })),
}

/** What a filter of a list may be; empty where it is open text, a date or a firm. */
export function offered(list: ListName, name: string, say: Say): Choice[] {
  return OFFERS[name]?.(say, list) ?? []
}
