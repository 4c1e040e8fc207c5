/** Which letters: those of running text, or those of codes. */
export type Face = 'text' | 'mono'

/** The dark modules of a two-dimensional code, row by row. */
export type Rows = readonly (readonly boolean[])[]

/** One line of text: its left end, the top of its em box and the em, in millimetres. */
export interface Line {
  kind: 'line'
  text: string
  x: number
  y: number
  em: number
  face: Face
}

/** A code: its corner and the size of a module, in millimetres, without the quiet zone. */
export interface Symbol {
  kind: 'symbol'
  rows: Rows
  x: number
  y: number
  module: number
}

/** A filled polygon, or a white one over what was drawn before. */
export interface Shape {
  kind: 'shape'
  points: [x: number, y: number][]
  white: boolean
}

export type Mark = Line | Symbol | Shape

/** A sheet in millimetres and what stands on it. */
export interface Page {
  across: number
  down: number
  marks: Mark[]
}

/** How wide a text is, in em. */
export type Width = (text: string, face: Face) => number

/** As much of a text as fits into so many em, with a mark where something was cut off. */
export function cut(text: string, face: Face, most: number, width: Width): string {
  if (width(text, face) <= most) return text
  const letters = Array.from(text)
  while (letters.length > 1 && width(`${letters.join('')}…`, face) > most) letters.pop()
  return `${letters.join('')}…`
}

/** A text in lines of at most so many em; Chinese breaks anywhere. */
export function wrapped(text: string, face: Face, most: number, width: Width): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(/[!-~]+|\s+|[^!-~\s]/gu) ?? ['']) {
    if (line === '' || width(line + piece, face) <= most) line += line === '' ? piece.trimStart() : piece
    else {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    }
    while (width(line, face) > most && line.length > 1) {
      const part = cutAt(line, face, most, width)
      lines.push(line.slice(0, part))
      line = line.slice(part)
    }
  }
  return [...lines, line.trimEnd()]
}

function cutAt(line: string, face: Face, most: number, width: Width): number {
  let length = line.length - 1
  while (length > 1 && width(line.slice(0, length), face) > most) length -= 1
  return length
}
