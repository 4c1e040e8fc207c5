import { askJson, batteryPath } from './api'
import type { Happening, Page } from './records'

/** A one-time link and what was answered by it. */
export interface Link {
  id: string
  event_id: string
  claimed: { handover: string; receiver: { name: string | null; province: string | null }; batteries: { battery: string }[]; occurred_at: string }
  made_at: string
  expires_at: string
  revoked_at: string | null
  answered_at: string | null
  answer: { decision: string; organisation: string; uscc: string; same_uscc: boolean | null; received_on: string } | null
  person: string | null
  note: string | null
}

export type LinkState = 'open' | 'answered' | 'revoked' | 'over'

export function stateOf(link: Link): LinkState {
  if (link.answered_at) return 'answered'
  if (link.revoked_at) return 'revoked'
  return Date.parse(link.expires_at) > Date.now() ? 'open' : 'over'
}

/** The hand-overs of a battery that an organisation reported and did not take back, the newest first. */
export async function handoversOf(battery: string, organisation: string): Promise<Happening[]> {
  const page = await askJson<Page<Happening>>('GET', batteryPath(battery, '/history?limit=500'))
  const own = page.items.filter((one) => one.type === 'dispatched' && one.organisation === organisation && !one.corrected_by)
  return own.reverse()
}
