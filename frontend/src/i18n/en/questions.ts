/** What is asked over a page, of who is signed in. */
export const questions = {
  proof: {
    title: 'Confirm that it is you',
    lead: (email: string) =>
      `You are signed in as ${email}. This step needs a fresh proof. It then holds for ten minutes.`,
    submit: 'Confirm',
    submitting: 'Checking',
    useCode: 'Use a code of your app instead',
    usePassword: 'Use your password instead',
  },

  ended: {
    title: 'Your session has ended',
    lead: 'Sign in again to go on. Nothing on this page is lost.',
    submit: 'Sign in',
    submitting: 'Signing in',
    other: 'Leave this page and sign in as somebody else',
  },
}
