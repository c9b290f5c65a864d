import { catalog } from './catalog'
import { common } from './common'
import { events } from './events'
import { organizations } from './organizations'
import { profile } from './profile'
import { session } from './session'
import { setup } from './setup'

export const en = { ...common, session, profile, setup, organizations, events, catalog }
