import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router'
import type { SessionStore } from '../api/session'
import { BareErrorPage } from './bare-error-page'

export type Context = { session: SessionStore; queryClient: QueryClient }

export const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: BareErrorPage,
})
