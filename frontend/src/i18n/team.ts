import { team } from './en/team'

/** What only these pages need: it comes with them, not with the first page. */
export const teamText: typeof team = team
