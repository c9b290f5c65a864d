/** Where the focus goes when what had it is about to vanish, and nothing nearer is left. */
export function focusTitle(): void {
  document.querySelector('h1')?.focus()
}

export function focusById(id: string): void {
  document.getElementById(id)?.focus()
}
