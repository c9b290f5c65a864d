import { count, formatNumber } from '../format'

/** Organizations, as operators see them. */
export const organizations = {
  title: 'Organizations',
  lead: 'Every customer of this service, and the state of their logs. What is in a log only its own admins and auditors see.',
  search: 'Find by name or slug',
  clearSearch: 'Clear the search',
  make: 'New organization',
  columns: {
    name: 'Organization',
    plan: 'Plan',
    members: 'Members',
    events: 'Events',
    lastEvent: 'Last event',
    state: 'State',
    manage: 'Manage',
  },
  manage: (name: string) => `Manage ${name}`,
  active: 'Active',
  suspended: 'Suspended',
  never: 'Never',
  members: (members: number) => count(members, 'member', 'members'),
  events: (events: number) => formatNumber(events),
  more: 'Show more',
  empty: 'No organization yet',
  emptyDetail: 'An organization is one customer: one log, its people and its keys. Make the first one.',
  noMatch: (part: string) => `No organization has “${part}” in its name or slug.`,
  fields: {
    name: 'Organization name',
    slug: 'Slug',
    slugHint: 'Part of every address of its log: small letters, digits and -. It can never be changed.',
  },
  newTitle: 'New organization',
  newLead: 'It begins with an empty log and no members.',
  create: 'Create organization',
  creating: 'Creating',
  cancel: 'Cancel',
  plan: 'Plan',
  planLimits: (limits: { members?: number; api_keys?: number }) =>
    [
      limits.members === undefined ? 'Any number of members' : count(limits.members, 'member', 'members'),
      limits.api_keys === undefined
        ? 'any number of API keys'
        : count(limits.api_keys, 'API key', 'API keys'),
    ].join(', '),
  savePlan: 'Change plan',
  planSaved: 'The plan was changed.',
  suspendTitle: 'Suspend',
  suspendLead:
    'Nothing more is recorded: services that send events are refused, and told why. The log stays readable.',
  reason: 'Reason',
  reasonHint: 'Shown to the organization’s people and to the services that send events.',
  suspend: 'Suspend organization',
  resumeTitle: 'Suspended',
  suspendedSince: (when: string, reason: string) => `Since ${when}: ${reason}`,
  resume: 'Resume organization',
  created: (when: string) => `Created ${when}`,
}
