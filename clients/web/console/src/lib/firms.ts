import { reactive } from 'vue'
import { askJson } from './api'
import type { Page } from './records'

/** A firm of the directory. */
export interface Firm {
  id: string
  name: string
  roles: string[]
}

const known = reactive(new Map<string, Firm>())
let asked: Promise<void> | null = null
const SHOWN = 50

async function load(): Promise<void> {
  const page = await askJson<Page<Firm>>('GET', '/v1/organisations')
  for (const one of page.items) known.set(one.id, one)
}

function ask(): void {
  asked ??= load().catch(() => undefined)
}

/** The name of an organisation; its id until the directory is here, or where it is not in it. */
export function firm(id: string | null | undefined): string {
  if (!id) return ''
  ask()
  return known.get(id)?.name ?? id
}

/** The first firms whose name or id holds what was typed. */
export function firmsLike(typed: string): Firm[] {
  ask()
  const wanted = typed.trim().toLowerCase()
  const fitting = [...known.values()].filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(wanted))
  return fitting.slice(0, SHOWN)
}

/** Forgets the directory: somebody else signs in. */
export function forgetFirms(): void {
  known.clear()
  asked = null
}
