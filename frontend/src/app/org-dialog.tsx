import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { Membership } from '../api/session'
import { t } from '../i18n'
import { cx } from '../ui/cx'
import { Dialog } from '../ui/dialog'
import { Field } from '../ui/field'
import { Icon } from '../ui/icon'
import { Text } from '../ui/text'
import styles from './org-switcher.module.css'

type Props = {
  organizations: readonly Membership[]
  current: string | undefined
  onChoose: (slug: string) => void
  onClose: () => void
}

/** Finds an organization among many: typing narrows the list, the arrows move in it, Enter goes there. */
export function OrgDialog({ organizations, current, onChoose, onClose }: Props) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const found = organizations.filter((item) => isMatch(item, typed))
  const active = found[Math.min(at, found.length - 1)]

  function onKeyDown(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setAt((Math.min(at, found.length - 1) + step + found.length) % found.length)
    } else if (event.key === 'Enter' && active) {
      event.preventDefault()
      onChoose(active.slug)
    }
  }

  return (
    <Dialog title={t.shell.chooseOrganization} onClose={onClose}>
      <Field
        label={t.shell.findOrganization}
        type="search"
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={active && `${id}-${active.slug}`}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={id} role="listbox" aria-label={t.shell.organization} className={styles.list}>
        {found.map((item) => (
          <Item
            key={item.id}
            id={`${id}-${item.slug}`}
            item={item}
            isActive={item === active}
            isCurrent={item.slug === current}
            onChoose={onChoose}
          />
        ))}
      </div>
      <p role="status" className={cx(styles.none, found.length > 0 && 'visually-hidden')}>
        {found.length === 0 && t.shell.noSuchOrganization}
      </p>
    </Dialog>
  )
}

type ItemProps = {
  id: string
  item: Membership
  isActive: boolean
  isCurrent: boolean
  onChoose: (slug: string) => void
}

function Item({ id, item, isActive, isCurrent, onChoose }: ItemProps) {
  const row = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isActive])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field above
    <div
      ref={row}
      id={id}
      role="option"
      aria-selected={isCurrent}
      data-active={isActive || undefined}
      className={styles.option}
      onClick={() => onChoose(item.slug)}
    >
      <span className={styles.tick}>{isCurrent && <Icon name="check" />}</span>
      <Text text={item.name} />
      <span className={styles.role}>{t.shell.role[item.role]}</span>
    </div>
  )
}

function isMatch(item: Membership, typed: string): boolean {
  const part = typed.trim().toLowerCase()
  return item.name.toLowerCase().includes(part) || item.slug.includes(part)
}
