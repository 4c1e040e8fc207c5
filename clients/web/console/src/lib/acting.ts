import { ref, type Ref } from 'vue'

/** Something that is asked of the service from a screen: whether it goes on, and why it failed. */
export interface Acting {
  failure: Ref<unknown>
  busy: Ref<boolean>
  /** Does it; undefined where it failed. */
  act: <T>(work: () => Promise<T>) => Promise<T | undefined>
}

export function acting(): Acting {
  const failure = ref<unknown>(null)
  const busy = ref(false)

  async function act<T>(work: () => Promise<T>): Promise<T | undefined> {
    failure.value = null
    busy.value = true
    try {
      return await work()
    } catch (error) {
      failure.value = error
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { failure, busy, act }
}
