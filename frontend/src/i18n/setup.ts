import { setup } from './en/setup'

/** What only these pages need: it comes with them, not with the first page. */
export const setupText: typeof setup = setup
