import { type InfiniteData, type UseInfiniteQueryResult, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { keysText } from '../../i18n/keys'
import { useAnnouncement } from '../../ui/announce'
import { Button } from '../../ui/button'
import { Icon } from '../../ui/icon'
import { ListFrame } from '../../ui/list-frame'
import { PageTitle } from '../../ui/page-title'
import styles from '../../ui/settings-page.module.css'
import { StatePanel } from '../../ui/state-panel'
import { KeyDialog } from './key-dialog'
import { KeyNotes } from './key-notes'
import { KeyTable } from './key-table'
import type { Place } from './model/keys'
import { NewKeyDialog } from './new-key-dialog'

const names = keysText

type Props = {
  place: Place
  list: UseInfiniteQueryResult<InfiniteData<components['schemas']['KeyList']>>
  name?: string
  canChange: boolean
}

export function KeysView({ place, list, name, canChange }: Props) {
  const [open, setOpen] = useState<'new' | { id: string }>()
  const [isRevokedShown, setIsRevokedShown] = useState(false)
  const [spoken, setSpoken] = useState<string>()
  const queryClient = useQueryClient()
  const keys = list.data?.pages.flatMap((page) => page.data) ?? []
  const shown = isRevokedShown ? keys : keys.filter((key) => key.state !== 'revoked')
  const opened = typeof open === 'object' ? keys.find((key) => key.id === open.id) : undefined
  useAnnouncement(spoken)

  async function onChanged(said: string): Promise<void> {
    setSpoken(said)
    await queryClient.invalidateQueries({ queryKey: ['keys', place] })
  }

  return (
    <div className={styles.page}>
      <Head place={place} name={name} onCreate={canChange ? () => setOpen('new') : undefined} />
      <KeyNotes
        keys={keys}
        isReadOnly={!canChange}
        isRevokedShown={isRevokedShown}
        onToggle={() => setIsRevokedShown(!isRevokedShown)}
      />
      <ListFrame
        list={list}
        isEmpty={shown.length === 0}
        empty={<Empty canChange={canChange} isRevoked={keys.length > 0} />}
      >
        <KeyTable keys={shown} canChange={canChange} onOpen={(id) => setOpen({ id })} />
      </ListFrame>
      {open === 'new' && (
        <NewKeyDialog place={place} onClose={() => setOpen(undefined)} onChanged={onChanged} />
      )}
      {opened && (
        <KeyDialog
          apiKey={opened}
          place={place}
          canChange={canChange}
          onClose={() => setOpen(undefined)}
          onChanged={onChanged}
        />
      )}
    </div>
  )
}

type HeadProps = { place: Place; name: string | undefined; onCreate: (() => void) | undefined }

function Head({ place, name, onCreate }: HeadProps) {
  const isPlatform = place === 'platform'
  return (
    <header className={styles.head}>
      <div className={styles.words}>
        <PageTitle title={isPlatform ? names.platformTitle : names.title} place={name} />
        <p className={styles.lead}>{isPlatform ? names.platformLead : names.lead}</p>
      </div>
      {onCreate && (
        <div className={styles.tools}>
          <Button variant="primary" onPress={onCreate}>
            <Icon name="plus" />
            {names.create}
          </Button>
        </div>
      )}
    </header>
  )
}

function Empty({ canChange, isRevoked }: { canChange: boolean; isRevoked: boolean }) {
  return (
    <StatePanel icon="key" title={isRevoked ? names.allRevoked : names.empty}>
      <p>{canChange ? names.emptyDetail : names.emptyReader}</p>
    </StatePanel>
  )
}
