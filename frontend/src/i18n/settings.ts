import { settings } from './en/settings'

/** What only the settings of an organization need: it comes with them, not with the first page. */
export const settingsText: typeof settings = settings
