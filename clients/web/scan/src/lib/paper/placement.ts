type Places = readonly (readonly [row: number, column: number])[]

// Where the bits of a codeword stand, the first bit first, from its last one.
const SHAPE: Places = [[-2, -2], [-2, -1], [-1, -2], [-1, -1], [-1, 0], [0, -2], [0, -1], [0, 0]]
// Codewords that are torn apart between the corners; negative places count from the far edge.
const FIRST: Places = [[-1, 0], [-1, 1], [-1, 2], [0, -2], [0, -1], [1, -1], [2, -1], [3, -1]]
const SECOND: Places = [[-3, 0], [-2, 0], [-1, 0], [0, -4], [0, -3], [0, -2], [0, -1], [1, -1]]
const THIRD: Places = [[-3, 0], [-2, 0], [-1, 0], [0, -2], [0, -1], [1, -1], [2, -1], [3, -1]]
const FOURTH: Places = [[-1, 0], [-1, -1], [0, -3], [0, -2], [0, -1], [1, -3], [1, -2], [1, -1]]

/** The bits of the codewords where ISO/IEC 16022 puts them (annex F), without the borders. */
export function placed(words: readonly number[], side: number): boolean[][] {
  const field = new Field(words, side)
  let [row, column] = [4, 0]
  do {
    field.corner(row, column)
    do {
      field.shape(row, column)
      row -= 2
      column += 2
    } while (row >= 0 && column < side)
    row += 1
    column += 3
    do {
      field.shape(row, column)
      row += 2
      column -= 2
    } while (row < side && column >= 0)
    row += 3
    column += 1
  } while (row < side || column < side)
  return field.whole()
}

class Field {
  private readonly cells: (boolean | undefined)[][]
  private readonly wrap: number
  private next = 0

  constructor(
    private readonly words: readonly number[],
    private readonly side: number,
  ) {
    this.cells = Array.from({ length: side }, () => Array<boolean | undefined>(side).fill(undefined))
    this.wrap = 4 - ((side + 4) % 8)
  }

  corner(row: number, column: number): void {
    const places = this.cornerAt(row, column)
    if (places) this.put(places)
  }

  private cornerAt(row: number, column: number): Places | undefined {
    const { side } = this
    if (column === 2) return row === side + 4 && side % 8 === 0 ? FOURTH : undefined
    if (column !== 0) return undefined
    if (row === side) return FIRST
    const second = side % 4 !== 0
    return row === side - 2 && (second || side % 8 === 4) ? (second ? SECOND : THIRD) : undefined
  }

  /** The next codeword, unless something stands here already. */
  shape(row: number, column: number): void {
    const { side, wrap } = this
    const inside = row >= 0 && row < side && column >= 0 && column < side
    if (!inside || this.cells[row]?.[column] !== undefined) return
    const places = SHAPE.map(([down, right]): [number, number] => {
      let [y, x] = [row + down, column + right]
      if (y < 0) [y, x] = [y + side, x + wrap]
      if (x < 0) [y, x] = [y + wrap, x + side]
      return [y, x]
    })
    this.put(places)
  }

  private put(places: Places): void {
    const word = this.words[this.next] ?? 0
    this.next += 1
    for (const [at, [row, column]] of places.entries()) {
      const line = this.cells[row < 0 ? row + this.side : row]
      if (line) line[column < 0 ? column + this.side : column] = ((word >> (7 - at)) & 1) === 1
    }
  }

  /** What is left free at the lower right has a fixed pattern. */
  whole(): boolean[][] {
    return this.cells.map((line, y) => line.map((dark, x) => dark ?? (y === x && y >= this.side - 2)))
  }
}
