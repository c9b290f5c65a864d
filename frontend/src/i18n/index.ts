import { en } from './en'

/** Other languages are written as `satisfies Messages`, so that a missing string does not compile. */
export type Messages = typeof en

export const t: Messages = en
