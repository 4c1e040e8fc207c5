import type { Told } from '@common/speech'
import { askJson, Refused } from './api'

/** What the form lacks. */
export interface Gap {
  pointer: string
  code: string
  blocks: boolean
  message: Told
  way_out: Told
}

/** A vehicle that is owed to the national platform. */
export interface Item {
  id: string
  vehicle: string
  battery: string
  state: 'waiting' | 'sent' | 'refused' | 'withheld' | 'set_aside'
  late: boolean
  due_on: string | null
  tried_at: string | null
  unheard: boolean
  code: number | null
  said: string | null
  why: Told | null
  way_out: Told | null
  gaps: Gap[] | null
  given: Record<string, string>
  reason: string | null
}

export type Counted = 'waiting' | 'sent' | 'refused' | 'withheld' | 'set_aside' | 'late'

/** The connection of one's organisation; its credentials are not shown. */
export interface Connection {
  url: string
  profile: string
  types: string[]
  fixed: Record<string, string>
  per_minute: number
  state: 'active' | 'failing' | 'paused' | 'held'
  why: Told | null
  log_index: number
  log_end: number
  credentials_at: string
  next_at: string | null
  counts: Record<Counted, number>
}

/** A form of the interface, with what of it was seen and what is assumed. */
export interface Profile {
  name: string
  title: Told
  path: string
  vehicle: string[]
  codes: { code: number; text: Told; mark: 'V' | 'A' }[]
  marks: { what: string; mark: 'V' | 'A'; text: Told }[]
}

const PATH = '/v1/national'

/** The connection; null where there is none. */
export async function connection(): Promise<Connection | null> {
  try {
    return await askJson<Connection>('GET', `${PATH}/connection`)
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null
    throw error
  }
}

export async function profiles(): Promise<Profile[]> {
  return (await askJson<{ items: Profile[] }>('GET', `${PATH}/profiles`)).items
}

/** Does something with the connection. */
export async function tell(what: 'pause' | 'resume'): Promise<Connection> {
  return askJson('POST', `${PATH}/connection/${what}`)
}

export async function put(told: unknown): Promise<Connection> {
  return askJson('PUT', `${PATH}/connection`, told)
}

export async function resend(item: Item, values: Record<string, string>): Promise<Item> {
  return askJson('POST', `${PATH}/items/${item.id}/resend`, { values })
}

export async function setAside(item: Item, reason: string): Promise<Item> {
  return askJson('POST', `${PATH}/items/${item.id}/set-aside`, { reason })
}

/** Has all that were refused sent again; how many they are. */
export async function resendAll(): Promise<number> {
  return (await askJson<{ count: number }>('POST', `${PATH}/items/resend`, { state: 'refused' })).count
}
