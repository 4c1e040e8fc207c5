const OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

/** A moment as people here write it: the date always, the time of China. */
export function moment(text: string | null | undefined): string {
  if (!text) return ''
  if (text.length <= 10) return text
  return new Date(Date.parse(text) + OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ')
}

/** The day alone. */
export function day(text: string | null | undefined): string {
  return moment(text).slice(0, 10)
}

/** Whole days between two moments. */
export function daysBetween(earlier: string, later: string): number {
  return Math.floor((Date.parse(later) - Date.parse(earlier)) / DAY_MS)
}

/** The last day of what ends at the midnight behind it. */
export function lastDay(end: string | null | undefined): string {
  return end ? day(new Date(Date.parse(end) - 1000).toISOString()) : ''
}

/** The day here, in China. */
export function today(): string {
  return localMoment().slice(0, 10)
}

/** This moment, as reports tell it: with the offset of China. */
export function localMoment(): string {
  return `${new Date(Date.now() + OFFSET_MS).toISOString().slice(0, 19)}+08:00`
}

/** The day so many days after another. */
export function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(first.slice(0, 10)) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The month so many months before this one, as 2026-11. */
export function monthsBack(count: number): string {
  const [year = 0, month = 0] = today().split('-').map(Number)
  const at = year * 12 + month - 1 - count
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
}
