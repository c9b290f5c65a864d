import { count } from '../format'

function wait(seconds: number): string {
  if (seconds < 120) return count(seconds, 'second', 'seconds')
  return count(Math.ceil(seconds / 60), 'minute', 'minutes')
}

/** How somebody proves who they are: signing in, and once more where it matters. */
export const session = {
  password: 'Password',
  passwordMissing: 'Enter your password.',
  passwordWrong: 'The password is wrong.',
  account: 'E-mail',
  code: 'Six-digit code',
  codeHint: 'Open your authenticator app and enter the code it shows for Annals.',
  codeWrong: 'The code is wrong, or was used before. Wait for the next one.',
  codeMissing: 'Enter the six digits of the code.',
  recoveryCode: 'Recovery code',
  recoveryHint: 'One of the ten codes you stored when you set up the app. Each works once.',
  recoveryWrong: 'The code is wrong, or was used before.',
  recoveryMissing: 'Enter one of your recovery codes.',
  useRecovery: 'Use a recovery code instead',
  useApp: 'Use the app instead',
  tooMany: (seconds: number) => `Too many attempts. Try again in ${wait(seconds)}.`,
  busy: (seconds: number) => `The service is busy. Try again in ${wait(seconds)}.`,
  waited: 'You can try again now.',

  secondStep: {
    title: 'Enter your code',
    lead: 'Your account has a second factor.',
    submit: 'Verify',
    submitting: 'Checking',
    timeLeft: (time: string) => `Time left: ${time}`,
    limit: (minutes: number) => `You have ${count(minutes, 'minute', 'minutes')} for this step.`,
    over: 'The code took too long, or was wrong too often. Enter your password again.',
    back: 'Start again',
  },

  secondFactor: {
    title: 'Set up a second factor first',
    lead: 'Operators of this service need a second factor, and so do admins where their organization demands it. A password alone can be stolen.',
    how: 'You need an authenticator app on your phone or in your password manager. It takes a minute.',
    go: 'Set it up in your profile',
    later: 'Not now',
  },
}
