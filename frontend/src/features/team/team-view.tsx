import { type InfiniteData, type UseInfiniteQueryResult, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { useSession } from '../../api/use-session'
import { teamText } from '../../i18n/team'
import { useAnnouncement } from '../../ui/announce'
import { Button } from '../../ui/button'
import { Icon } from '../../ui/icon'
import { PageTitle } from '../../ui/page-title'
import styles from '../../ui/settings-page.module.css'
import { BreakGlassHistory } from './break-glass-history'
import { InviteDialog } from './invite-dialog'
import { InvitesSection } from './invites-section'
import { LeaveDialog } from './leave-dialog'
import { MembersSection } from './members-section'
import { RolesMatrix } from './roles-matrix'

const names = teamText

type Props = {
  org: string
  list: UseInfiniteQueryResult<InfiniteData<components['schemas']['MemberList']>>
  name: string
  role: components['schemas']['Role'] | undefined
}

export function TeamView({ org, list, name, role }: Props) {
  const [open, setOpen] = useState<'invite' | 'leave'>()
  const [spoken, setSpoken] = useState<string>()
  const queryClient = useQueryClient()
  const isAdmin = role === 'admin'
  const seesAll = isAdmin || role === 'auditor'
  const isMember = useSession()?.organizations.some((item) => item.slug === org) === true
  useAnnouncement(spoken)

  async function onChanged(said: string): Promise<void> {
    setSpoken(said)
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['members', org] }),
      queryClient.invalidateQueries({ queryKey: ['invites', org] }),
    ])
  }

  const close = () => setOpen(undefined)
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.words}>
          <PageTitle title={names.title} place={name} />
          <p className={styles.lead}>{names.lead}</p>
        </div>
        <div className={styles.tools}>
          {isMember && <Button onPress={() => setOpen('leave')}>{names.leave}</Button>}
          {isAdmin && (
            <Button variant="primary" onPress={() => setOpen('invite')}>
              <Icon name="plus" />
              {names.invite}
            </Button>
          )}
        </div>
      </header>
      <MembersSection org={org} list={list} role={role} onChanged={onChanged} />
      {seesAll && <InvitesSection org={org} canChange={isAdmin} onChanged={onChanged} />}
      <RolesMatrix />
      {seesAll && <BreakGlassHistory org={org} />}
      {open === 'invite' && <InviteDialog org={org} onClose={close} onChanged={onChanged} />}
      {open === 'leave' && <LeaveDialog org={org} name={name} onClose={close} />}
    </div>
  )
}
