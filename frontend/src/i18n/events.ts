import { events } from './en/events'

/** What only these pages need: it comes with them, not with the first page. */
export const eventsText: typeof events = events
