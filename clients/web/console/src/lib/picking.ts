import type { Directive } from 'vue'

/** Element Plus says `aria-checked` of labels, which no label may have; the box within says it by itself. */
function strip(table: HTMLElement): void {
  table.querySelectorAll('label[aria-checked]').forEach((label) => label.removeAttribute('aria-checked'))
}

/** For tables whose rows are picked: as `v-picking`. */
export const vPicking: Directive<HTMLElement> = {
  mounted(table) {
    strip(table)
    new MutationObserver(() => strip(table)).observe(table, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-checked'] })
  },
}
