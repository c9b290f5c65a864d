import { count } from '../format'

/** How an operator gets into an organization that is not theirs. */
export const breakGlass = {
  title: 'Break-glass access',
  lead: (place: string) => `${place} is not your organization. As an operator you do not see its log.`,
  meansTitle: 'If you must look inside',
  means: [
    'Your reason is recorded in its log and in the platform’s before anything opens.',
    'You act as an admin there, in this session only. Everything you do is recorded.',
    'Its admins and auditors see your name and your reason, now and later.',
    'It ends by itself. You can close it sooner.',
  ],
  admins: 'These people can also answer you',
  reason: 'Reason',
  reasonHint: 'Its admins will read it. Name the ticket, and what you are going to look at.',
  minutes: 'For how long',
  duration: (minutes: number) => count(minutes, 'minute', 'minutes'),
  submit: (place: string) => `Open ${place}`,
  submitting: 'Opening',
  back: 'Back to the organizations',
  ended: 'Your access has ended.',
  opened: (place: string) => `${place} is open to you.`,
  banner: 'Open access',
  active: (place: string) => `Break-glass access to ${place}`,
  until: (clock: string, minutes: number) => `until ${clock}, ${count(minutes, 'minute', 'minutes')} left`,
  untilUnknown: 'open',
  recorded: 'Everything you do is recorded.',
  close: 'Close access',
  closing: 'Closing',
  openLog: 'Open its log',
  openLogLead:
    'You do not see its log, its members or its keys. You can open them with a reason, for an hour at most.',
  openLogTitle: 'Look inside',
}
