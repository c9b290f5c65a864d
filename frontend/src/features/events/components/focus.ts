export const filterButtonId = 'filter-event-type'
export const refreshButtonId = 'refresh'

/** Where the focus goes when what had it is about to vanish. */
export function focusFilters(): void {
  document.getElementById(filterButtonId)?.focus()
}

export function focusRefresh(): void {
  document.getElementById(refreshButtonId)?.focus()
}

export function focusTitle(): void {
  document.querySelector('h1')?.focus()
}

export function focusGrid(): void {
  document.querySelector<HTMLElement>('[role=grid]')?.focus()
}
