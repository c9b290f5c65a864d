import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { organizationQuery } from '../api/organization'
import type { Membership } from '../api/session'
import { t } from '../i18n'
import { Icon } from '../ui/icon'
import { LazyPart } from '../ui/lazy-part'
import { Select } from '../ui/select'
import { Text } from '../ui/text'
import styles from './org-switcher.module.css'

/** So many can be chosen from at a glance; more are found by typing. */
const fewest = 8
const loadDialog = () => import('./org-dialog').then((part) => part.OrgDialog)

type Props = { organizations: readonly Membership[]; org: string | undefined; onNavigate: () => void }

export function OrgSwitcher({ organizations, org, onNavigate }: Props) {
  const navigate = useNavigate()
  const [isOpen, setIsOpen] = useState(false)
  const current = organizations.find((item) => item.slug === org)
  const visited = useVisited(org, current)

  function onChange(slug: string): void {
    setIsOpen(false)
    onNavigate()
    void navigate({ to: '/o/$org/events', params: { org: slug } })
  }

  if (visited !== undefined) return <Single name={visited} />
  if (organizations.length === 0) return <Single name={t.shell.noOrganization} />
  if (organizations.length === 1 && current) return <Single name={current.name} />
  if (organizations.length <= fewest)
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
  const props = { organizations, current: current?.slug, onChoose: onChange, onClose: () => setIsOpen(false) }
  return (
    <>
      <button type="button" className={styles.button} aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
        <span className="visually-hidden">{t.shell.organization}: </span>
        <span className={styles.current}>{current?.name ?? t.shell.chooseOrganization}</span>
        <Icon name="chevron" />
      </button>
      {isOpen && <LazyPart load={loadDialog} props={props} fallback={null} />}
    </>
  )
}

function Single({ name }: { name: string }) {
  return (
    <p className={styles.single}>
      <Text text={name} />
    </p>
  )
}

/** The name of an organization that an operator has opened and is not in. */
function useVisited(org: string | undefined, current: Membership | undefined): string | undefined {
  const isForeign = org !== undefined && current === undefined
  const organization = useQuery({ ...organizationQuery(org ?? ''), enabled: isForeign })
  return isForeign && organization.data?.role === 'admin' ? organization.data.name : undefined
}
