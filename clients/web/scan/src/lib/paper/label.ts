import words from '@contracts/words.json'
import { groups } from '../codes'
import { dataMatrix } from './dataMatrix'
import { cut, type Line, type Mark, type Page, type Shape, type Symbol, type Width } from './marks'
import { qr } from './qr'

const EDGE_MM = 1.5
const QUIET_MODULES = 4
const LARGEST_NAME_EM = 6.2
const SMALLEST_EM = 1.9
const LEADING = 1.14
const MOST_LINES = 5
const DOT_MM = 0.125
const MATRIX_MM = 14
const MATRIX_DOTS = [10, 9, 8, 7, 6, 5, 4, 3]
const LARGEST_QR = 41

/** Width and height of a label, and a module of its QR code, in millimetres. */
export const SIZES = {
  '60x40': { across: 60, down: 40, module: 0.625 },
  '80x50': { across: 80, down: 50, module: 0.75 },
} as const
export type SizeName = keyof typeof SIZES

/** What a label says; ratings are decimal strings. */
export interface Label {
  name: string
  host: string
  chemistry: string | null
  capacityAh: string | null
  voltageV: string | null
  energyKwh: string | null
  /** 0 for the first label, then the number of the replacement. */
  revision: number
  secondLife: boolean
  stage: string | null
  outlet: string | null
  day: string
  quarantined: boolean
}

/** The address on a label, `HTTPS://HOST/B/<NAME>`; the alphanumeric mode of QR holds all of it. */
export function labelUrl(host: string, name: string, revision: number): string {
  const kept = /[A-Z0-9.:-]/
  const bytes = Array.from(new TextEncoder().encode(name.toUpperCase()))
  const path = bytes.map((each) => {
    const letter = String.fromCharCode(each)
    return kept.test(letter) ? letter : `%${each.toString(16).toUpperCase().padStart(2, '0')}`
  })
  return `HTTPS://${host.toUpperCase()}/B/${path.join('')}${revision ? `/R${revision}` : ''}`
}

/** The page of a label, as the service lays it out; every line is measured and shrunk or cut. */
export function layOutLabel(label: Label, size: SizeName, width: Width): Page {
  const form = SIZES[size]
  const code = qrOf(label, form)
  const matrix = matrixOf(label.name, form)
  const side = code.rows.length * code.module
  const below = code.y + side + code.x
  const room = { left: code.x + side + QUIET_MODULES * code.module, right: form.across - EDGE_MM }
  const ceiling = matrix ? Math.min(matrix.y - EDGE_MM, below) : below
  const wall = matrix ? matrix.x - EDGE_MM : room.right
  const facts = factsOf(label, { ...room, top: EDGE_MM, bottom: ceiling }, width)
  const name = nameOf(label.name, { left: code.x, top: below, right: wall, bottom: form.down - EDGE_MM }, width)
  const marks: Mark[] = [code, ...(matrix ? [matrix] : []), ...facts, ...name]
  return { across: form.across, down: form.down, marks }
}

interface Room {
  left: number
  top: number
  right: number
  bottom: number
}

function qrOf(label: Label, form: { module: number }): Symbol {
  const rows = qr(labelUrl(label.host, label.name, label.revision), label.revision ? 'H' : 'Q')
  const corner = QUIET_MODULES * form.module
  const module = Math.min(form.module, (LARGEST_QR * form.module) / rows.length)
  return { kind: 'symbol', rows, x: corner, y: corner, module }
}

/** The Data Matrix at the lower right; none for a name so long that no printer could draw it. */
function matrixOf(name: string, form: { across: number; down: number }): Symbol | undefined {
  const rows = dataMatrix(name)
  const dots = rows && MATRIX_DOTS.find((each) => rows.length * each * DOT_MM <= MATRIX_MM)
  if (!dots) return undefined
  const module = dots * DOT_MM
  const far = rows.length * module + Math.max(EDGE_MM, module)
  return { kind: 'symbol', rows, x: form.across - far, y: form.down - far, module }
}

