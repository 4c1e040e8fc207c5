import { ref, type Ref } from 'vue'
import { db, plain, type Draft } from './db'

/** A list that is being scanned; kept at once, so that closing the page loses nothing. */
export interface Scanned {
  batteries: Ref<string[]>
  values: Ref<Record<string, unknown>>
  /** Adds a battery at the top; false where it is there already. */
  add: (battery: string) => boolean
  remove: (battery: string) => void
  /** Whether something was left from before. */
  load: () => Promise<boolean>
  keep: () => Promise<void>
  clear: () => Promise<void>
}

/** The list of this name. */
export function useDraft(name: string): Scanned {
  const batteries = ref<string[]>([])
  const values = ref<Record<string, unknown>>({})

  async function keep(): Promise<void> {
    const draft: Draft = { name, batteries: plain(batteries.value), values: plain(values.value) }
    await (await db()).put('drafts', draft)
  }

  return {
    batteries,
    values,
    keep,
    add(battery) {
      if (batteries.value.includes(battery)) return false
      batteries.value = [battery, ...batteries.value]
      void keep()
      return true
    },
    remove(battery) {
      batteries.value = batteries.value.filter((each) => each !== battery)
      void keep()
    },
    async load() {
      const kept = await (await db()).get('drafts', name)
      if (!kept) return false
      batteries.value = kept.batteries
      values.value = kept.values
      return true
    },
    async clear() {
      batteries.value = []
      values.value = {}
      await (await db()).delete('drafts', name)
    },
  }
}
