import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { useAnnouncement } from '../../../ui/announce'
import { Select } from '../../../ui/select'
import { packName } from '../model/entries'
import { addablePacks, movePack, packFacts } from '../model/settings'
import { eventTypesQuery } from '../queries'
import { soon } from './focus'
import { buttonIdOf, PackItem } from './pack-item'
import styles from './settings.module.css'

const names = catalogText.settings
const titleId = 'catalog-packs'

type Props = { packs: readonly string[]; canChange: boolean; onChange: (packs: string[]) => void }

/** The packs from first to last; the service's own is always the last. */
export function PackList({ packs, canChange, onChange }: Props) {
  const { data } = useQuery(eventTypesQuery())
  const types = data?.data ?? []
  const addable = addablePacks(types, packs)
  const [spoken, setSpoken] = useState<string>()
  useAnnouncement(spoken)

  function onMove(pack: string, step: -1 | 1): void {
    const next = movePack(packs, pack, step)
    onChange(next)
    setSpoken(names.moved(packName(pack), next.indexOf(pack) + 1, next.length))
    // A moved element can lose the focus.
    soon(() => document.getElementById(buttonIdOf(pack, step))?.focus())
  }

  function onRemove(pack: string): void {
    onChange(packs.filter((item) => item !== pack))
    setSpoken(names.removed(packName(pack)))
    soon(() => document.getElementById(titleId)?.focus())
  }

  function onAdd(pack: string): void {
    onChange([...packs, pack])
    setSpoken(names.added(packName(pack)))
  }

  return (
    <section className={styles.group}>
      <h3 id={titleId} className={styles.title} tabIndex={-1}>
        {names.packsTitle}
      </h3>
      <p className={styles.hint}>{names.packsLead}</p>
      <ol className={styles.packs}>
        {packFacts(types, packs).map((facts, index) => (
          <PackItem
            key={facts.pack}
            {...facts}
            place={index + 1}
            last={packs.length}
            canChange={canChange}
            onMove={onMove}
            onRemove={onRemove}
          />
        ))}
      </ol>
      {canChange && addable.length > 0 && (
        <Select
          label={names.add}
          icon="plus"
          placeholder={names.add}
          options={addable.map((pack) => ({ id: pack, label: packName(pack) }))}
          value={null}
          onChange={onAdd}
        />
      )}
    </section>
  )
}
