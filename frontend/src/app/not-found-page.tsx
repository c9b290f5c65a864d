import { Link } from '@tanstack/react-router'
import { t } from '../i18n'
import { StatePanel } from '../ui/state-panel'

export function NotFoundPage() {
  return (
    <StatePanel icon="search" title={t.errors.notFound} isPage>
      <p>{t.errors.notFoundDetail}</p>
      <Link to="/">{t.errors.home}</Link>
    </StatePanel>
  )
}
