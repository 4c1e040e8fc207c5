import { BarChart, LineChart, SankeyChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

// Only what is drawn here: this chunk is loaded after the numbers are there.
use([BarChart, LineChart, SankeyChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

export type Option = EChartsCoreOption
export type Drawn = EChartsType

const FONT = { fontFamily: 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif', color: '#334155', fontSize: 12 }

/** Begins a drawing in an element. */
export function begin(element: HTMLElement): Drawn {
  return init(element, null, { renderer: 'svg' })
}

/** Draws; what was drawn before is gone. */
export function draw(drawn: Drawn, option: Option): void {
  drawn.setOption({ animation: false, textStyle: FONT, ...option }, true)
}
