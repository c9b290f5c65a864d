import { focusById } from '../../../ui/focus'

export const searchId = 'catalog-search'
export const settingsButtonId = 'catalog-settings'

/** Where the focus goes when what had it is about to vanish. */
export const focusSearch = () => focusById(searchId)
export const focusSettingsButton = () => focusById(settingsButtonId)

export function focusDrawer(): void {
  document.querySelector<HTMLElement>('main aside')?.focus()
}

/** The one entry that the Tab key reaches: the open one, or the one last gone to. */
export function focusEntry(): void {
  document.querySelector<HTMLElement>('[data-entry][tabindex="0"]')?.focus()
}

export function focusFirstEntry(): void {
  document.querySelector<HTMLElement>('[data-entry]')?.focus()
}

/** After the next paint, when what is to be focused is there. */
export function soon(focus: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(focus))
}
