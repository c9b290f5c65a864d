import { useMutation, useQueryClient } from '@tanstack/react-query'
import { eventsQuery, fetchPage, type ListName } from './queries'
import { nextVisit } from './use-list-name'

/**
 * The first page anew, as a list of its own: whatever was still loading for the old rows ends up with the old rows.
 * Only when the page is there do they go.
 */
export function useRefresh(name: ListName, list: string, adopt: (visit: number) => void) {
  const client = useQueryClient()
  const refresh = useMutation({
    mutationFn: async (_list: string) => {
      const page = await fetchPage(name)
      const visit = nextVisit()
      client.setQueryData(eventsQuery({ ...name, visit }).queryKey, {
        pages: [page],
        pageParams: [undefined],
      })
      adopt(visit)
    },
  })
  // What became of another list's refresh says nothing about this one.
  const isOurs = refresh.variables === list
  return {
    refresh: () => refresh.mutate(list),
    isRefreshing: isOurs && refresh.isPending,
    refreshError: isOurs ? refresh.error : null,
  }
}
