import { organizations } from './en/organizations'

/** What only these pages need: it comes with them, not with the first page. */
export const organizationsText: typeof organizations = organizations
