import { wrapped, type Face, type Mark, type Page, type Width } from './marks'
import { qr } from './qr'

const ACROSS = 80
const MARGIN = 4
const ROOM = ACROSS - 2 * MARGIN
const EM = 3.6
const LEADING = 1.5
const STROKE = 0.25
const GAP = 2
const INDENT = ROOM * 0.3
const CODE_MM = 26

/** What was taken in, as the phone itself knows it. */
export interface Slip {
  /** The phone's own number; the service's comes once it has the report. */
  number: string
  url: string
  day: string
  outlet: string
  site: string
  /** The organisation that gave it; empty for a person, who is never named. */
  giver: string
  count: number
  massKg: string
  batteries: string[]
}

/** Collects what stands one under the other on a roll. */
class Roll {
  readonly marks: Mark[] = []
  y = MARGIN

  constructor(private readonly width: Width) {}

  text(text: string, em = EM, face: Face = 'text'): void {
    for (const line of wrapped(text, face, ROOM / em, this.width)) {
      this.marks.push({ kind: 'line', text: line, x: MARGIN, y: this.y, em, face })
      this.y += em * LEADING
    }
  }

  heading(text: string): void {
    this.text(text, Math.min(5.4, ROOM / this.width(text, 'text')))
  }

  pair(name: string, value: string, face: Face = 'text'): void {
    this.marks.push({ kind: 'line', text: name, x: MARGIN, y: this.y, em: EM, face: 'text' })
    this.beside(wrapped(value, face, (ROOM - INDENT) / EM, this.width), MARGIN + INDENT, face)
  }

  symbol(text: string, lines: string[]): void {
    const rows = qr(text)
    const [top, left] = [this.y, CODE_MM + 2 * GAP]
    this.marks.push({ kind: 'symbol', rows, x: MARGIN + GAP, y: top + GAP / 2, module: (CODE_MM - GAP) / rows.length })
    const most = (ROOM - left) / EM
    this.beside(lines.flatMap((each) => wrapped(each, 'text', most, this.width)), MARGIN + left, 'text')
    this.y = Math.max(this.y, top + CODE_MM + GAP)
  }

  rule(): void {
    const [top, bottom] = [this.y + GAP / 2, this.y + GAP / 2 + STROKE]
    const [left, right] = [MARGIN, MARGIN + ROOM]
    this.marks.push({ kind: 'shape', white: false, points: [[left, top], [right, top], [right, bottom], [left, bottom]] })
    this.y += GAP
  }

  space(height: number): void {
    this.y += height
  }

  private beside(lines: string[], x: number, face: Face): void {
    for (const text of lines) {
      this.marks.push({ kind: 'line', text, x, y: this.y, em: EM, face })
      this.y += EM * LEADING
    }
  }
}

/** The slip of a phone without a network: as the service draws one, and provisional in plain words. */
export function layOutSlip(slip: Slip, width: Width): Page {
  const roll = new Roll(width)
  roll.heading('废旧动力电池入库收据（临时）')
  roll.text('Provisional receipt of used traction batteries', 2.8)
  roll.rule()
  roll.text('未联网，凭证号联网后生成')
  roll.text('No network: the number is given once online', 2.8)
  roll.rule()
  roll.pair('临时号', slip.number, 'mono')
  roll.pair('时间', slip.day)
  roll.pair('接收方', slip.outlet)
  if (slip.site) roll.pair('网点', slip.site)
  roll.pair('交付方', slip.giver || '个人（不记姓名）')
  roll.pair('数量', `${slip.count} 只`)
  roll.pair('质量', slip.massKg ? `${slip.massKg} kg` : '未称重')
  for (const battery of slip.batteries) roll.text(battery, 3.2, 'mono')
  roll.rule()
  roll.symbol(slip.url, ['网点联网后，扫码核对本收据', 'Scan to check, once the outlet was online'])
  roll.space(6)
  roll.text('签收 Signature')
  roll.space(9)
  roll.rule()
  return { across: ACROSS, down: roll.y + MARGIN, marks: roll.marks }
}
