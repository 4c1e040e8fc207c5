import { ref, shallowRef, type Ref } from 'vue'
import { askJson, withQuery } from './api'
import type { Page } from './records'

/** A list that is read page by page. */
export interface Pages<T> {
  items: Ref<T[]>
  more: Ref<boolean>
  busy: Ref<boolean>
  index: Ref<number | null>
  failure: Ref<unknown>
  begin: () => Promise<void>
  goOn: () => Promise<void>
}

type Query = Record<string, string | null | undefined>

/**
 * Reads a list.
 * @param path of the list.
 * @param query the conditions, asked for anew at each beginning.
 */
export function pages<T>(path: string, query: () => Query): Pages<T> {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const more = ref(false)
  const busy = ref(false)
  const index = ref<number | null>(null)
  const failure = ref<unknown>(null)
  let turn = 0

  async function read(cursor: string | null): Promise<void> {
    const mine = ++turn
    busy.value = true
    failure.value = null
    try {
      const page = await askJson<Page<T>>('GET', withQuery(path, { ...query(), cursor }))
      // Conditions changed meanwhile: this answer is to another question.
      if (mine !== turn) return
      items.value = cursor ? [...items.value, ...page.items] : page.items
      next.value = page.next
      more.value = page.next !== null
      index.value = page.log_index ?? null
    } catch (error) {
      if (mine === turn) failure.value = error
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  return { items, more, busy, index, failure, begin: () => read(null), goOn: () => read(next.value) }
}
