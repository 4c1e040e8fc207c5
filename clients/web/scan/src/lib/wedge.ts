/** Keys of a scanner come closer together than fingers type. */
const QUICK_MS = 60
const SHORTEST = 8
const QUIET_MS = 120

interface Stroke {
  key: string
  at: number
}

/** Collects keystrokes; answers the text when they were a scanner's. */
export class Wedge {
  private strokes: Stroke[] = []

  /** Takes a key; the text of a scan where this key (Enter or Tab) ends one. */
  take(key: string, at: number): string | null {
    if (key === 'Enter' || key === 'Tab') return this.end()
    if (key.length !== 1) return null
    const last = this.strokes.at(-1)
    if (last && at - last.at > QUICK_MS) this.strokes = []
    this.strokes.push({ key, at })
    return null
  }

  /** What was collected, where it is long enough for a scan: some scanners send no Enter. */
  end(): string | null {
    const text = this.strokes.map((each) => each.key).join('')
    this.strokes = []
    return text.length >= SHORTEST ? text : null
  }
}

/** Listens for a USB or Bluetooth scanner, which types like a keyboard, until the answer is called. */
export function listenToWedge(read: (text: string) => void): () => void {
  const wedge = new Wedge()
  let quiet: ReturnType<typeof setTimeout> | undefined
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    // Into a field a person types; a scanner there fills the field, which is what was asked for.
    const target = event.target
    if (target instanceof HTMLElement && target.matches('input, textarea, select')) return
    clearTimeout(quiet)
    const text = wedge.take(event.key, event.timeStamp)
    if (text) {
      event.preventDefault()
      read(text)
    } else quiet = setTimeout(() => pass(wedge.end()), QUIET_MS)
  }
  function pass(text: string | null): void {
    if (text) read(text)
  }
  document.addEventListener('keydown', onKey, true)
  return () => {
    clearTimeout(quiet)
    document.removeEventListener('keydown', onKey, true)
  }
}
