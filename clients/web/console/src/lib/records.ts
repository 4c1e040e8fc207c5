import type { Told } from '@common/speech'
import type { CaseMark } from './cases'

/** A page of a list, as every list answers. */
export interface Page<T> {
  items: T[]
  next: string | null
  /** Left out by lists of what is not in the log. */
  log_index?: number | null
}

export interface BatteryRow {
  battery: string
  stage: string
  chemistry: string | null
  model: string | null
  rated_energy_kwh: string | null
  holder: string | null
  site: string | null
  prefecture: string | null
  quarantined: boolean
  held: boolean
  last_event_at: string
}

export interface Finding {
  /** Null where the list of findings has it not. */
  id: string | null
  case: CaseMark | null
  /** Who made the report that shows it; told to officers. */
  organisation: string | null
  code: string
  kind: string
  severity: 'info' | 'low' | 'medium' | 'high'
  text: Told
  closes_when: Told
  evidence: string[]
  opened_at: string | null
  closed_at: string | null
  battery: string | null
  subject: string | null
}

export interface Battery {
  battery: string
  names: string[]
  sees: 'whole' | 'own_reports'
  stage: string | null
  stage_text: Told | null
  holder: string | null
  holder_name: string | null
  owner: string | null
  maker: string | null
  site: string | null
  prefecture: string | null
  application: string | null
  host: { kind: string; id: string | null; vin_ref: string | null; erased: boolean | null } | null
  chemistry: string | null
  model: string | null
  rated_energy_kwh: string | null
  rated_capacity_ah: string | null
  nominal_voltage_v: string | null
  mass_kg: string | null
  soh_percent: string | null
  quarantined: boolean | null
  revision: number | null
  held: boolean | null
  recalls: { recall: string; issuer: string; issuer_name: string | null; advice: Partial<Told>; reason: string | null; document: string | null; opened_at: string }[]
  findings: Finding[]
  log_index: number | null
  version: number
}

export interface Happening {
  event_id: string
  type: string
  occurred_at: string
  recorded_at: string
  organisation: string
  agent: string | null
  role: string
  site: string | null
  reported_as: string
  corrected_by: string | null
  assurance: 'signed' | 'device' | 'unsigned'
  log_index: number | null
  report_sha256?: string
  device?: unknown
  data: Record<string, unknown>
}

export interface Graph {
  nodes: { id: string; kind: 'battery' | 'lot' | 'batch'; name: string | null; stage: string | null; hidden: boolean; mass_kg: string | null; cells: number | null }[]
  edges: { from: string; to: string; kind: string; mass_kg: string | null }[]
  truncated: boolean
  tolerance: string
}

export interface Key {
  id: string
  prefix: string
  role: string
  scopes: string[] | null
  made_at: string
  expires_at: string | null
  last_used_at: string | null
  revoked_at: string | null
}
