/** The whole address of a link: where the service does not know its own, it answers a path. */
export function wholeLink(link: string): string {
  return new URL(link, window.location.origin).href
}
