import { useNavigate } from '@tanstack/react-router'
import type { Membership } from '../api/session'
import { t } from '../i18n'
import { Select } from '../ui/select'
import styles from './org-switcher.module.css'

type Props = { organizations: readonly Membership[]; org: string | undefined; onNavigate: () => void }

export function OrgSwitcher({ organizations, org, onNavigate }: Props) {
  const navigate = useNavigate()
  const current = organizations.find((item) => item.slug === org)

  function onChange(slug: string): void {
    onNavigate()
    void navigate({ to: '/o/$org/events', params: { org: slug } })
  }

  if (organizations.length === 0) return <p className={styles.single}>{t.shell.noOrganization}</p>
  if (organizations.length === 1 && current) return <p className={styles.single}>{current.name}</p>
  return (
    <Select
      label={t.shell.organization}
      placeholder={t.shell.chooseOrganization}
      options={organizations.map((item) => ({ id: item.slug, label: item.name }))}
      value={current?.slug ?? null}
      onChange={onChange}
      isWide
    />
  )
}
