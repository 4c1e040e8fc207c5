import type { BarcodeDetector } from 'barcode-detector/ponyfill'
import wasm from 'decoder.wasm?url'

/** What a picture said. */
export interface Read {
  text: string
  format: string
}

const FORMATS = ['qr_code', 'data_matrix', 'code_128'] as const

let loading: Promise<BarcodeDetector> | undefined

async function load(): Promise<BarcodeDetector> {
  const { BarcodeDetector, prepareZXingModule } = await import('barcode-detector/ponyfill')
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true })
  return new BarcodeDetector({ formats: [...FORMATS] })
}

/** The decoder; loaded when it is first needed, and again after a failure. */
export function decoder(): Promise<BarcodeDetector> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

/** Every symbol in a picture or a frame of a video. */
export async function decode(picture: ImageBitmapSource): Promise<Read[]> {
  const found = await (await decoder()).detect(picture)
  return found.map((each) => ({ text: each.rawValue, format: each.format }))
}
