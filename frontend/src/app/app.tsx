import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { session } from '../api/client'
import { createQueryClient } from './query-client'
import { createAppRouter } from './router'

const queryClient = createQueryClient()
const router = createAppRouter({ session, queryClient })

/** When the session is over or another person signs in, nothing of the old one stays, and the routes decide anew. */
let userId = session.current()?.user.id
session.subscribe(() => {
  const next = session.current()?.user.id
  const last = userId
  if (next === last) return
  userId = next
  queryClient.clear()
  const needsSession = router.state.matches.some((match) => match.routeId === '/app')
  if (last === undefined || !needsSession) void router.invalidate()
  else if (next === undefined) void router.navigate(toLogin())
  // The page was the other person's.
  else void router.navigate({ to: '/', replace: true }).then(() => router.invalidate())
})

function toLogin() {
  const search = { next: router.state.location.href, ended: '1' } as const
  return { to: '/login', search, replace: true } as const
}

export function App() {
  return (
    <I18nProvider locale="en-US">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  )
}
