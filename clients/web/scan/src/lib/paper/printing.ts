/** Sets the paper of this page's print-outs, in millimetres; answers how to unset it. */
export function paperOf(across: number, down: number): () => void {
  const [sheet] = document.styleSheets
  if (!sheet) return () => undefined
  const size = `${across}mm ${down}mm`
  const rules = [`@page { size: ${size}; margin: 0 }`, `@media print { .sheet img { width: ${across}mm; height: ${down}mm } }`]
  const first = sheet.cssRules.length
  for (const [at, rule] of rules.entries()) sheet.insertRule(rule, first + at)
  const ours = rules.map((_, at) => sheet.cssRules[first + at])
  return () => {
    for (const rule of ours) {
      const at = Array.from(sheet.cssRules).findIndex((each) => each === rule)
      if (at >= 0) sheet.deleteRule(at)
    }
  }
}

/** Whether this browser hands pictures to other apps. */
export function canShare(): boolean {
  const probe = new File([], 'label.png', { type: 'image/png' })
  return 'canShare' in navigator && navigator.canShare({ files: [probe] })
}

/** Hands a picture to another app: a printer's, or a chat. Nothing happens where the person thinks better of it. */
export async function share(picture: Blob, name: string): Promise<void> {
  const file = new File([picture], name, { type: picture.type })
  await navigator.share({ files: [file] }).catch(() => undefined)
}
