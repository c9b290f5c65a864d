import { useState } from 'react'
import type { Filters } from './model/filters'
import type { ListName } from './queries'

let visits = 0

export function nextVisit(): number {
  visits += 1
  return visits
}

type Visit = { list: string; id: number }

/** The name of the list on show; another organization, other filters and a refresh each begin a new visit. */
export function useListName(org: string, filters: Filters) {
  const list = JSON.stringify([org, filters])
  const [visit, setVisit] = useState<Visit>(() => ({ list, id: nextVisit() }))
  if (visit.list !== list) setVisit({ list, id: nextVisit() })

  const name: ListName = { org, filters, visit: visit.id }
  /** Shows what a refresh brought, unless another list is on show by now. */
  const adopt = (id: number) => setVisit((old) => (old.list === list ? { list, id } : old))
  return { name, list, adopt }
}
