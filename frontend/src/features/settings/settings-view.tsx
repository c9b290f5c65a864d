import { type UseQueryResult, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { organizationQuery } from '../../api/organization'
import { t } from '../../i18n'
import { settingsText as names } from '../../i18n/settings'
import { useAnnouncement } from '../../ui/announce'
import { DrawerSkeleton } from '../../ui/drawer-skeleton'
import { FieldList } from '../../ui/field-list'
import { Notice } from '../../ui/notice'
import { PageTitle } from '../../ui/page-title'
import { ProblemPanel } from '../../ui/problem-panel'
import styles from '../../ui/settings-page.module.css'
import { SettingsSection } from '../../ui/settings-section'
import { Text } from '../../ui/text'
import { FactorPolicySection } from './factor-policy-section'
import { PlanSection } from './plan-section'
import type { Organization } from './queries'

type Props = { organization: UseQueryResult<Organization>; name: string }

export function SettingsView({ organization, name }: Props) {
  const [said, setSaid] = useState<string>()
  const queryClient = useQueryClient()
  const { data, error } = organization
  useAnnouncement(said)

  function onChanged(changed: Organization): void {
    queryClient.setQueryData(organizationQuery(changed.slug).queryKey, changed)
    setSaid(names.factor.saved)
  }

  return (
    <div className={styles.page}>
      <header className={styles.words}>
        <PageTitle title={names.title} place={name} />
        <p className={styles.lead}>{names.lead}</p>
      </header>
      {said && (
        <Notice tone="neutral" icon="check" isBoxed>
          {said}
        </Notice>
      )}
      {organization.isPending && <DrawerSkeleton />}
      {error && !data && <ProblemPanel error={error} onRetry={() => void organization.refetch()} />}
      {data && (
        <>
          <About organization={data} />
          <PlanSection organization={data} />
          <FactorPolicySection
            organization={data}
            onChanged={onChanged}
            onStale={() => void organization.refetch()}
          />
        </>
      )}
    </div>
  )
}

function About({ organization }: { organization: Organization }) {
  const { name, slug, role } = organization
  const fields = [
    { label: names.name, value: <Text text={name} /> },
    { label: names.slug, value: slug, title: names.slugHint },
    ...(role ? [{ label: names.role, value: t.shell.role[role] }] : []),
  ]
  return (
    <SettingsSection isCard title={names.about}>
      <FieldList fields={fields} />
    </SettingsSection>
  )
}