/** Lines from the top down, the first larger and beside the sign of danger. */
function factsOf(label: Label, room: Room, width: Width): Mark[] {
  const texts = textsOf(label).filter(Boolean)
  const pitch = Math.min(4.6, (room.bottom - room.top) / (texts.length + 0.45))
  const side = pitch * 1.35
  const marks: Mark[] = danger(room.right - side, room.top, side)
  let y = room.top
  for (const [at, text] of texts.entries()) {
    const most = room.right - room.left - (at ? 0 : side + 1)
    marks.push(fitted(text, room.left, y, pitch * (at ? 0.8 : 0.96), most, width))
    y += pitch * (at ? 1 : 1.4)
  }
  return marks
}

function textsOf(label: Label): string[] {
  const units = [[label.capacityAh, 'Ah'], [label.voltageV, 'V'], [label.energyKwh, 'kWh']] as const
  const charge = units.map(([value, unit]) => (value ? `${Number(value)} ${unit}` : ''))
  const stage = label.stage ? `状态 ${called('stage', label.stage).zh}` : ''
  return [
    '滇池 dianchi',
    label.chemistry ? inBoth(called('chemistry', label.chemistry)) : '',
    charge.filter(Boolean).join('  '),
    label.quarantined ? '已隔离 危险勿动 QUARANTINED' : stage,
    label.outlet ?? '',
    [label.day, label.revision ? `标签第${label.revision}版` : ''].filter(Boolean).join('  '),
    label.secondLife ? '梯次利用 原编码保留' : '',
  ]
}

function called(list: 'stage' | 'chemistry', name: string): { zh: string; en: string } {
  return (words[list] as Record<string, { zh: string; en: string }>)[name] ?? { zh: name, en: name }
}

function inBoth({ zh, en }: { zh: string; en: string }): string {
  return zh === en ? zh : `${zh} ${en}`
}

/** Shrunk to fit down to what can be read; cut where that is not enough. */
function fitted(text: string, x: number, y: number, em: number, most: number, width: Width): Line {
  const small = Math.min(em, most / width(text, 'text'))
  if (small >= SMALLEST_EM) return { kind: 'line', text, x, y, em: small, face: 'text' }
  return { kind: 'line', text: cut(text, 'text', most / SMALLEST_EM, width), x, y, em: SMALLEST_EM, face: 'text' }
}

/** The warning triangle of ISO 7010 W001. */
function danger(x: number, y: number, side: number): Shape[] {
  const bars = [[0.38, 0.62], [0.68, 0.78]] as const
  const [left, right] = [x + side * 0.445, x + side * 0.555]
  return [
    triangle(x, y, side, false),
    triangle(x + side * 0.17, y + side * 0.2, side * 0.66, true),
    ...bars.map(([from, to]): Shape => {
      const [top, bottom] = [y + from * side, y + to * side]
      return { kind: 'shape', white: false, points: [[left, top], [right, top], [right, bottom], [left, bottom]] }
    }),
  ]
}

function triangle(x: number, y: number, side: number, white: boolean): Shape {
  const foot = y + side * 0.9
  return { kind: 'shape', white, points: [[x + side / 2, y], [x + side, foot], [x, foot]] }
}

/** The name as large as the room lets it be: a code in groups of four, another name broken anywhere. */
function nameOf(name: string, room: Room, width: Width): Line[] {
  const [across, down] = [room.right - room.left, room.bottom - room.top]
  let [best, largest] = [[name], 0]
  for (let count = 1; count <= MOST_LINES; count += 1) {
    const lines = broken(name, count)
    const widest = Math.max(...lines.map((each) => width(each, 'mono')))
    const em = Math.min(LARGEST_NAME_EM, across / widest, down / lines.length / LEADING)
    if (em > largest) [best, largest] = [lines, em]
  }
  const top = room.top + (down - best.length * largest * LEADING) / 2
  return best.map((text, at) => ({ kind: 'line', text, x: room.left, y: top + at * largest * LEADING, em: largest, face: 'mono' }))
}

function broken(name: string, count: number): string[] {
  const code = !name.includes(':')
  const parts = code ? groups(name) : Array.from(name)
  const each = Math.ceil(parts.length / count)
  const starts = Array.from({ length: Math.ceil(parts.length / each) }, (_, at) => at * each)
  return starts.map((start) => parts.slice(start, start + each).join(code ? ' ' : ''))
}
