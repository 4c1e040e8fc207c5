import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { dataMatrix } from '../scan/src/lib/paper/dataMatrix'
import type { Rows } from '../scan/src/lib/paper/marks'
import { qr } from '../scan/src/lib/paper/qr'
import { wasmPath } from '../tools/decoder'

interface Picture {
  data: Uint8ClampedArray
  width: number
  height: number
}

interface Reader {
  prepareZXingModule: (how: object) => Promise<unknown>
  readBarcodesFromImageData: (picture: Picture, how: object) => Promise<{ text: string; format: string; ecLevel: string; version: string }[]>
}

const ponyfill = createRequire(import.meta.url).resolve('barcode-detector/ponyfill')
const found = createRequire(ponyfill).resolve('zxing-wasm/reader')
const reader = (await import(pathToFileURL(found).href)) as Reader
await reader.prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasmPath()).buffer }, fireImmediately: true })

const DOTS = 4
const QUIET = 4

function picture(rows: Rows): Picture {
  const side = (rows.length + 2 * QUIET) * DOTS
  const data = new Uint8ClampedArray(side * side * 4).fill(255)
  for (const [y, row] of rows.entries())
    for (const [x, dark] of row.entries())
      for (let dot = 0; dark && dot < DOTS * DOTS; dot += 1) {
        const at = ((y + QUIET) * DOTS + Math.floor(dot / DOTS)) * side + (x + QUIET) * DOTS + (dot % DOTS)
        data.set([0, 0, 0], at * 4)
      }
  return { data, width: side, height: side }
}

async function read(rows: Rows) {
  return (await reader.readBarcodesFromImageData(picture(rows), { tryHarder: true }))[0]
}

const CODES = ['001PB1A00DZ5K2E610000001', 'tmp:9F2A-7', 'serial:001:AB-12_34~5', 'x', '0123456789'.repeat(9)]

test.each(CODES)('the decoder reads the Data Matrix of %s', async (text) => {
  const rows = dataMatrix(text)
  expect(rows && (await read(rows))?.text).toBe(text)
})

test('a Data Matrix of every size that a label has room for is read', async () => {
  const sides = new Set<number>()
  for (let length = 1; length <= 84; length += 1) {
    const text = Array.from({ length }, (_, at) => 'Ab3:z'[at % 5]).join('')
    const rows = dataMatrix(text)
    sides.add(rows?.length ?? 0)
    expect(rows && (await read(rows))?.text, text).toBe(text)
  }
  expect([...sides].sort((a, b) => a - b)).toEqual([10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36])
})

test('a name that a Data Matrix of a label cannot hold has none', () => {
  expect(dataMatrix('serial:宁德:1')).toBeNull()
  expect(dataMatrix('x'.repeat(87))).toBeNull()
})

test('a 24-character code takes the smallest Data Matrix that holds it', () => {
  expect(dataMatrix(CODES[0] ?? '')?.length).toBe(18)
})

test('the address of a label is a QR code of version 3 at level Q, a replacement one of level H', async () => {
  const url = `HTTPS://T.YNBAT.CN/B/${CODES[0] ?? ''}`
  const [first, second] = [qr(url), qr(`${url}/R2`, 'H')]
  expect([first.length, second.length]).toEqual([29, 33])
  expect(await read(first)).toMatchObject({ text: url, ecLevel: 'Q' })
  expect(await read(second)).toMatchObject({ text: `${url}/R2`, ecLevel: 'H' })
})

test('a long address gives up its level before its modules become too small, and is read at any length', async () => {
  for (const length of [100, 180, 400]) {
    const url = `HTTPS://T.YNBAT.CN/B/SERIAL:${'A1'.repeat(length / 2)}`
    const rows = qr(url, 'H')
    expect((await read(rows))?.text).toBe(url)
    if (length === 100) expect(rows.length).toBeLessThanOrEqual(41)
  }
})
