import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { organizationsText } from '../../i18n/organizations'
import { useAnnouncement } from '../../ui/announce'
import { Button } from '../../ui/button'
import { Icon } from '../../ui/icon'
import { ListFrame } from '../../ui/list-frame'
import { PageTitle } from '../../ui/page-title'
import { SearchField } from '../../ui/search-field'
import styles from '../../ui/settings-page.module.css'
import { StatePanel } from '../../ui/state-panel'
import { ManageDialog } from './manage-dialog'
import { NewDialog } from './new-dialog'
import { OrganizationTable } from './organization-table'
import { organizationsQuery } from './queries'

const names = organizationsText

/** What an operator runs: every organization, and what can be done with one. */
export function OrganizationsPage() {
  const [typed, setTyped] = useState('')
  const part = useDeferredValue(typed.trim())
  const [open, setOpen] = useState<'new' | { slug: string }>()
  const [spoken, setSpoken] = useState<string>()
  const queryClient = useQueryClient()
  const list = useInfiniteQuery({ ...organizationsQuery(part), placeholderData: keepPreviousData })
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  useAnnouncement(spoken)

  function onChanged(said: string): void {
    setSpoken(said)
    void queryClient.invalidateQueries({ queryKey: ['organizations'] })
  }

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.words}>
          <PageTitle title={names.title} />
          <p className={styles.lead}>{names.lead}</p>
        </div>
        <div className={styles.tools}>
          <SearchField
            icon="search"
            label={names.search}
            placeholder={names.search}
            clearLabel={names.clearSearch}
            value={typed}
            onInput={setTyped}
            onSubmit={() => undefined}
            onClear={() => setTyped('')}
          />
          <Button variant="primary" onPress={() => setOpen('new')}>
            <Icon name="plus" />
            {names.make}
          </Button>
        </div>
      </header>
      <ListFrame
        list={list}
        isEmpty={rows.length === 0}
        empty={
          <StatePanel icon="empty" title={part ? names.noMatch(part) : names.empty}>
            {!part && <p>{names.emptyDetail}</p>}
          </StatePanel>
        }
      >
        <OrganizationTable rows={rows} onManage={(slug) => setOpen({ slug })} />
      </ListFrame>
      {open === 'new' && <NewDialog onClose={() => setOpen(undefined)} onChanged={onChanged} />}
      {typeof open === 'object' && (
        <ManageDialog slug={open.slug} onClose={() => setOpen(undefined)} onChanged={onChanged} />
      )}
    </div>
  )
}
