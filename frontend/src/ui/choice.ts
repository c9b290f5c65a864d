/** What somebody chose, kept on his device. Without storage a choice lasts until the page closes. */
export function readChoice(name: string): string | null {
  try {
    return localStorage.getItem(keyOf(name))
  } catch {
    return null
  }
}

export function keepChoice(name: string, value: string): void {
  try {
    localStorage.setItem(keyOf(name), value)
  } catch {
    // Storage is off.
  }
}

function keyOf(name: string): string {
  return `annals.${name}`
}
