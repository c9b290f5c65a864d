import { catalog } from './catalog'
import { common } from './common'
import { events } from './events'
import { organizations } from './organizations'
import { setup } from './setup'

export const en = { ...common, setup, organizations, events, catalog }
