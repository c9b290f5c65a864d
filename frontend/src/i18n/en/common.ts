import { count } from '../format'

/** What every page says, and the pages around the log. */
export const common = {
  product: 'Annals',
  skipToContent: 'Skip to content',
  loading: 'Loading',
  retry: 'Try again',
  refresh: 'Refresh',
  refreshing: 'Refreshing',
  reload: 'Reload the page',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  copyLink: 'Copy link',
  linkNeedsHttps: 'This browser copies only over https. The link is in the address bar.',
  copyNeedsHttps:
    'This browser copies only over https or on localhost. Select the text and copy it yourself.',
  requestId: 'Request id',
  insecure:
    'This connection is not encrypted: others on the network can read your password and the log. Use https outside a test.',
  offline: 'You are offline. What you see may be out of date.',
  titleOf: (parts: readonly string[]) => [...parts, 'Annals'].join(' · '),

  login: {
    title: 'Sign in',
    lead: 'Who did what, where and when. In order, and for good.',
    email: 'E-mail',
    password: 'Password',
    submit: 'Sign in',
    submitting: 'Signing in',
    wrong: 'E-mail or password is wrong.',
    ended: 'Your session has ended. Sign in to go on where you were.',
    missing: 'Enter your e-mail and your password.',
  },

  shell: {
    nav: 'Main',
    openNav: 'Open navigation',
    closeNav: 'Close navigation',
    auditLog: 'Audit log',
    catalog: 'Event catalog',
    organizations: 'Organizations',
    apiReference: 'API reference',
    organization: 'Organization',
    noOrganization: 'No organization',
    chooseOrganization: 'Choose an organization',
    organizationSettings: 'Organization',
    profile: 'Your profile',
    signOut: 'Sign out',
    theme: 'Theme',
    themeSystem: 'Like the system',
    themeLight: 'Light',
    themeDark: 'Dark',
    role: { admin: 'Admin', auditor: 'Auditor', member: 'Member', operator: 'Operator' },
  },

  errors: {
    network: 'The server cannot be reached',
    networkDetail: 'Check the connection. Nothing is lost; the page tries again when you ask.',
    unexpected: 'The server gave an answer this page does not understand',
    form: 'Something is missing',
    page: 'This page has failed',
    part: 'This part of the page could not be loaded',
    partDetail:
      'The connection failed, or Annals was updated. If trying again does not help, reload the page.',
    retryAfter: (seconds: number) => `The server asks to wait ${count(seconds, 'second', 'seconds')}.`,
    notFound: 'Page not found',
    notFoundDetail: 'There is nothing at this address. It may be mistyped, or not for your account.',
    orgNotFound: 'No such organization',
    orgNotFoundDetail: 'There is no organization with this name, or you are not in it.',
    home: 'Go to your log',
  },

  forbidden: {
    role: (role: string) => `Your role is ${role}.`,
    ask: 'These admins can change that:',
    noAdmins: 'Ask an admin of the organization.',
  },

  operator: {
    title: 'Operator',
    lead: 'Your account runs this installation. It is in no organization.',
    canTitle: 'What an operator can see',
    can: [
      'The log of the platform organization: sign-ins of operators and changes to the installation. It opens here for operators who are in that organization.',
      'No organization’s own log. Only its admins and auditors read that.',
    ],
    none: 'Your account is in no organization',
    noneDetail: 'Ask an admin of your organization to add you. Then sign in again.',
  },
}
