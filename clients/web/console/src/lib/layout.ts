import type { Told } from '@common/speech'
import type { Reflected } from './board'

export type Cover = 'unsold' | 'served' | 'paper' | 'missing'
export type Fill = 'unlimited' | 'room' | 'full' | 'over'

/** An outlet by name. */
export interface SiteHere {
  organisation: string
  organisation_name: string | null
  number: string
  name: string
}

export interface Cell {
  prefecture: string
  state: Cover
  sold: number
  outlets: SiteHere[]
  taken_in: number
  behind: string
}

export interface Coverage extends Reflected {
  today: string
  states: Record<Cover, Told>
  prefectures: string[]
  makers: { maker: string | null; name: string | null; sold: number; cells: Cell[] }[]
  battery_makers: { maker: string | null; name: string | null; province: string | null; packs: number; parts: { by: 'report' | 'code' | 'nothing'; packs: number; behind: string }[] }[]
}

export interface Outlet extends SiteHere {
  kind: string
  prefecture: string | null
  open: boolean
  most_kg: string | null
  stock_packs: number
  stock_kg: string
  fill: Fill
  taken_in: number
  taken_in_kg: string
  behind: string
}

export interface Place {
  prefecture: string
  outlets: number
  most_kg: string | null
  stock_kg: string
  fill: Fill | null
  sold: number
  retired: number
  taken_in: number
  nearest: { prefecture: string; km: number } | null
  behind: { sold: string; retired: string }
}

export interface Layout extends Reflected {
  today: string
  fills: Record<Fill, Told>
  places: Place[]
  outlets: Outlet[]
}

export interface Capacity {
  organisation: string
  organisation_name: string | null
  site: string | null
  site_name: string | null
  prefecture: string | null
  process: string
  noted: { permitted_t: string | null; built_t: string | null; document: string; document_on: string; valid_from: string; valid_to: string | null } | null
  treated_kg: string
  used: string | null
  used_of_permitted: string | null
  behind: string[]
}

export interface Target {
  target: string
  name: Told
  value: string
  unit: string
  document: Told
  by: string
  mark: string
}

export interface Capacities extends Reflected {
  today: string
  processes: Record<string, Told>
  items: Capacity[]
  targets: Target[]
}

/** A demonstration project, with what is in use and treated at its sites. */
export interface Project {
  name: string
  purpose: string
  organisation: string
  organisation_name: string | null
  document: string
  document_on: string
  valid_from: string
  valid_to: string | null
  running: boolean
  packs: number
  mass_kg: string
  energy_kwh: string
  sites: { number: string; name: string | null; prefecture: string | null; packs: number; mass_kg: string; energy_kwh: string; behind: string }[]
  treated: { process: string; name: Told; measure: string; things: number; mass_kg: string; behind: string }[]
}

export interface Projects extends Reflected {
  today: string
  definition: Told
  purposes: Record<string, Told>
  items: Project[]
}

/** How a state looks besides its word: never by colour alone. */
export const MARKS: Record<Cover, string> = { missing: '✕', paper: '◐', served: '●', unsold: '' }

/** What of yearly capacities of a kind is on record, all together, in tonnes. */
export function summed(items: readonly Capacity[], kind: 'permitted_t' | 'built_t'): number | null {
  const told = items.flatMap((one) => (one.noted?.[kind] ? [Number(one.noted[kind])] : []))
  return told.length ? told.reduce((a, b) => a + b, 0) : null
}
