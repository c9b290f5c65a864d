import { breakGlass } from './en/break-glass'
import { keys } from './en/keys'
import { team } from './en/team'

const en = { breakGlass, keys, team }

export type SettingsMessages = typeof en

/** What only the pages behind the sign-in say, apart from the rest so that the sign-in does not load it. */
export const tSettings: SettingsMessages = en
