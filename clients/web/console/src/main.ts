import { createApp } from 'vue'
import App from './App.vue'
import { i18n, speak, wantedLanguage } from './language'
import { wears } from './lib/dress'
import { recall } from './lib/me'
import { loadAhead, router } from './router'
import './style.css'

async function start(): Promise<void> {
  const app = createApp(App)
  wears(app)
  const known = recall()
  loadAhead(location)
  await Promise.all([speak(wantedLanguage()), known])
  app.use(i18n).use(router).mount('#app')
}

void start()
