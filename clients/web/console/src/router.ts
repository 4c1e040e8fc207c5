import { createRouter, createWebHistory } from 'vue-router'
import { me } from './lib/me'

/** The console's places; each is loaded when it is first gone to. */
export const router = createRouter({
  history: createWebHistory('/console/'),
  routes: [
    { path: '/', name: 'home', component: () => import('./screens/Home.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('./screens/SignIn.vue') },
    { path: '/board', name: 'board', component: () => import('./screens/Board.vue') },
    { path: '/board/list', name: 'behind', component: () => import('./screens/Behind.vue') },
    { path: '/layout', name: 'layout', component: () => import('./screens/Layout.vue') },
    { path: '/capacities', name: 'capacities', component: () => import('./screens/Capacities.vue') },
    { path: '/projects', name: 'projects', component: () => import('./screens/Projects.vue') },
    { path: '/factors', name: 'factors', component: () => import('./screens/Factors.vue') },
    { path: '/batteries', name: 'batteries', component: () => import('./screens/Batteries.vue') },
    { path: '/batteries/:name', name: 'battery', component: () => import('./screens/Battery.vue'), props: true },
    { path: '/batteries/:name/genealogy', name: 'genealogy', component: () => import('./screens/Genealogy.vue'), props: true },
    { path: '/search', name: 'search', component: () => import('./screens/Search.vue') },
    { path: '/proof', name: 'proof', component: () => import('./screens/Proof.vue') },
    { path: '/findings', name: 'findings', component: () => import('./screens/Findings.vue') },
    { path: '/obligations', name: 'obligations', component: () => import('./screens/Obligations.vue') },
    { path: '/reports', name: 'reports', component: () => import('./screens/Reports.vue') },
    { path: '/organisations/:id?', name: 'firm', component: () => import('./screens/Firm.vue'), props: true },
    { path: '/recalls', name: 'recalls', component: () => import('./screens/Recalls.vue') },
    { path: '/cases', name: 'cases', component: () => import('./screens/Cases.vue') },
    { path: '/cases/:id', name: 'case', component: () => import('./screens/Case.vue'), props: true },
    { path: '/uploads', name: 'uploads', component: () => import('./screens/Uploads.vue') },
    { path: '/uploads/:id', name: 'upload', component: () => import('./screens/Upload.vue'), props: true },
    { path: '/leaving', name: 'leaving', component: () => import('./screens/Leaving.vue') },
    { path: '/packs', name: 'packs', component: () => import('./screens/Packs.vue') },
    { path: '/packs/:id', name: 'pack', component: () => import('./screens/Pack.vue'), props: true },
    { path: '/receipts', name: 'receipts', component: () => import('./screens/Receipts.vue') },
    { path: '/hooks', name: 'hooks', component: () => import('./screens/Hooks.vue') },
    { path: '/hooks/:id', name: 'hook', component: () => import('./screens/Hook.vue'), props: true },
    { path: '/work-lists', name: 'work', component: () => import('./screens/WorkLists.vue') },
    { path: '/work-lists/:id', name: 'work-list', component: () => import('./screens/WorkList.vue'), props: true },
    { path: '/transfers', name: 'transfers', component: () => import('./screens/Transfers.vue') },
    { path: '/sandbox', name: 'sandbox', component: () => import('./screens/Sandbox.vue') },
    { path: '/sandbox/runs/:number', name: 'run', component: () => import('./screens/Run.vue'), props: true },
    { path: '/national', name: 'national', component: () => import('./screens/National.vue') },
    { path: '/keys', name: 'keys', component: () => import('./screens/Keys.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is still called experimental
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash, top: 12 } : { top: 0 }),
})

router.beforeEach((to) => {
  if (!me.value && to.name !== 'sign-in') return { name: 'sign-in', query: { next: to.fullPath } }
  return true
})
