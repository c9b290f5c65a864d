import { breakGlass } from './break-glass'
import { catalog } from './catalog'
import { common } from './common'
import { events } from './events'
import { keys } from './keys'
import { organizations } from './organizations'
import { setup } from './setup'
import { team } from './team'

export const en = { ...common, setup, keys, team, organizations, breakGlass, events, catalog }
