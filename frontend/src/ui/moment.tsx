import { formatAgo, formatDate, formatLocalAndUtc } from '../i18n/time'

type Props = {
  at: string
  /** How long ago it is, or on which day it was or will be. The precise time is one hover away. */
  as: 'ago' | 'day'
}

export function Moment({ at, as }: Props) {
  return (
    <time dateTime={at} title={formatLocalAndUtc(at)}>
      {as === 'ago' ? formatAgo(at, Date.now()) : formatDate(at)}
    </time>
  )
}
