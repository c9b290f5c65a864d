import { focusById } from '../../../ui/focus'

export const filterButtonId = 'filter-event-type'
export const refreshButtonId = 'refresh'

export const focusFilters = () => focusById(filterButtonId)
export const focusRefresh = () => focusById(refreshButtonId)

export function focusGrid(): void {
  document.querySelector<HTMLElement>('[role=grid]')?.focus()
}
