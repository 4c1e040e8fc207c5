import { ask, askJson, Refused } from './api'
import { db, type Photo } from './db'

const LONGEST_SIDE = 1280
const MOST_BYTES = 200_000
const PART_BYTES = 64 * 1024
const QUALITIES = [0.8, 0.65, 0.5, 0.35]
const SHRINK = 0.8
const GONE = 410

/** A picture as JPEG, at most 1,280 pixels long and about 200 kB. */
export async function shrunk(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file)
  let scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
  for (;;) {
    const canvas = drawn(picture, scale)
    for (const quality of QUALITIES) {
      const packed = await packedAs(canvas, quality)
      if (packed.size <= MOST_BYTES) return packed
    }
    scale *= SHRINK
  }
}

function drawn(picture: ImageBitmap, scale: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

function packedAs(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('no picture'))), 'image/jpeg', quality)
  })
}

/** Sends the pictures of reports that the service has, in parts; what was sent before is not sent again. */
export async function uploadPhotos(): Promise<void> {
  const store = await db()
  for (const photo of await store.getAllFromIndex('photos', 'uploaded', 0)) {
    const item = await store.getFromIndex('outbox', 'event', photo.event_id)
    if (item && item.state !== 'sent') continue
    try {
      await upload(photo)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      await store.put('photos', { ...photo, tries: photo.tries + 1 })
      // Erased by those who may: nobody wants it any more.
      if (error.status !== GONE) continue
    }
    await store.delete('photos', photo.sha256)
  }
}

async function upload(photo: Photo): Promise<void> {
  const path = `/v1/photos/${photo.sha256}`
  const parts = Math.ceil(photo.file.size / PART_BYTES)
  const there = await askJson<{ parts: number[]; whole: boolean }>('GET', `${path}/parts`)
  if (there.whole) return
  for (let n = 0; n < parts; n += 1) {
    if (there.parts.includes(n)) continue
    const body = photo.file.slice(n * PART_BYTES, (n + 1) * PART_BYTES)
    await ask('PUT', `${path}/parts/${n}`, { body, headers: { 'content-type': 'application/octet-stream' } })
  }
  await ask('POST', path, { json: { parts, type: photo.file.type } })
}
