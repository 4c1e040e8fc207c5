/// <reference types="vite/client" />
declare const __APP_VERSION__: string

declare module 'decoder.wasm?url' {
  const url: string
  export default url
}
