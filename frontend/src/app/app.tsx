import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { session } from '../api/client'
import { createQueryClient } from './query-client'
import { createAppRouter } from './router'

const queryClient = createQueryClient()
const router = createAppRouter({ session, queryClient })

/** When the session ends or another person signs in, nothing of the old one stays, and the routes decide anew. */
let userId = session.current()?.user.id
session.subscribe(() => {
  const next = session.current()?.user.id
  if (next === userId) return
  const isEnd = userId !== undefined && next === undefined
  userId = next
  queryClient.clear()
  if (isEnd)
    void router.navigate({
      to: '/login',
      search: { next: router.state.location.href, ended: '1' },
      replace: true,
    })
  else void router.invalidate()
})

export function App() {
  return (
    <I18nProvider locale="en-US">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  )
}
