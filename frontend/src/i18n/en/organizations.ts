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
  empty: 'No organization yet',
  emptyDetail: 'An organization is one customer: one log, its people and its keys. Make the first one.',
  noMatch: (part: string) => `No organization has “${part}” in its name or slug.`,
  fields: {
    name: 'Organization name',
    slug: 'Slug',
    slugHint: 'Part of every address of its log: small letters, digits and -. It can never be changed.',
  },
  newTitle: 'New organization',
  newLead: 'It begins with an empty log and no members. You get a link for its first admin.',
  create: 'Create organization',
  creating: 'Creating',
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
  claim: {
    title: 'Has no admin yet',
    lead: 'Whoever opens a claim link can become its first admin. A new link ends the one before.',
    make: 'New claim link',
    linkTitle: (name: string) => `Claim link of ${name}`,
    linkLead:
      'Send this link to the organization’s first admin on a channel you trust: whoever opens it can take the organization over. It cannot be shown again.',
    label: 'Claim link',
    use: 'It works once, within 30 days. If it is lost, make a new one under Manage.',
  },
  made: (name: string) => `${name} was created.`,
  created: (when: string) => `Created ${when}`,
}
