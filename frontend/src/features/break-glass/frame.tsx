import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import type { Grant } from '../../api/break-glass'
import type { components } from '../../api/schema'
import { breakGlassText } from '../../i18n/break-glass'
import { Button } from '../../ui/button'
import { FormProblem } from '../../ui/form-problem'
import { Icon } from '../../ui/icon'
import { Text } from '../../ui/text'
import { useSubmit } from '../../ui/use-submit'
import styles from './frame.module.css'
import { closeGlass } from './queries'
import { TimeLeft } from './time-left'

const names = breakGlassText
const leastDelayMs = 3_000

type Props = {
  organization: components['schemas']['OrganizationView']
  /** Unknown for the moment until it is read. */
  grant: Grant | undefined
  onChanged: () => Promise<void>
  children: ReactNode
}

/** Around everything that an operator sees of an organization while it is open: never out of sight. */
export function Frame({ organization, grant, onChanged, children }: Props) {
  const navigate = useNavigate()
  const submit = useSubmit(async () => {
    await closeGlass(organization.slug)
    await navigate({ to: '/operator' })
    await onChanged()
  })
  useEnd(grant?.expires_at, onChanged)
  return (
    <div className={styles.frame}>
      <section className={styles.banner} aria-label={names.banner}>
        <Icon name="alert" />
        <div className={styles.words}>
          <strong>
            <Text text={names.active(organization.name)} />
          </strong>
          <span>{grant ? <TimeLeft until={grant.expires_at} /> : names.untilUnknown}</span>
          <span className={styles.note}>{names.recorded}</span>
        </div>
        <form onSubmit={submit.onSubmit}>
          <Button type="submit" isBusy={submit.isBusy}>
            {submit.isBusy ? names.closing : names.close}
          </Button>
        </form>
      </section>
      <FormProblem messages={submit.rest([])} />
      {children}
    </div>
  )
}

/** Asks again what may be seen when the time is over. */
function useEnd(until: string | undefined, onEnd: () => Promise<void>): void {
  useEffect(() => {
    if (until === undefined) return
    // Not at once again where this clock is ahead of the service's.
    const delayMs = Math.max(Date.parse(until) - Date.now(), leastDelayMs)
    const timer = setTimeout(() => void onEnd(), delayMs)
    return () => clearTimeout(timer)
  }, [until, onEnd])
}
