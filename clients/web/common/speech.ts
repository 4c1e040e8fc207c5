import { createI18n } from 'vue-i18n'

export type Language = 'zh' | 'en'
const KEPT = 'language'

type Sentence = (told: { named: (name: string) => unknown }) => string

/** Sentences as vue-i18n takes them without its compiler, which is a tenth of the scanner. */
function sentences(words: unknown): unknown {
  if (typeof words === 'string') return sentence(words)
  if (Array.isArray(words)) return words.map(sentences)
  const entries = Object.entries(words as Record<string, unknown>)
  return Object.fromEntries(entries.map(([name, each]) => [name, sentences(each)]))
}

function sentence(text: string): Sentence {
  return ({ named }) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(named(name)))
}

/** The language asked for in the address, else the one used before, else Chinese. */
export function wantedLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(KEPT)
  return asked === 'en' ? 'en' : 'zh'
}

/** An app's sentences, Chinese at once, English when it is asked for. */
export function speech<Words extends object>(zh: Words, english: () => Promise<Words>) {
  const i18n = createI18n<[Words], Language, false>({
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- until version 12 it has to be said
    legacy: false,
    locale: 'zh',
    fallbackLocale: 'zh',
    messages: { zh: sentences(zh) } as Record<Language, Words>,
  })
  const locale = i18n.global.locale as { value: Language }

  /** The language in use. */
  function language(): Language {
    return locale.value
  }

  /** Speaks this language from now on, also after a reload. */
  async function speak(wanted: Language): Promise<void> {
    if (wanted === 'en') i18n.global.setLocaleMessage('en', sentences(await english()) as never)
    locale.value = wanted
    document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en'
    localStorage.setItem(KEPT, wanted)
  }

  return { i18n, language, speak }
}

/** One thing said in both languages. */
export interface Told {
  zh: string
  en: string
}
