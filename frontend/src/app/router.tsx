import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { SessionStore } from '../api/session'
import { LoginPage } from '../features/session/login-page'
import { BareErrorPage } from './bare-error-page'
import { ErrorPage } from './error-page'
import { NotFoundPage } from './not-found-page'
import { OrganizationFrame } from './organization-frame'
import {
  parseSearch,
  safeNext,
  stringifySearch,
  validateCatalogSearch,
  validateEventsSearch,
  validateLoginSearch,
} from './search-params'

type Context = { session: SessionStore; queryClient: QueryClient }

const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: BareErrorPage,
})

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: validateLoginSearch,
  beforeLoad: ({ context, search }) => {
    if (context.session.current()) throw redirect({ href: safeNext(search.next), replace: true })
  },
  component: LoginPage,
  errorComponent: BareErrorPage,
})

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  beforeLoad: ({ context }) => {
    if (context.session.current()) throw redirect({ to: '/', replace: true })
  },
  component: lazyRouteComponent(() => import('../features/setup/setup-page'), 'SetupPage'),
  errorComponent: BareErrorPage,
})

const joinRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/join',
  component: lazyRouteComponent(() => import('../features/session/join-page'), 'JoinPage'),
  errorComponent: BareErrorPage,
})

const claimRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/claim',
  component: lazyRouteComponent(() => import('../features/session/claim-page'), 'ClaimPage'),
  errorComponent: BareErrorPage,
})

const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset',
  component: lazyRouteComponent(() => import('../features/session/reset-page'), 'ResetPage'),
  errorComponent: BareErrorPage,
})

/** Pages that need a session. */
const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: ({ context, location }) => {
    if (context.session.current()) return
    throw redirect({
      to: '/login',
      search: location.href === '/' ? {} : { next: location.href },
      replace: true,
    })
  },
  component: lazyRouteComponent(() => import('./shell'), 'Shell'),
  errorComponent: BareErrorPage,
})

const homeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  beforeLoad: ({ context }) => {
    const first = context.session.current()?.organizations[0]
    if (first) throw redirect({ to: '/o/$org/events', params: { org: first.slug }, replace: true })
  },
  component: lazyRouteComponent(() => import('../features/operator/landing-page'), 'LandingPage'),
})

const organizationsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/operator',
  component: lazyRouteComponent(
    () => import('../features/organizations/organizations-page'),
    'OrganizationsPage',
  ),
})

const platformKeysRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/operator/keys',
  component: lazyRouteComponent(() => import('../features/keys/platform-keys-page'), 'PlatformKeysPage'),
})

const profileRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/profile',
  component: lazyRouteComponent(() => import('../features/profile/profile-page'), 'ProfilePage'),
})

const orgRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/o/$org',
  beforeLoad: ({ params, location }) => {
    if (/^\/o\/[^/]+\/?$/.test(location.pathname))
      throw redirect({ to: '/o/$org/events', params, replace: true })
  },
  component: OrganizationFrame,
})

const eventsRoute = createRoute({
  getParentRoute: () => orgRoute,
  path: '/events',
  validateSearch: validateEventsSearch,
  component: lazyRouteComponent(() => import('../features/events/events-page'), 'EventsPage'),
})

const catalogRoute = createRoute({
  getParentRoute: () => orgRoute,
  path: '/catalog',
  validateSearch: validateCatalogSearch,
  component: lazyRouteComponent(() => import('../features/catalog/catalog-page'), 'CatalogPage'),
})

const keysRoute = createRoute({
  getParentRoute: () => orgRoute,
  path: '/settings/keys',
  component: lazyRouteComponent(() => import('../features/keys/keys-page'), 'KeysPage'),
})

const teamRoute = createRoute({
  getParentRoute: () => orgRoute,
  path: '/settings/team',
  component: lazyRouteComponent(() => import('../features/team/team-page'), 'TeamPage'),
})

const organizationSettingsRoute = createRoute({
  getParentRoute: () => orgRoute,
  path: '/settings/organization',
  component: lazyRouteComponent(
    () => import('../features/settings/organization-settings-page'),
    'OrganizationSettingsPage',
  ),
})

/** Whatever no other route knows: inside the shell, after the sign-in. */
const unknownRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '$',
  component: NotFoundPage,
})

const routeTree = rootRoute.addChildren([
  loginRoute,
  setupRoute,
  joinRoute,
  claimRoute,
  resetRoute,
  appRoute.addChildren([
    homeRoute,
    organizationsRoute,
    platformKeysRoute,
    profileRoute,
    orgRoute.addChildren([eventsRoute, catalogRoute, organizationSettingsRoute, keysRoute, teamRoute]),
    unknownRoute,
  ]),
])

export function createAppRouter(context: Context) {
  return createRouter({
    routeTree,
    context,
    parseSearch,
    stringifySearch,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
