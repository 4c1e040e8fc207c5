import type { LocationQuery, RouteLocationRaw } from 'vue-router'
import type { Told } from '@common/speech'
import { askAhead, askedAhead } from './ahead'
import { withQuery } from './api'
import { today } from './times'

export interface Amount {
  things: number
  mass_kg: string
}

type Side = { measure: string; unit: string }

/** An indicator of all, and by month, prefecture and chemistry. */
export interface Indicator {
  indicator: string
  name: Told
  definition: Told
  unit: 'share' | 'days' | 'kg' | 'packs'
  source: string
  mark: string
  numerator: Side
  denominator: Side | null
  floors: { process: string; share: string; valid_from: string; valid_to: string | null; mark: string }[]
  value: string | null
  month: Record<string, string | null>
  prefecture: Record<string, string | null>
  chemistry: Record<string, string | null>
}

/** A count of all, and by month, prefecture and chemistry. */
export interface Measure {
  measure: string
  name: Told
  definition: Told
  unit: 'packs' | 'duties'
  all: Amount
  behind: string
  month: Record<string, Amount>
  prefecture: Record<string, Amount>
  chemistry?: Record<string, Amount> | null
}

export interface Flow {
  direction: 'in' | 'out' | null
  origin: string
  target: string
  things: number
  mass_kg: string
  behind: string
}

export interface Outlet {
  organisation: string
  organisation_name: string | null
  site: string | null
  site_name: string | null
  prefecture: string | null
  things: number
  mass_kg: string
  behind: string
}

/** Up to where answers follow the log. */
export interface Reflected {
  first: string
  last: string
  log_index: number | null
  as_of: string | null
  lag?: { entries: number; seconds: number | null }
}

/** How much new packs hold of something, and how much of it is recycled, unknown. */
export interface Held {
  held_kg: string
  recycled_kg: string
  known_kg: string
  unknown_kg: string
  share: string | null
  unknown_share: string | null
  behind: { recycled: string; known: string }
}

/** The recycled content of new packs. */
export interface Content {
  name: Told
  definition: Told
  mark: string
  packs: number
  packs_told: number
  behind: { made: string; made_of_lots: string }
  targets: { metal: string; share: string; valid_from: string; document: Told; mark: string }[]
  metals: (Held & { metal: string; name: Told; month: Record<string, Omit<Held, 'behind'>> })[]
  makers: { organisation: string; organisation_name: string | null; packs: number; packs_told: number; behind: { made: string; made_of_lots: string }; metals: Record<string, Held> }[]
}

/** A table of factors, as it was registered. */
export interface FactorTable {
  name: string
  version: string
  source: string
  valid_from: string
  factors: { of: string; name: Told; unit: 'kg' | 'kWh'; material_kg: string | null; co2e_kg: string | null }[]
}

/** Material and CO2 saved, an estimate. */
export interface Savings {
  name: Told
  estimate: Told
  definition: Told
  tables: FactorTable[]
  without_table: string[]
  material_kg: string | null
  co2e_kg: string | null
  rows: { of: string; name: Told; amount: string; unit: 'kg' | 'kWh'; table: string; material_kg: string | null; co2e_kg: string | null; behind: string }[]
}

export interface Board extends Reflected {
  lag: { entries: number; seconds: number | null }
  recycled_content: Content
  savings: Savings | null
  indicators: Indicator[]
  measures: Measure[]
  flows: Flow[]
  outlets: Outlet[]
}

/** What is asked for, as addresses of the console hold it. */
export interface Wish extends Record<string, string> {
  period: string
  prefecture: string
  chemistry: string
}

export const PERIODS = ['12', '3', 'year', 'before', '60'] as const
const BACK: Record<string, number> = { '12': 11, '3': 2, '60': 59 }

function text(year: number, month: number): string {
  return `${year}-${String(month).padStart(2, '0')}`
}

/** The months of a period, ending in the month of a day. */
export function months(period: string, today: string): { from: string; to: string } {
  const [year = 0, month = 1] = today.split('-').map(Number)
  if (period === 'year') return { from: text(year, 1), to: text(year, month) }
  if (period === 'before') return { from: text(year - 1, 1), to: text(year - 1, 12) }
  const first = year * 12 + month - 1 - (BACK[period] ?? 11)
  return { from: text(Math.floor(first / 12), (first % 12) + 1), to: text(year, month) }
}

/** Every month between two, both included. */
export function everyMonth(first: string, last: string): string[] {
  const found: string[] = []
  for (let [year = 0, month = 1] = first.split('-').map(Number); text(year, month) <= last && found.length < 240; month === 12 ? (year++, (month = 1)) : month++) found.push(text(year, month))
  return found
}

/** What the address of the dashboard asks for. */
export function wishOf(query: LocationQuery): Wish {
  const asked = (name: string): string => [query[name]].flat()[0] ?? ''
  return { period: asked('period') || '12', prefecture: asked('prefecture'), chemistry: asked('chemistry') }
}

function pathOf({ period, prefecture, chemistry }: Wish): string {
  return withQuery('/v1/statistics/board', { ...months(period, today()), prefecture, chemistry })
}

/** Asks for the numbers while the screen that shows them is loaded. */
export function boardAhead(query: LocationQuery): void {
  askAhead(pathOf(wishOf(query)))
}

export async function readBoard(wish: Wish): Promise<Board> {
  return askedAhead<Board>(pathOf(wish))
}

/** The page of the console that shows the list at an address of the service. */
export function listAt(behind: string): RouteLocationRaw {
  const { pathname, searchParams } = new URL(behind, location.origin)
  const query = Object.fromEntries(searchParams)
  const lists: Record<string, string> = { obligations: 'obligations', batteries: 'batteries' }
  return { name: lists[pathname.split('/').pop() ?? ''] ?? 'behind', query }
}

/** The same list, narrowed. */
export function narrowed(behind: string, more: Record<string, string>): RouteLocationRaw {
  const address = new URL(behind, location.origin)
  for (const [name, value] of Object.entries(more)) {
    if (name === 'month') monthOf(address, value)
    else address.searchParams.set(name, value)
  }
  return listAt(address.href)
}

function monthOf(address: URL, month: string): void {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const duties = address.pathname.endsWith('/obligations')
  const end = new Date(Date.UTC(year, number, 0)).getUTCDate()
  address.searchParams.set(duties ? 'due_from' : 'from', duties ? `${month}-01` : month)
  address.searchParams.set(duties ? 'due_to' : 'to', duties ? `${month}-${end}` : month)
}

/** With commas between thousands. The platform's own formats take longer to be made than the page of numbers. */
function written(value: number, places: number): string {
  const [whole = '', part] = value.toFixed(places).split('.')
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part ? `.${part}` : '')
}

/** Kilograms as tonnes, with as many decimals as they need to be told apart from nothing. */
export function tonnes(kg: string | number): string {
  const value = Number(kg) / 1000
  return written(value, value === 0 || value >= 1000 ? 0 : value >= 100 ? 1 : value >= 1 ? 2 : 3)
}

export function count(things: number): string {
  return written(things, 0)
}

/** A share in per cent. */
export function percent(share: string | number): string {
  return `${written(Number(share) * 100, 1)}%`
}
