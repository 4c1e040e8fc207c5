import labels from '@contracts/words.json'
import { createI18n } from 'vue-i18n'
import { zh, type Words } from './words/zh'

type Language = 'zh' | 'en'
const KEPT = 'language'

type Sentence = (told: { named: (name: string) => unknown }) => string

/** Sentences as vue-i18n takes them without its compiler, which is a tenth of the app. */
function sentences(words: unknown): unknown {
  if (typeof words === 'string') return sentence(words)
  if (Array.isArray(words)) return words.map(sentences)
  const entries = Object.entries(words as Record<string, unknown>)
  return Object.fromEntries(entries.map(([name, each]) => [name, sentences(each)]))
}

function sentence(text: string): Sentence {
  return ({ named }) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(named(name)))
}

export const i18n = createI18n<[Words], Language, false>({
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- until version 12 it has to be said
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'zh',
  messages: { zh: sentences(zh) } as Record<Language, Words>,
})

/** The language in use. */
export function language(): Language {
  return i18n.global.locale.value
}

/** Speaks this language from now on, also after a reload. */
export async function speak(wanted: Language): Promise<void> {
  if (wanted === 'en') i18n.global.setLocaleMessage('en', sentences((await import('./words/en')).en) as Words)
  i18n.global.locale.value = wanted
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en'
  document.title = i18n.global.t('app.name')
  localStorage.setItem(KEPT, wanted)
}

/** The language asked for in the address, else the one used before, else Chinese. */
export function wantedLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(KEPT)
  return asked === 'en' ? 'en' : 'zh'
}

/** A word of the service's lists in the language in use. */
export function word(list: keyof typeof labels, name: string | null | undefined): string {
  const listed = labels[list] as Record<string, { zh: string; en: string }>
  return listed[name ?? '']?.[language()] ?? name ?? ''
}

/** A sentence that the service gave in both languages. */
export function told(text: { zh: string; en: string } | undefined): string {
  return text?.[language()] ?? ''
}
