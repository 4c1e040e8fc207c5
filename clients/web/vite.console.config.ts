import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { packed } from './tools/packed.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('./console'),
  base: '/console/',
  publicDir: false,
  resolve: {
    alias: [
      { find: '@contracts', replacement: here('../../schemas') },
      { find: '@common', replacement: here('./common') },
      // Without its compiler: words with places are functions already (common/speech.ts).
      { find: /^vue-i18n$/, replacement: here('./node_modules/vue-i18n/dist/vue-i18n.runtime.mjs') },
    ],
  },
  plugins: [vue(), packed(here('./dist/console'))],
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
  },
  build: {
    outDir: here('./dist/console'),
    emptyOutDir: true,
    // Desks of authorities keep old browsers, but not as old as the phones.
    target: ['chrome100', 'safari15', 'firefox100'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
})
