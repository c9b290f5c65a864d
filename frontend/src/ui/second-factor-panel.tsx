import { Link } from '@tanstack/react-router'
import { t } from '../i18n'
import { buttonClass } from './button'
import { StatePanel } from './state-panel'

const names = t.session.secondFactor

/** Stands for what is shown only to people with a second factor. */
export function SecondFactorPanel({ isPage = false }: { isPage?: boolean }) {
  return (
    <StatePanel icon="lock" title={names.title} tone="accent" isPage={isPage}>
      <p>{names.lead}</p>
      <p>{names.how}</p>
      <Link to="/profile" className={buttonClass({ variant: 'primary' })}>
        {names.go}
      </Link>
    </StatePanel>
  )
}
