import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { teamText } from '../../i18n/team'
import { ListFrame } from '../../ui/list-frame'
import styles from '../../ui/settings-page.module.css'
import { SettingsSection } from '../../ui/settings-section'
import { InviteActions } from './invite-actions'
import { InviteTable } from './invite-table'
import { type Invite, invitesQuery } from './queries'

const names = teamText.invites

type Props = { org: string; canChange: boolean; onChanged: (said: string) => Promise<void> }

export function InvitesSection({ org, canChange, onChanged }: Props) {
  const list = useInfiniteQuery(invitesQuery(org))
  const [opened, setOpened] = useState<Invite>()
  const invites = list.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <SettingsSection title={names.title} lead={names.lead}>
      <ListFrame
        list={list}
        isEmpty={invites.length === 0}
        empty={<p className={styles.plain}>{names.empty}</p>}
      >
        <InviteTable invites={invites} onOpen={canChange ? setOpened : undefined} />
      </ListFrame>
      {opened && (
        <InviteActions org={org} invite={opened} onClose={() => setOpened(undefined)} onChanged={onChanged} />
      )}
    </SettingsSection>
  )
}
