import type { Told } from '@common/speech'

interface Owed {
  duty: string
  duty_text: Told
  met: number
  late: number
  overdue: number
  running: number
  unchecked: number
  lapsed: number
}

export interface Rate {
  indicator: string
  name: Told
  definition: Told
  unit: string
  value: string | null
  numerator: string
  denominator: string | null
}

interface Found {
  code: string
  title: Told
  severity_text: Told
  opened: number
  closed: number
  open: number
}

/** The third-party evaluation of an organisation. */
export interface Evaluation {
  organisation: string
  name: string
  role_names: Told[]
  first: string
  last: string
  scope_name: Told
  log_index: number | null
  as_of: string | null
  sha256: string
  holds: number
  permits: { kind: string; number: string | null; site: string | null; valid_from: string; valid_to: string }[]
  rates: Rate[]
  obligations: Owed[]
  findings: Found[]
  recovery: { metal: string; metal_name: Told; value: string; floors: { process: string; process_name: Told; share: string; kept: boolean }[] }[]
}

/** An organisation as the directory has it. */
export interface Registered {
  id: string
  name: string
  uscc: string | null
  province: string | null
  prefecture: string | null
  roles: string[]
  onboarded_on: string | null
}

export interface Site {
  number: string
  name: string
  kind: string
  prefecture: string | null
  capacity_kg: string | null
  opened_on: string | null
  closed_on: string | null
}

/** A share as percent, anything else as it is. */
export function shown(value: string | null, unit: string): string {
  if (value === null) return '—'
  return unit === 'share' ? percent(value) : Number(value).toLocaleString()
}

/** A share of one as percent. */
export function percent(share: string): string {
  return `${(Number(share) * 100).toFixed(2)}%`
}
