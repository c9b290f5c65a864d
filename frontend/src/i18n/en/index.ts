import { common } from './common'
import { session } from './session'

/** What the first page says, and what every page may; the rest comes with the pages that say it. */
export const en = { ...common, session }
