import { reactive } from 'vue'
import { askJson, hasKey, useKey } from './api'
import { db, getMeta, setMeta } from './db'
import { lock, unlock } from './keyring'

/** Who this phone is. */
export interface Device {
  id: string
  name: string
  organisation: { id: string; name: string; role: string }
  site: { id: string; name: string } | null
}

interface Claimed {
  device: string
  name: string
  organisation: { id: string; name: string; role: string }
  site: { id: string; name: string } | null
  key: string
  block: { block: string; first: number; count: number }
}

export interface Block {
  block: string
  next: number
  last: number
}

export const device = reactive<Device & { bound: boolean; open: boolean }>({
  id: '',
  name: '',
  organisation: { id: '', name: '', role: '' },
  site: null,
  bound: false,
  open: false,
})



/** Reads who this phone is; before that nobody is known to be bound. */
export async function recall(): Promise<void> {
  const known = await getMeta<Device>('device')
  if (known) Object.assign(device, known, { bound: true })
}

/** What this phone claims a code with: kept until it is bound, so that a lost answer can be asked for again. */
async function claimantOf(code: string): Promise<string> {
  const known = await getMeta<{ code: string; claimant: string }>('claiming')
  if (known?.code === code) return known.claimant
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const claimant = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  await setMeta('claiming', { code, claimant })
  return claimant
}

/** Binds this phone by a one-time code; the PIN locks its key. */
export async function enrol(code: string, pin: string): Promise<void> {
  const claimant = await claimantOf(code.replace(/[\s-]/g, '').toUpperCase())
  const told = await askJson<Claimed>('POST', '/v1/devices/claim', { json: { code, claimant, app: __APP_VERSION__ } })
  const { device: id, name, organisation, site } = told
  const known: Device = { id, name, organisation, site }
  await lock(told.key, pin)
  await setMeta('device', known)
  await (await db()).delete('meta', 'claiming')
  await addBlock(told.block)
  // Last and at once: whoever sees the first screen may tap on it.
  Object.assign(device, known, { bound: true, open: true })
  useKey(told.key)
}

/** Opens the phone for work; needs no network. */
export async function signIn(pin: string): Promise<void> {
  useKey(await unlock(pin))
  device.open = true
}

/** Locks the phone again; what waits stays. */
export function signOut(): void {
  useKey('')
  device.open = false
}

/** Forgets whose phone this is. Reports that wait are kept. */
export async function unbind(): Promise<void> {
  signOut()
  const store = await db()
  for (const name of ['device', 'locked_key', 'tries', 'cursor']) await store.delete('meta', name)
  device.bound = false
}

/** Remembers a block of temporary names. */
export async function addBlock(told: { block: string; first: number; count: number }): Promise<void> {
  const blocks = (await getMeta<Block[]>('blocks')) ?? []
  if (blocks.some((each) => each.block === told.block)) return
  await setMeta('blocks', [...blocks, { block: told.block, next: told.first, last: told.first + told.count - 1 }])
}

/** How many temporary names are left. */
export async function namesLeft(): Promise<number> {
  const blocks = (await getMeta<Block[]>('blocks')) ?? []
  return blocks.reduce((sum, each) => sum + each.last - each.next + 1, 0)
}

/** Takes the next temporary name; undefined where the block is used up. */
export async function takeName(): Promise<string | undefined> {
  const write = (await db()).transaction('meta', 'readwrite')
  const blocks = ((await write.store.get('blocks')) as Block[] | undefined) ?? []
  const block = blocks.find((each) => each.next <= each.last)
  if (!block) return undefined
  const name = `tmp:${block.block}-${block.next}`
  block.next += 1
  await write.store.put(blocks, 'blocks')
  await write.done
  return name
}

const FEW = 20

/** Asks for another block before the last one ends. The same asking is answered with the same block. */
export async function refillNames(): Promise<void> {
  if (!hasKey() || !device.id || (await namesLeft()) > FEW) return
  const blocks = (await getMeta<Block[]>('blocks')) ?? []
  const headers = { 'idempotency-key': `${device.id}-${blocks.length}` }
  await addBlock(await askJson('POST', '/v1/devices/blocks', { headers, json: {} }))
}
