import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The wasm that `barcode-detector` itself depends on: any other version fails inside the decoder. */
export function wasmPath(): string {
  const ponyfill = createRequire(import.meta.url).resolve('barcode-detector/ponyfill')
  const reader = createRequire(ponyfill).resolve('zxing-wasm/reader')
  const root = reader.slice(0, reader.lastIndexOf(join('zxing-wasm', 'dist')))
  return join(root, 'zxing-wasm', 'dist', 'reader', 'zxing_reader.wasm')
}

/** The SHA-256, in hexadecimal, of the wasm at `wasmPath()`. */
export function wasmHash(): string {
  return createHash('sha256').update(readFileSync(wasmPath())).digest('hex')
}
