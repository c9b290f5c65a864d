import { catalog } from './catalog'
import { common } from './common'
import { events } from './events'
import { organizations } from './organizations'
import { session } from './session'
import { setup } from './setup'

export const en = { ...common, session, setup, organizations, events, catalog }
