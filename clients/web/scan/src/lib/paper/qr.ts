import { correction, generate, mode } from 'lean-qr'
import type { Rows } from './marks'

// The last version whose modules have full size on a label, and what it then may hold.
const ROOMY_VERSION = 6
const LEVELS = ['H', 'Q', 'M', 'L'] as const

/** A QR code at a level or better; at a lower one only where it would be too dense otherwise. */
export function qr(text: string, least: 'H' | 'Q' = 'Q'): Rows {
  const wished = LEVELS.slice(LEVELS.indexOf(least))
  for (const level of wished) {
    const found = made(text, level, ROOMY_VERSION)
    if (found) return found
  }
  const dense = made(text, 'L', 40)
  if (!dense) throw new Error('too long for a QR code')
  return dense
}

function made(text: string, level: (typeof LEVELS)[number], most: number): Rows | null {
  let code
  try {
    // It takes the highest level that the version has room for.
    code = generate(text, { minCorrectionLevel: correction[level], maxVersion: most, modes: [mode.alphaNumeric, mode.utf8] })
  } catch {
    return null
  }
  return Array.from({ length: code.size }, (_, y) => Array.from({ length: code.size }, (__, x) => code.get(x, y)))
}
