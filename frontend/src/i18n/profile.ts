import { profile } from './en/profile'

/** What only the profile needs: it comes with it, not with the first page. */
export const profileText: typeof profile = profile
