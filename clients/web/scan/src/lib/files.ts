const LATER_MS = 60_000

/** Hands a file to the person: the browser saves it, or offers to open it. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), LATER_MS)
}
