import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { teamText } from '../../i18n/team'
import { ListFrame } from '../../ui/list-frame'
import { SettingsSection } from '../../ui/settings-section'
import { StatePanel } from '../../ui/state-panel'
import { MemberDialog } from './member-dialog'
import { MemberTable } from './member-table'

const names = teamText.members

type Props = {
  org: string
  list: UseInfiniteQueryResult<InfiniteData<components['schemas']['MemberList']>>
  role: components['schemas']['Role'] | undefined
  onChanged: (said: string) => Promise<void>
}

export function MembersSection({ org, list, role, onChanged }: Props) {
  const [openId, setOpenId] = useState<string>()
  const members = list.data?.pages.flatMap((page) => page.data) ?? []
  const opened = members.find((member) => member.user.id === openId)
  return (
    <SettingsSection title={names.title}>
      <ListFrame
        list={list}
        isEmpty={members.length === 0}
        empty={
          <StatePanel icon="people" title={names.empty}>
            <p>{names.emptyDetail}</p>
          </StatePanel>
        }
      >
        <MemberTable org={org} members={members} role={role} onOpen={setOpenId} />
      </ListFrame>
      {opened && (
        <MemberDialog org={org} member={opened} onClose={() => setOpenId(undefined)} onChanged={onChanged} />
      )}
    </SettingsSection>
  )
}
