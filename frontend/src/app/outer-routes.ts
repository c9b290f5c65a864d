import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { LoginPage } from '../features/session/login-page'
import { BareErrorPage } from './bare-error-page'
import { rootRoute } from './root-route'
import { safeNext, validateLoginSearch } from './search-params'

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

/** Pages that need no session: the ways in. */
export const outerRoutes = [loginRoute, setupRoute, joinRoute, claimRoute, resetRoute] as const
