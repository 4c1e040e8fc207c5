import { reactive } from 'vue'
import { send, type Upload } from './uploads'

const kept = reactive<{ id: string; now: Upload | null; failure: unknown }>({ id: '', now: null, failure: null })

/** The file that is being sent; it goes on while one looks at other places of the console. */
export const sending = {
  kept,
  /** Sends what is missing of a file. */
  begin(file: File, upload: Upload): void {
    Object.assign(kept, { id: upload.id, now: upload, failure: null })
    send(file, upload, (now) => (kept.now = now)).then(
      (now) => (kept.now = now),
      (error: unknown) => (kept.failure = error),
    )
  },
}
