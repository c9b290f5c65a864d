import { links } from './en/links'

/** What only the pages of links need: it comes with them, not with the first page. */
export const linksText: typeof links = links
