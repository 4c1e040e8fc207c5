import type { Graph } from './records'

export type Node = Graph['nodes'][number]
export type Edge = Graph['edges'][number]
/** What a node is drawn as: its letter in a GB/T 34014 code tells packs, modules and cells apart. */
export type Part = 'P' | 'M' | 'C' | 'other' | 'product' | 'lot' | 'batch'

export const MOST_NODES = 300
const GROUPED_FROM = 8
const GROUPED_FROM_IF_MANY = 3
const PRODUCT_STAGES = new Set(['product', 'second_life'])
const GB = /^[0-9A-Z]{3}([PMC])[0-9A-Z]+$/

/** A box of the picture: one node, or several alike. */
export interface Box {
  id: string
  part: Part
  nodes: Node[]
  group: boolean
  /** Cells that a birth told of, which nobody reports one by one. */
  cells: number
}

export interface Link {
  from: string
  to: string
  kind: string
  mass: number | null
  count: number
}

/** What a node gave away, where that is more than it was. */
export interface Over {
  out: number
  own: number
}

export function partOf(node: Node): Part {
  if (node.kind !== 'battery') return node.kind
  const letter = GB.exec(node.id)?.[1]
  if (PRODUCT_STAGES.has(node.stage ?? '') || /R[PMC]$/.test(node.id)) return 'product'
  return (letter as Part | undefined) ?? 'other'
}

/** Two readings of one family, each node and step once. */
export function merged(one: Graph, other: Graph): Graph {
  const nodes = new Map([...one.nodes, ...other.nodes].map((node) => [node.id, node]))
  const edges = new Map([...one.edges, ...other.edges].map((edge) => [stepOf(edge), edge]))
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated: one.truncated || other.truncated, tolerance: one.tolerance }
}

function stepOf({ from, to, kind }: Edge): string {
  return `${from} ${to} ${kind}`
}

/** Nodes that gave away more than they weigh, beyond the tolerance of scales. */
export function overAllocated(graph: Graph): Map<string, Over> {
  const out = new Map<string, number>()
  for (const { from, mass_kg: mass } of graph.edges) if (mass) out.set(from, (out.get(from) ?? 0) + Number(mass))
  const share = 1 + Number(graph.tolerance)
  const found = new Map<string, Over>()
  for (const { id, mass_kg: mass } of graph.nodes) {
    const given = out.get(id) ?? 0
    if (mass && given > Number(mass) * share) found.set(id, { out: round(given), own: Number(mass) })
  }
  return found
}

function round(kg: number): number {
  return Math.round(kg * 1000) / 1000
}

/**
 * Boxes and links: nodes of one part, stage and neighbourhood in one box, where they are many.
 * @param opened the groups whose members were asked for.
 */
export function boxes(graph: Graph, opened: ReadonlySet<string>, keep: ReadonlySet<string>): { boxes: Box[]; links: Link[] } {
  const least = graph.nodes.length > MOST_NODES ? GROUPED_FROM_IF_MANY : GROUPED_FROM
  const alike = new Map<string, Node[]>()
  const around = neighbours(graph.edges)
  for (const node of graph.nodes) {
    const key = keep.has(node.id) ? node.id : `${partOf(node)} ${node.stage ?? ''} ${String(node.hidden)} ${around.get(node.id) ?? ''}`
    alike.set(key, [...(alike.get(key) ?? []), node])
  }
  const found = [...alike].flatMap(([key, nodes]) => (nodes.length >= least && !opened.has(key) ? [boxOf(key, nodes)] : nodes.map((node) => boxOf(node.id, [node]))))
  return { boxes: found, links: links(graph.edges, found) }
}

function boxOf(id: string, nodes: Node[]): Box {
  const [first] = nodes
  return { id, nodes, group: nodes.length > 1, part: first ? partOf(first) : 'other', cells: nodes.reduce((sum, node) => sum + (node.cells ?? 0), 0) }
}

/** What goes into and comes out of each node, as a text to compare. */
function neighbours(edges: Edge[]): Map<string, string> {
  const around = new Map<string, string[]>()
  const note = (id: string, told: string) => around.set(id, [...(around.get(id) ?? []), told])
  for (const { from, to, kind } of edges) {
    note(from, `>${kind} ${to}`)
    note(to, `<${kind} ${from}`)
  }
  return new Map([...around].map(([id, told]) => [id, told.sort().join('|')]))
}

function links(edges: Edge[], found: Box[]): Link[] {
  const boxOfNode = new Map(found.flatMap((box) => box.nodes.map((node) => [node.id, box.id] as const)))
  const made = new Map<string, Link>()
  for (const { from, to, kind, mass_kg: mass } of edges) {
    const [source, target] = [boxOfNode.get(from), boxOfNode.get(to)]
    if (source === undefined || target === undefined || source === target) continue
    const key = `${source} ${target} ${kind}`
    const link = made.get(key) ?? { from: source, to: target, kind, mass: null, count: 0 }
    made.set(key, { ...link, count: link.count + 1, mass: mass === null ? link.mass : round((link.mass ?? 0) + Number(mass)) })
  }
  return [...made.values()]
}

/** The end of a code: what tells neighbours apart. */
export function shortName(name: string, most = 18): string {
  return name.length > most ? `…${name.slice(1 - most)}` : name
}
