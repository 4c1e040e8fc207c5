import { onMounted, shallowRef, watch, type Ref } from 'vue'
import { db, type Item } from './db'
import { counts } from './outbox'

/** The item of this number as it stands now: looked at again whenever something was sent or refused. */
export function useItem(sequence: () => number): Ref<Item | undefined> {
  const item = shallowRef<Item>()
  async function look(): Promise<void> {
    item.value = await (await db()).get('outbox', sequence())
  }
  onMounted(look)
  watch([sequence, counts], look)
  return item
}
