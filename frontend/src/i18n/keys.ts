import { keys } from './en/keys'

/** What only these pages need: it comes with them, not with the first page. */
export const keysText: typeof keys = keys
