import { computed, reactive } from 'vue'
import { ask, askJson } from './api'

interface Me {
  organisation: string
  name: string | null
  role: string
  area: string | null
  prefecture: string | null
  may_report: string[]
  person: { id: string; login: string; name: string; manages: boolean } | null
}

const kept = reactive<{ me: Me | null }>({ me: null })

/** Who is signed in; null where nobody is. */
export const me = computed(() => kept.me)

/** Whether the person speaks for a firm that reports. */
export const isFirm = computed(() => (kept.me?.may_report.length ?? 0) > 0 && kept.me?.role !== 'regulator')

/** Whether the person speaks for an authority. */
export const isAuthority = computed(() => kept.me?.role === 'regulator')

/** Asks who is signed in. */
export async function recall(): Promise<void> {
  kept.me = await askJson<Me>('GET', '/v1/me').catch(() => null)
}

export function forget(): void {
  kept.me = null
}

/**
 * Ends the session.
 * @throws Refused or Unreachable where it goes on: nobody may think that they left.
 */
export async function signOut(): Promise<void> {
  await ask('POST', '/v1/sign-out')
  forget()
}
