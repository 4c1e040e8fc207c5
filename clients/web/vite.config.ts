import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { wasmPath } from './tools/decoder.ts'
import { offline } from './tools/offline.ts'
import { version } from './package.json' with { type: 'json' }

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// The scanner; the console has a build of its own (vite.console.config.ts).
export default defineConfig({
  root: here('./scan'),
  base: '/scan/',
  resolve: {
    alias: [
      { find: '@contracts', replacement: here('../../schemas') },
      { find: '@common', replacement: here('./common') },
      // Without its compiler: words with places are functions already (common/speech.ts).
      { find: /^vue-i18n$/, replacement: here('./node_modules/vue-i18n/dist/vue-i18n.runtime.mjs') },
      { find: /^decoder\.wasm/, replacement: wasmPath() },
    ],
  },
  plugins: [vue(), offline(here('./dist/scan'))],
  define: {
    __APP_VERSION__: JSON.stringify(version),
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
  },
  build: {
    outDir: here('./dist/scan'),
    emptyOutDir: true,
    // Phones of outlets are years old.
    target: ['chrome87', 'safari14'],
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  test: {
    root: here('.'),
    include: ['tests/**/*.test.ts'],
    setupFiles: ['./tests/setup.ts'],
  },
})
