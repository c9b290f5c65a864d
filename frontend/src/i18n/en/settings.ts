import { count } from '../format'

/** The settings of an organization. */
export const settings = {
  title: 'Organization',
  lead: 'What it is called, what its plan includes, and how its admins sign in.',
  forbidden: {
    title: 'You cannot see these settings',
    lead: (place: string) => `They are for the people of ${place}.`,
  },
  about: 'About',
  name: 'Name',
  slug: 'Slug',
  slugHint: 'Part of every address of its log. It never changes.',
  role: 'Your role',
  onlyAdmins: 'Only admins change this.',

  factor: {
    title: 'Second factor for admins',
    lead: 'Admins manage people, API keys and settings. With this on, they act only when they have signed in with a second factor.',
    on: 'Demanded',
    off: 'Not demanded',
    turnOn: 'Demand a second factor',
    turnOnLead:
      'Admins who have none can do nothing here until they have set one up in their profile. Auditors and members are not affected.',
    turnOff: 'Stop demanding it',
    turnOffLead: 'A password alone is then enough for admins. Second factors that are set up stay.',
    saved: 'The setting is changed.',
  },

  plan: {
    title: 'Plan',
    lead: 'The people who run this service set the plan. Ask them for another one.',
    members: (most: number | undefined) =>
      most === undefined
        ? 'Any number of members'
        : `Up to ${count(most, 'member', 'members')}, open invitations included`,
    keys: (most: number | undefined) =>
      most === undefined ? 'Any number of API keys' : `Up to ${count(most, 'live API key', 'live API keys')}`,
    full: 'Beyond a limit nothing that is there stops working. Only new ones are refused.',
    suspended: (when: string, reason: string) =>
      `Suspended since ${when}: ${reason}. Nothing more is recorded; the log stays readable.`,
  },
}
