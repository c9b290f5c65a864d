/** One's own account. */
export const profile = {
  title: 'Your profile',
}
