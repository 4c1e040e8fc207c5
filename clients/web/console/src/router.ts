import { createRouter, createWebHistory, type LocationQuery } from 'vue-router'
import { boardAhead } from './lib/board'
import { dressed } from './lib/dress'
import { me } from './lib/me'

declare module 'vue-router' {
  interface RouteMeta {
    /** Asks for what the screen shows, while it is loaded. */
    ahead?: (query: LocationQuery) => void
  }
}

const BASE = '/console/'

/** The console's places; each is loaded when it is first gone to. The dashboard, which must be there at once, does without Element Plus. */
export const router = createRouter({
  history: createWebHistory(BASE),
  routes: [
    { path: '/', name: 'home', component: dressed(() => import('./screens/Home.vue')) },
    { path: '/sign-in', name: 'sign-in', component: dressed(() => import('./screens/SignIn.vue')) },
    { path: '/board', name: 'board', component: () => import('./screens/Board.vue'), meta: { ahead: boardAhead } },
    { path: '/board/list', name: 'behind', component: dressed(() => import('./screens/Behind.vue')) },
    { path: '/layout', name: 'layout', component: dressed(() => import('./screens/Layout.vue')) },
    { path: '/capacities', name: 'capacities', component: dressed(() => import('./screens/Capacities.vue')) },
    { path: '/projects', name: 'projects', component: dressed(() => import('./screens/Projects.vue')) },
    { path: '/factors', name: 'factors', component: dressed(() => import('./screens/Factors.vue')) },
    { path: '/batteries', name: 'batteries', component: dressed(() => import('./screens/Batteries.vue')) },
    { path: '/batteries/:name', name: 'battery', component: dressed(() => import('./screens/Battery.vue')), props: true },
    { path: '/batteries/:name/genealogy', name: 'genealogy', component: dressed(() => import('./screens/Genealogy.vue')), props: true },
    { path: '/search', name: 'search', component: dressed(() => import('./screens/Search.vue')) },
    { path: '/proof', name: 'proof', component: dressed(() => import('./screens/Proof.vue')) },
    { path: '/findings', name: 'findings', component: dressed(() => import('./screens/Findings.vue')) },
    { path: '/obligations', name: 'obligations', component: dressed(() => import('./screens/Obligations.vue')) },
    { path: '/reports', name: 'reports', component: dressed(() => import('./screens/Reports.vue')) },
    { path: '/organisations/:id?', name: 'firm', component: dressed(() => import('./screens/Firm.vue')), props: true },
    { path: '/recalls', name: 'recalls', component: dressed(() => import('./screens/Recalls.vue')) },
    { path: '/cases', name: 'cases', component: dressed(() => import('./screens/Cases.vue')) },
    { path: '/cases/:id', name: 'case', component: dressed(() => import('./screens/Case.vue')), props: true },
    { path: '/uploads', name: 'uploads', component: dressed(() => import('./screens/Uploads.vue')) },
    { path: '/uploads/:id', name: 'upload', component: dressed(() => import('./screens/Upload.vue')), props: true },
    { path: '/leaving', name: 'leaving', component: dressed(() => import('./screens/Leaving.vue')) },
    { path: '/packs', name: 'packs', component: dressed(() => import('./screens/Packs.vue')) },
    { path: '/packs/:id', name: 'pack', component: dressed(() => import('./screens/Pack.vue')), props: true },
    { path: '/receipts', name: 'receipts', component: dressed(() => import('./screens/Receipts.vue')) },
    { path: '/hooks', name: 'hooks', component: dressed(() => import('./screens/Hooks.vue')) },
    { path: '/hooks/:id', name: 'hook', component: dressed(() => import('./screens/Hook.vue')), props: true },
    { path: '/work-lists', name: 'work', component: dressed(() => import('./screens/WorkLists.vue')) },
    { path: '/work-lists/:id', name: 'work-list', component: dressed(() => import('./screens/WorkList.vue')), props: true },
    { path: '/transfers', name: 'transfers', component: dressed(() => import('./screens/Transfers.vue')) },
    { path: '/sandbox', name: 'sandbox', component: dressed(() => import('./screens/Sandbox.vue')) },
    { path: '/sandbox/runs/:number', name: 'run', component: dressed(() => import('./screens/Run.vue')), props: true },
    { path: '/national', name: 'national', component: dressed(() => import('./screens/National.vue')) },
    { path: '/keys', name: 'keys', component: dressed(() => import('./screens/Keys.vue')) },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is still called experimental
  scrollBehavior: (to, from, saved) => saved ?? (to.hash ? { el: to.hash, top: 12 } : from.matched.length ? { top: 0 } : false),
})

router.beforeEach((to) => {
  if (!me.value && to.name !== 'sign-in') return { name: 'sign-in', query: { next: to.fullPath } }
  return true
})

/** Begins to load the first screen and its answer beside the question who is signed in. */
export function loadAhead({ pathname, search }: Location): void {
  const place = router.resolve(pathname.replace(BASE, '/') + search)
  for (const { components } of place.matched) {
    const screen = components?.['default']
    // What fails here fails again, and is told of, when the router asks for it.
    if (typeof screen === 'function') (screen as () => Promise<unknown>)().catch(() => {})
  }
  place.meta.ahead?.(place.query)
}
