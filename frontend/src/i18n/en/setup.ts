/** The first run. */
export const setup = {
  title: 'Set up Annals',
  lead: 'Nobody can sign in yet. Make the first organization and your own account: you will be its admin, and an operator of this service.',
  token: 'Setup token',
  tokenHint: 'In the file setup-token of the service’s data folder, on the machine it runs on.',
  tokenWrong:
    'This is not the token in that file. It is worth nothing after 24 hours: start the service again for a new one.',
  name: 'Your name',
  email: 'E-mail',
  password: 'Password',
  passwordHint: '12 characters or more. Length counts, kinds of characters do not.',
  submit: 'Set up and sign in',
  submitting: 'Setting up',
  doneTitle: 'Annals is set up',
  doneLead: 'The first account was made already. Sign in, or ask an admin for an invitation.',
}
