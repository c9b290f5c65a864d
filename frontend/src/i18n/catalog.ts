import { catalog } from './en/catalog'

/** What only these pages need: it comes with them, not with the first page. */
export const catalogText: typeof catalog = catalog
