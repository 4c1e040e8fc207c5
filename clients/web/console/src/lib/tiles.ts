/** Where the prefectures lie to each other, roughly, on a grid of our own: column, row. No map, no borders. */
export const TILES: Readonly<Record<string, readonly [number, number]>> = {
  '533400': [2, 1], '530600': [5, 1],
  '533300': [1, 2], '530700': [2, 2], '532300': [3, 2], '530100': [4, 2], '530300': [5, 2],
  '530500': [1, 3], '532900': [2, 3], '530400': [4, 3],
  '533100': [1, 4], '530900': [2, 4], '530800': [3, 4], '532500': [4, 4], '532600': [5, 4],
  '532800': [3, 5],
}

/** How dark a tile is, of 5 steps: 0 is nothing, the rest by share of the greatest. */
export function shade(value: number, greatest: number): number {
  if (value <= 0 || greatest <= 0) return 0
  return Math.max(1, Math.ceil((value / greatest) * 4))
}
