import { provideGlobalConfig } from 'element-plus'
import sheet from 'element-plus/dist/index.css?url'
import en from 'element-plus/es/locale/lang/en.mjs'
import zhCn from 'element-plus/es/locale/lang/zh-cn.mjs'
import { computed, type App } from 'vue'
import { language } from '../language'

/** Puts Element Plus on an app: its words in the language in use, its styles before ours, which change them. */
export async function dress(app: App | null): Promise<void> {
  const locale = computed(() => (language() === 'zh' ? zhCn : en))
  if (app) provideGlobalConfig(computed(() => ({ locale: locale.value, size: 'default' as const })), app, true)
  await styled(sheet)
}

function styled(url: string): Promise<void> {
  return new Promise((done, failed) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = url
    link.onload = () => {
      done()
    }
    link.onerror = () => {
      link.remove()
      failed(new Error(url))
    }
    document.head.prepend(link)
  })
}
