import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { profileText } from '../../i18n/profile'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/confirm-dialog'
import { ListFrame } from '../../ui/list-frame'
import { SettingsSection } from '../../ui/settings-section'
import { deviceName } from './device-name'
import { endOtherSessions, endSession, type SessionItem, sessionsQuery } from './queries'
import { SessionTable } from './session-table'

const names = profileText.sessions

type Props = { onDone: (said: string) => void }

/** Everywhere the person is signed in. */
export function SessionsSection({ onDone }: Props) {
  const list = useInfiniteQuery(sessionsQuery())
  const [open, setOpen] = useState<SessionItem | 'all'>()
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  const endAll = <Button onPress={() => setOpen('all')}>{names.endAll}</Button>

  async function onConfirm(): Promise<void> {
    if (open === 'all') await endOtherSessions()
    else if (open) await endSession(open.id)
    await list.refetch()
    setOpen(undefined)
    onDone(open === 'all' ? names.endedAll : names.ended)
  }

  return (
    <SettingsSection isCard title={names.title} lead={names.lead} tools={rows.length > 1 && endAll}>
      <ListFrame list={list} isEmpty={rows.length === 0} empty={null}>
        <SessionTable rows={rows} onEnd={setOpen} />
      </ListFrame>
      {open && (
        <ConfirmDialog
          {...question(open)}
          isDanger
          onConfirm={onConfirm}
          onClose={() => setOpen(undefined)}
        />
      )}
    </SettingsSection>
  )
}

function question(open: SessionItem | 'all') {
  if (open === 'all') return { title: names.endAllTitle, lead: names.endAllLead, action: names.endAll }
  const lead = names.endLead(open.ip ?? names.unknownAddress)
  return { title: names.endTitle(deviceName(open.user_agent)), lead, action: names.end }
}
