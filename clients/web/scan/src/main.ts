import { createApp } from 'vue'
import App from './App.vue'
import { i18n, speak, wantedLanguage } from './language'
import { recall } from './lib/device'
import { startShell } from './lib/shell'
import { recallStock } from './lib/stock'
import { startSync } from './lib/sync'
import './style.css'

async function start(): Promise<void> {
  await speak(wantedLanguage())
  await recall()
  await recallStock()
  await startSync()
  createApp(App).use(i18n).mount('#app')
  startShell()
}

void start()
