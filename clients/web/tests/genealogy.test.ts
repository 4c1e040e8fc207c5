import { expect, test } from 'vitest'
import { boxes, merged, overAllocated } from '../console/src/lib/genealogy'
import { picture } from '../console/src/lib/layers'
import type { Graph } from '../console/src/lib/records'

type Kind = Graph['nodes'][number]['kind']

function node(id: string, told: Partial<Graph['nodes'][number]> = {}): Graph['nodes'][number] {
  const kind: Kind = id.startsWith('lot:') ? 'lot' : id.startsWith('batch:') ? 'batch' : 'battery'
  return { id, kind, name: id, stage: null, hidden: false, mass_kg: null, cells: null, ...told }
}

function family(nodes: Graph['nodes'], steps: [string, string, string, string?][]): Graph {
  return { nodes, edges: steps.map(([from, to, kind, mass]) => ({ from, to, kind, mass_kg: mass ?? null })), truncated: false, tolerance: '0.02' }
}

const NOBODY = new Set<string>()
const drawn = (graph: Graph, opened = NOBODY) => {
  const { boxes: made, links } = boxes(graph, opened, new Set([graph.nodes[0]?.id ?? '']))
  return picture(made, links)
}
const layerOf = (graph: Graph, id: string): number => drawn(graph).boxes.find((box) => box.id === id)?.x ?? -1

const CIRCLE = family(
  [node('pack', { mass_kg: '410' }), node('m1'), node('m2'), node('set'), node('batch:r:1'), node('lot:r:copper', { mass_kg: '90' }), node('lot:m:cathode')],
  [['lot:m:cathode', 'pack', 'produced', '20'], ['pack', 'm1', 'disassembled', '150'], ['pack', 'm2', 'disassembled', '150'], ['m1', 'set', 'repurposed'], ['m2', 'set', 'repurposed'], ['set', 'batch:r:1', 'recycled', '300'], ['batch:r:1', 'lot:r:copper', 'recovered', '90']],
)

test('everything stands to the right of what went into it', () => {
  for (const { from, to } of CIRCLE.edges) expect(layerOf(CIRCLE, from)).toBeLessThan(layerOf(CIRCLE, to))
})

test('no two boxes lie on each other', () => {
  const places = drawn(CIRCLE).boxes.map(({ x, y }) => `${x} ${y}`)
  expect(new Set(places).size).toBe(places.length)
})

test('many alike are one box with their masses together, and open into single ones', () => {
  const cells = Array.from({ length: 1152 }, (_, place) => node(`cell-${place}`))
  const graph = family([node('pack'), ...cells], cells.map(({ id }) => ['pack', id, 'disassembled', '0.25']))
  const { boxes: made, links } = boxes(graph, NOBODY, new Set(['pack']))
  expect(made.map((box) => box.nodes.length)).toEqual([1, 1152])
  expect(links).toMatchObject([{ from: 'pack', mass: 288, count: 1152 }])
  const open = boxes(graph, new Set(made.map(({ id }) => id)), NOBODY)
  expect(open.boxes).toHaveLength(1153)
})

test('who gives away more than it weighs is found, within the tolerance nobody is', () => {
  const graph = (mass: string) => family([node('pack', { mass_kg: '100' }), node('m1'), node('m2')], [['pack', 'm1', 'disassembled', '52'], ['pack', 'm2', 'disassembled', mass]])
  expect([...overAllocated(graph('50')).keys()]).toEqual([])
  expect(overAllocated(graph('51')).get('pack')).toEqual({ out: 103, own: 100 })
})

test('a circle is drawn as what it is and does not hang the page', () => {
  const graph = family([node('a'), node('b'), node('c')], [['a', 'b', 'repaired'], ['b', 'c', 'repaired'], ['c', 'a', 'repaired']])
  const { links, boxes: placed } = drawn(graph)
  expect(links.filter(({ loop }) => loop)).toHaveLength(1)
  expect(placed).toHaveLength(3)
})

test('two readings of one family are one, each step once', () => {
  const both = merged(CIRCLE, family([node('set'), node('other')], [['set', 'batch:r:1', 'recycled', '300'], ['other', 'batch:r:1', 'recycled', '5']]))
  expect(both.edges).toHaveLength(CIRCLE.edges.length + 1)
  expect(both.nodes).toHaveLength(CIRCLE.nodes.length + 1)
})
