import { Link } from '@tanstack/react-router'
import { t } from '../i18n'
import { StatePanel } from './state-panel'

/** The page of an organization that does not exist, or not for this person. */
export function UnknownOrganization() {
  return (
    <StatePanel icon="search" title={t.errors.orgNotFound} isPage>
      <p>{t.errors.orgNotFoundDetail}</p>
      <Link to="/">{t.errors.home}</Link>
    </StatePanel>
  )
}
