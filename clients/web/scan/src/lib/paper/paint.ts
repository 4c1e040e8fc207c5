import type { Face, Line, Page, Symbol } from './marks'
import { withDensity } from './png'

/** Dots to the millimetre of a 203 dpi head. */
export const DOTS = 8
// What the letters of the fonts at hand need above the base line, as a share of the em.
const ASCENT = 0.88
const HALF = 127
const MEASURED_PX = 100
const FONTS: Record<Face, string> = {
  text: 'system-ui, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  mono: 'ui-monospace, "Roboto Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
}

function canvasOf(across: number, down: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas')
  canvas.width = across
  canvas.height = down
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  return [canvas, pen]
}

let measuring: CanvasRenderingContext2D | undefined

/** How wide a text is in the letters of this phone, in em. */
export function widthOf(text: string, face: Face): number {
  measuring ??= canvasOf(1, 1)[1]
  measuring.font = `${MEASURED_PX}px ${FONTS[face]}`
  return measuring.measureText(text).width / MEASURED_PX
}

/** A page as a picture in black and white, eight dots to the millimetre: a head prints dots or nothing. */
export function painted(page: Page): HTMLCanvasElement {
  const [canvas, pen] = canvasOf(Math.round(page.across * DOTS), Math.round(page.down * DOTS))
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  for (const mark of page.marks)
    if (mark.kind === 'line') write(pen, mark)
    else if (mark.kind === 'symbol') fill(pen, mark)
    else {
      pen.fillStyle = mark.white ? '#fff' : '#000'
      pen.beginPath()
      for (const [x, y] of mark.points) pen.lineTo(x * DOTS, y * DOTS)
      pen.fill()
    }
  sharpen(canvas, pen)
  return canvas
}

function write(pen: CanvasRenderingContext2D, line: Line): void {
  pen.fillStyle = '#000'
  pen.font = `${line.em * DOTS}px ${FONTS[line.face]}`
  pen.fillText(line.text, line.x * DOTS, (line.y + ASCENT * line.em) * DOTS)
}

/** Every module begins and ends at a whole dot. */
function fill(pen: CanvasRenderingContext2D, { rows, x, y, module }: Symbol): void {
  pen.fillStyle = '#000'
  const dot = (origin: number, at: number) => Math.round((origin + at * module) * DOTS)
  for (const [row, line] of rows.entries())
    for (const [column, dark] of line.entries()) {
      const [left, top] = [dot(x, column), dot(y, row)]
      if (dark) pen.fillRect(left, top, dot(x, column + 1) - left, dot(y, row + 1) - top)
    }
}

function sharpen(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D): void {
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height)
  for (let at = 0; at < picture.data.length; at += 4)
    picture.data.fill((picture.data[at] ?? 0) > HALF ? 255 : 0, at, at + 3)
  pen.putImageData(picture, 0, 0)
}

/** The picture as a PNG that says how large it is on paper. */
export async function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const drawn = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png')
  })
  if (!drawn) throw new Error('no picture')
  return new Blob([withDensity(new Uint8Array(await drawn.arrayBuffer()), DOTS * 1000)], { type: 'image/png' })
}
