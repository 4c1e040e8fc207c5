import type { Box, Link } from './genealogy'

export const BOX = { width: 162, height: 42, gapX: 74, gapY: 12, margin: 12 }
const SWEEPS = 4

/** Where a box stands, in pixels from the upper left. */
export interface Placed extends Box {
  x: number
  y: number
}

export interface Drawn extends Link {
  path: string
  labelX: number
  labelY: number
  /** It leads back: by rule nothing comes out of itself. */
  loop: boolean
}

export interface Picture {
  boxes: Placed[]
  links: Drawn[]
  width: number
  height: number
}

/** Lays boxes out in layers from left to right, each behind all that went into it. */
export function picture(boxes: Box[], links: Link[]): Picture {
  const loops = backwards(boxes, links)
  const forward = links.filter((link) => !loops.has(link))
  const columns = ordered(layered(boxes, forward), forward)
  const tallest = Math.max(1, ...columns.map((column) => column.length))
  const step = BOX.height + BOX.gapY
  const placed = columns.flatMap((column, layer) =>
    column.map((box, row) => ({ ...box, x: BOX.margin + layer * (BOX.width + BOX.gapX), y: BOX.margin + (row + (tallest - column.length) / 2) * step })),
  )
  const at = new Map(placed.map((box) => [box.id, box]))
  return {
    boxes: placed,
    links: links.flatMap((link) => drawn(link, at, loops.has(link))),
    width: 2 * BOX.margin + columns.length * (BOX.width + BOX.gapX) - BOX.gapX,
    height: 2 * BOX.margin + tallest * step - BOX.gapY,
  }
}

/** Links that close a circle, found by walking along the others first. */
function backwards(boxes: Box[], links: Link[]): Set<Link> {
  const out = new Map<string, Link[]>()
  for (const link of links) out.set(link.from, [...(out.get(link.from) ?? []), link])
  const [closed, open, found] = [new Set<string>(), new Set<string>(), new Set<Link>()]
  const stack: { id: string; next: number }[] = []
  const enter = (id: string) => {
    open.add(id)
    stack.push({ id, next: 0 })
  }
  for (const { id } of boxes) {
    if (!closed.has(id)) enter(id)
    for (let top = stack[stack.length - 1]; top; top = stack[stack.length - 1]) {
      const link = out.get(top.id)?.[top.next++]
      if (!link) closed.add(leave(stack, open))
      else if (open.has(link.to)) found.add(link)
      else if (!closed.has(link.to)) enter(link.to)
    }
  }
  return found
}

function leave(stack: { id: string }[], open: Set<string>): string {
  const id = stack.pop()?.id ?? ''
  open.delete(id)
  return id
}

/** Each box one layer behind the last of what went into it; what begins a line, just before its first use. */
function layered(boxes: Box[], links: Link[]): Box[][] {
  const layer = behind(boxes, links)
  const fed = new Set(links.map(({ to }) => to))
  for (const { id } of boxes.filter((box) => !fed.has(box.id))) {
    const uses = links.filter(({ from }) => from === id).map(({ to }) => layer.get(to) ?? 1)
    if (uses.length) layer.set(id, Math.min(...uses) - 1)
  }
  const columns: Box[][] = Array.from({ length: Math.max(0, ...layer.values()) + 1 }, () => [])
  for (const box of boxes) columns[layer.get(box.id) ?? 0]?.push(box)
  return columns
}

function behind(boxes: Box[], links: Link[]): Map<string, number> {
  const layer = new Map(boxes.map((box) => [box.id, 0]))
  for (let moved = true; moved; ) {
    moved = false
    for (const { from, to } of links) {
      const least = (layer.get(from) ?? 0) + 1
      if ((layer.get(to) ?? 0) < least) {
        layer.set(to, least)
        moved = true
      }
    }
  }
  return layer
}

/** Boxes near what they are joined to: by the mean place of these, to and fro. */
function ordered(columns: Box[][], links: Link[]): Box[][] {
  let found = columns
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const place = new Map(found.flatMap((column) => column.map((box, row) => [box.id, row - column.length / 2] as const)))
    const mean = (id: string): number => {
      const joined = links.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []))
      return joined.length ? joined.reduce((sum, each) => sum + (place.get(each) ?? 0), 0) / joined.length : (place.get(id) ?? 0)
    }
    found = found.map((column) => {
      const means = new Map(column.map((box) => [box.id, mean(box.id)]))
      return [...column].sort((one, other) => (means.get(one.id) ?? 0) - (means.get(other.id) ?? 0) || one.id.localeCompare(other.id))
    })
  }
  return found
}

function drawn(link: Link, at: Map<string, Placed>, loop: boolean): Drawn[] {
  const [from, to] = [at.get(link.from), at.get(link.to)]
  if (!from || !to) return []
  const [x1, y1, x2, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2]
  const bend = loop ? BOX.gapX : Math.max(BOX.gapX / 2, (x2 - x1) / 2)
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
  // Beside the box where lines spread, so that labels do not lie on each other.
  return [{ ...link, path, loop, labelX: x2 - 6, labelY: y2 - 5 }]
}
