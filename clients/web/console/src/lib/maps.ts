import { MapChart } from 'echarts/charts'
import { GeoComponent, VisualMapComponent } from 'echarts/components'
import { registerMap, use } from 'echarts/core'

// Loaded only where whoever runs the service gave an approved map.
use([MapChart, GeoComponent, VisualMapComponent])

/** Makes a map known under a name. */
export function knowMap(name: string, geojson: object): void {
  registerMap(name, geojson as Parameters<typeof registerMap>[1])
}
