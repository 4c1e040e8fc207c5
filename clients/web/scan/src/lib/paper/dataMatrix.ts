import type { Rows } from './marks'
import { placed } from './placement'

// Square symbols of ISO/IEC 16022 (ECC 200) with one block: side, data and check codewords.
const SIZES: readonly (readonly [side: number, data: number, check: number])[] = [
  [10, 3, 5], [12, 5, 7], [14, 8, 10], [16, 12, 12], [18, 18, 14], [20, 22, 18],
  [22, 30, 20], [24, 36, 24], [26, 44, 28], [32, 62, 36], [36, 86, 42],
]
const LARGEST_REGION = 26
const FIELD = 301
const PAD = 129
const LATCH_C40 = 230
const UNLATCH = 254
const BASIC = ' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const SHIFT_2 = 1
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_'

/** A square Data Matrix; null where the text is not plain ASCII or too long for a label. */
export function dataMatrix(text: string): Rows | null {
  const told = [ascii(text), c40(text)].filter((each) => each !== null)
  const [shortest] = told.sort((a, b) => a.length - b.length)
  const size = shortest && SIZES.find(([, data]) => data >= shortest.length)
  if (!size) return null
  const [side, data, check] = size
  const words = padded(shortest, data)
  return framed(placed([...words, ...checks(words, check)], side - 2 * regions(side)), side)
}

function regions(side: number): number {
  return side > LARGEST_REGION ? 2 : 1
}

function ascii(text: string): number[] | null {
  const words: number[] = []
  for (const [piece] of text.matchAll(/\d\d|[\s\S]/g)) {
    if (piece.length === 2) words.push(130 + Number(piece))
    else if (piece.charCodeAt(0) > 127) return null
    else words.push(piece.charCodeAt(0) + 1)
  }
  return words
}

/** Three letters in two codewords; what is left over at the end goes as ASCII. */
function c40(text: string): number[] | null {
  const values: number[] = []
  let [done, whole] = [0, 0]
  for (const [at, letter] of Array.from(text).entries()) {
    const some = valuesOf(letter)
    if (!some) return null
    values.push(...some)
    if (values.length % 3 === 0) [done, whole] = [at + 1, values.length]
  }
  return [LATCH_C40, ...inPairs(values.slice(0, whole)), UNLATCH, ...(ascii(text.slice(done)) ?? [])]
}

function valuesOf(letter: string): number[] | null {
  const [basic, other] = [BASIC.indexOf(letter), PUNCTUATION.indexOf(letter)]
  if (basic >= 0) return [basic + 3]
  return other >= 0 ? [SHIFT_2, other] : null
}

function inPairs(values: readonly number[]): number[] {
  const words: number[] = []
  for (let at = 0; at < values.length; at += 3) {
    const [first = 0, second = 0, third = 0] = values.slice(at, at + 3)
    const sum = 1600 * first + 40 * second + third + 1
    words.push(sum >> 8, sum & 255)
  }
  return words
}

function padded(words: readonly number[], most: number): number[] {
  const whole = [...words]
  if (whole.length < most) whole.push(PAD)
  while (whole.length < most) {
    const scattered = PAD + ((149 * (whole.length + 1)) % 253) + 1
    whole.push(scattered > 254 ? scattered - 254 : scattered)
  }
  return whole
}

const POWERS: number[] = [1]
while (POWERS.length < 255) {
  const next = (POWERS.at(-1) ?? 0) * 2
  POWERS.push(next > 255 ? next ^ FIELD : next)
}
const LOGS = new Map(POWERS.map((value, at) => [value, at]))

function times(a: number, b: number): number {
  return a && b ? (POWERS[((LOGS.get(a) ?? 0) + (LOGS.get(b) ?? 0)) % 255] ?? 0) : 0
}

/** Reed-Solomon check words over GF(256). */
function checks(words: readonly number[], count: number): number[] {
  let generator = [1]
  for (let power = 1; power <= count; power += 1) {
    const root = POWERS[power] ?? 0
    const shifted = [...generator, 0]
    generator = shifted.map((each, at) => each ^ times(generator[at - 1] ?? 0, root))
  }
  const rest = Array<number>(count).fill(0)
  for (const word of words) {
    const factor = word ^ (rest.shift() ?? 0)
    rest.push(0)
    for (let at = 0; at < count; at += 1) rest[at] = (rest[at] ?? 0) ^ times(generator[at + 1] ?? 0, factor)
  }
  return rest
}

/** With the solid border at left and below, and the dotted one at right and above, of each region. */
function framed(cells: readonly boolean[][], side: number): Rows {
  const region = side / regions(side)
  const inner = region - 2
  return Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (__, x) => {
      const [top, left] = [y % region, x % region]
      if (left === 0 || top === region - 1) return true
      if (top === 0) return left % 2 === 0
      if (left === region - 1) return top % 2 === 1
      return cells[Math.floor(y / region) * inner + top - 1]?.[Math.floor(x / region) * inner + left - 1] ?? false
    }),
  )
}
