import { breakGlass } from './en/break-glass'

/** What only these pages need: it comes with them, not with the first page. */
export const breakGlassText: typeof breakGlass = breakGlass
