import type { Told } from '@common/speech'
import type { Happening } from './records'
import { daysBetween } from './times'

// What is worth a look; whether a report was late by law is a finding of the service.
const GAP_DAYS = 180
const LATE_DAYS = 30
const WITHDRAWS = new Set(['corrected', 'set_aside'])

/** Where an event left the battery, as the service folds lives. */
export interface Left {
  event_id: string
  reported_as: string
  stage: string
  stage_text: Told
  holder: string | null
  counts: boolean
}

/** One line of a life: what happened, and how long nothing was heard before it. */
export interface Line {
  event: Happening
  gapDays: number
  lateDays: number
  /** The log index of something that happened later and was told earlier; null where nothing was. */
  toldAfter: number | null
  /** What withdrew it, folded under it. */
  corrections: Happening[]
}

/** Lines during which the battery stood in one stage. */
export interface Stretch {
  key: string
  stage: string | null
  text: Told | null
  lines: Line[]
  days: number
}

const keyOf = (event: { event_id: string; reported_as: string }): string => `${event.event_id} ${event.reported_as}`

/** The events of a history with the gaps between them, which were reported late, and what corrected them. */
export function lines(events: Happening[]): Line[] {
  const { shown, corrections } = folded(events)
  const after = toldAfter(shown)
  return shown.map((event, place) => {
    const before = shown[place - 1]
    const gap = before ? daysBetween(before.occurred_at, event.occurred_at) : 0
    const late = daysBetween(event.occurred_at, event.recorded_at)
    return {
      event,
      gapDays: gap >= GAP_DAYS ? gap : 0,
      lateDays: late >= LATE_DAYS ? late : 0,
      toldAfter: after[place] ?? null,
      corrections: corrections.get(event.event_id) ?? [],
    }
  })
}

/** Corrections go under what they correct, where that is here. */
function folded(events: Happening[]): { shown: Happening[]; corrections: Map<string, Happening[]> } {
  const here = new Set(events.filter((event) => event.corrected_by).map((event) => event.event_id))
  const corrections = new Map<string, Happening[]>()
  const shown = events.filter((event) => {
    const target = WITHDRAWS.has(event.type) ? event.data['event_id'] : null
    if (typeof target !== 'string' || !here.has(target)) return true
    corrections.set(target, [...(corrections.get(target) ?? []), event])
    return false
  })
  return { shown, corrections }
}

/** For each event the first place in the log of anything that happened later, where its own is behind. */
function toldAfter(events: Happening[]): (number | null)[] {
  let first: number | null = null
  const found: (number | null)[] = []
  for (const { log_index: index } of [...events].reverse()) {
    found.push(first !== null && index !== null && index > first ? first : null)
    if (index !== null && (first === null || index < first)) first = index
  }
  return found.reverse()
}

/** The lines by the stage that the battery was left in; one stretch without a stage where none is told. */
export function stretches(events: Happening[], course: Left[]): Stretch[] {
  const left = new Map(course.map((each) => [keyOf(each), each]))
  const found: Stretch[] = []
  for (const line of lines(events)) {
    const here = left.get(keyOf(line.event))
    const last = found[found.length - 1]
    if (last && (!here || last.stage === here.stage)) last.lines.push(line)
    else found.push({ key: keyOf(line.event), stage: here?.stage ?? null, text: here?.stage_text ?? null, lines: [line], days: 0 })
  }
  return found.map((each, place) => ({ ...each, days: lasted(each, found[place + 1]) }))
}

function lasted(stretch: Stretch, next: Stretch | undefined): number {
  const [first] = stretch.lines
  const end = next?.lines[0] ?? stretch.lines[stretch.lines.length - 1]
  return first && end ? Math.max(0, daysBetween(first.event.occurred_at, end.event.occurred_at)) : 0
}
