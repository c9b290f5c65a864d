import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { BareErrorPage } from './bare-error-page'
import { ErrorPage } from './error-page'
import { NotFoundPage } from './not-found-page'
import { OrganizationFrame } from './organization-frame'
import { outerRoutes } from './outer-routes'
import { type Context, rootRoute } from './root-route'
import { parseSearch, stringifySearch, validateCatalogSearch, validateEventsSearch } from './search-params'

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
  ...outerRoutes,
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
