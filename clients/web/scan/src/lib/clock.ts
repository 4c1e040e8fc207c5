import { reactive } from 'vue'

const CHINA_MS = 8 * 3600 * 1000

/** How far this phone's clock runs behind the service's, as last measured. */
export const clock = reactive({ offsetMs: 0, roundTripMs: Infinity, measured: false })

/** An instant as a report holds it: Chinese time with its offset, from this phone's own clock. */
export function stamped(at: number = Date.now()): string {
  return `${new Date(at + CHINA_MS).toISOString().slice(0, 23)}+08:00`
}

/** `2026-06-01` of an instant, by Chinese time. */
export function dayOf(at: number): string {
  return stamped(at).slice(0, 10)
}

/** `09:30` of an instant, by Chinese time. */
export function minuteOf(at: number): string {
  return stamped(at).slice(11, 16)
}

/** An instant that the service answered, in Chinese time: `2026-06-01 09:30`. */
export function shown(instant: string | number): string {
  if (typeof instant === 'string' && instant.length <= 10) return instant
  const at = new Date(instant).getTime()
  return Number.isNaN(at) ? String(instant) : `${dayOf(at)} ${minuteOf(at)}`
}

/**
 * Takes one measurement of the service's clock.
 * The way back is taken for half of the round trip; a slow round trip does not replace a quick one.
 */
export function measure(sentAt: number, receivedAt: number, serverAt: number): void {
  const roundTrip = receivedAt - sentAt
  const stale = clock.measured && roundTrip > clock.roundTripMs * 4
  if (Number.isNaN(serverAt) || stale) return
  clock.offsetMs = Math.round(serverAt + roundTrip / 2 - receivedAt)
  clock.roundTripMs = roundTrip
  clock.measured = true
}
