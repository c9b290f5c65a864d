import { catalog } from './catalog'
import { common } from './common'
import { events } from './events'

export const en = { ...common, events, catalog }
