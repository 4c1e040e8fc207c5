import { createApp } from 'vue'
import 'element-plus/dist/index.css'
import App from './App.vue'
import { i18n, speak, wantedLanguage } from './language'
import { recall } from './lib/me'
import { router } from './router'
import './style.css'

async function start(): Promise<void> {
  await Promise.all([speak(wantedLanguage()), recall()])
  createApp(App).use(i18n).use(router).mount('#app')
}

void start()
