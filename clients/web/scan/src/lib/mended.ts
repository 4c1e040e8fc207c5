import { computed, inject, provide, reactive, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'
import { told } from '../language'
import { go, place } from '../router'
import { clock } from './clock'
import { db, type Fault, type Item } from './db'
import { faultsAt, faultyNames } from './faults'
import { mend } from './mending'
import { put, type Made } from './outbox'

/** A form that makes a report, or puts right one that was refused. */
export interface Mended {
  item: ShallowRef<Item | undefined>
  faults: ComputedRef<Fault[]>
  /** What every report has, to be put right beside the form's own fields. */
  common: { battery: string; site: string; at: string }
  /** Whether it puts one right. */
  going: boolean
  /** The name of what is kept while a list is scanned. */
  draft: (name: string) => string
  load: () => Promise<Item | undefined>
  /** Makes the report, or puts the refused one right and goes back to the outbox. */
  send: (made: Made) => Promise<Item>
  notes: (list: string) => Map<string, string>
  /** Whether the service found fault with a member. */
  bad: (pointer: string) => true | undefined
}

const KEY: InjectionKey<Mended> = Symbol('mended')
const MINUTE_LENGTH = 16
const CHINA_MS = 8 * 3600_000

/** What a form works on: the report that the address names as to be put right, or a new one. */
export function useMended(): Mended {
  const sequence = Number(place.query.get('fix') ?? 0)
  const item = shallowRef<Item>()
  const faults = computed(() => item.value?.problem?.errors ?? [])
  const common = reactive({ battery: '', site: '', at: '' })
  const made: Mended = {
    item,
    faults,
    common,
    going: sequence > 0,
    draft: (name) => (sequence ? `${name}-fix-${sequence}` : name),
    async load() {
      item.value = sequence ? await (await db()).get('outbox', sequence) : undefined
      if (item.value) Object.assign(common, commonOf(item.value, faults.value))
      return item.value
    },
    async send(told) {
      if (!sequence) return put(told)
      const sent = await mend(sequence, { ...told, ...changed(common, told) })
      go('outbox')
      return sent
    },
    bad: (pointer) => faultsAt(faults.value, pointer).length > 0 || undefined,
    notes: (list) => (item.value ? texts(faultyNames(item.value.report, faults.value, list)) : new Map<string, string>()),
  }
  provide(KEY, made)
  return made
}

/** What the form around works on. */
export function mendedAround(): Mended | undefined {
  return inject(KEY, undefined)
}

function texts(faults: Map<string, Fault>): Map<string, string> {
  return new Map([...faults].map(([name, fault]) => [name, told(fault.message)]))
}

function commonOf(item: Item, faults: readonly Fault[]): Mended['common'] {
  const { battery = '', site = '' } = item.report
  const late = faultsAt(faults, '/occurred_at').length > 0
  // A clock that was wrong is known by now: what it showed is set by as much.
  return { battery, site, at: late ? localMinute(item.made_at + clock.offsetMs) : '' }
}

function localMinute(at: number): string {
  return new Date(at + CHINA_MS).toISOString().slice(0, MINUTE_LENGTH)
}

function changed(common: Mended['common'], made: Made): Partial<Made> {
  return {
    ...(made.battery && common.battery ? { battery: common.battery } : {}),
    ...(common.site && !made.site ? { site: common.site } : {}),
    ...(common.at ? { at: Date.parse(`${common.at}:00+08:00`) } : {}),
  }
}

