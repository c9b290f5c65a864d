import { count } from '../format'

/** One's own account. */
export const profile = {
  title: 'Your profile',
  lead: 'Your account, how you sign in, and where you are signed in.',
  account: 'Account',
  name: 'Name',
  email: 'E-mail',

  password: {
    title: 'Password',
    lead: 'A change signs you out everywhere else.',
    change: 'Change password',
    current: 'Current password',
    next: 'New password',
    hint: '12 characters or more. Length counts, kinds of characters do not.',
    submit: 'Change password',
    submitting: 'Changing',
    wrong: 'The password is wrong.',
    done: 'Your password is changed. Your other sessions have ended.',
  },

  factor: {
    title: 'Second factor',
    lead: 'A code of an authenticator app beside your password. Whoever learns your password still cannot sign in.',
    on: 'On',
    off: 'Off',
    setUp: 'Set up an authenticator app',
    left: (left: number) => `${count(left, 'recovery code is', 'recovery codes are')} left.`,
    few: 'Make new ones before you run out: without app and codes you cannot sign in.',
    newCodes: 'New recovery codes',
    turnOff: 'Turn off',
    failed: 'It could not be loaded.',
  },

  setUp: {
    title: 'Set up an authenticator app',
    scan: 'Scan this with your authenticator app',
    scanHint: 'Any app for one-time codes will do, and so will most password managers.',
    qr: 'QR code of the secret',
    typed: 'Or type this secret into the app',
    secret: 'Secret',
    confirm: 'Then enter the code it shows',
    submit: 'Turn on',
    submitting: 'Checking',
    wrong: 'The code is wrong. Check that the clock of your phone is right, and enter the next code.',
  },

  codes: {
    title: 'Your recovery codes',
    lead: 'Each signs you in once when you do not have your app. They are shown only now: keep them apart from the app.',
    list: 'Recovery codes',
    print: 'Print',
    download: 'Download',
    file: 'annals-recovery-codes.txt',
    heading: (email: string) => `Annals recovery codes of ${email}. Each works once.`,
    stored: 'I have stored them',
    on: 'Your second factor is on. Your other sessions have ended.',
  },

  renew: {
    title: 'Make new recovery codes',
    lead: 'The codes you have now stop working.',
    submit: 'Make new codes',
  },

  turnOff: {
    title: 'Turn off your second factor',
    lead: 'From then on your password alone signs you in, and your recovery codes stop working. Your other sessions end. Where a second factor is demanded you can no longer act as operator or admin.',
    submit: 'Turn off',
    done: 'Your second factor is off.',
  },

  sessions: {
    title: 'Sessions',
    lead: 'Everywhere you are signed in. End what you do not know, and change your password.',
    columns: { device: 'Device', address: 'Address', seen: 'Last seen', begun: 'Signed in', end: 'End' },
    current: 'This one',
    withFactor: 'with second factor',
    unknownAddress: 'Unknown',
    more: 'Show more',
    end: 'End',
    endOf: (device: string) => `End the session of ${device}`,
    endTitle: (device: string) => `End the session of ${device}`,
    endLead: (address: string) => `Whoever uses it from ${address} has to sign in again.`,
    endAll: 'End all others',
    endAllTitle: 'End all other sessions',
    endAllLead: 'You stay signed in here, and nowhere else.',
    ended: 'The session has ended.',
    endedAll: 'All other sessions have ended.',
  },

  device: {
    on: (browser: string, system: string) => `${browser} on ${system}`,
    unknown: 'Unknown device',
    browser: 'Browser',
  },
}
