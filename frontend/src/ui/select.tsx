import { Button } from 'react-aria-components/Button'
import { Label } from 'react-aria-components/Label'
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select'
import { cx } from './cx'
import { Icon, type IconName } from './icon'
import popover from './popover.module.css'
import styles from './select.module.css'

export type Option = { id: string; label: string; hint?: string }

type Props = {
  /** Read out before the value; not shown. */
  label: string
  options: readonly Option[]
  value: string | null
  onChange: (id: string) => void
  icon?: IconName
  /** Shown before the value, where the value alone does not say what it is. */
  prefix?: string
  placeholder?: string
  isWide?: boolean
}

export function Select({
  label,
  options,
  value,
  onChange,
  icon,
  prefix,
  placeholder,
  isWide = false,
}: Props) {
  return (
    <AriaSelect
      className={cx(styles.select, isWide && styles.wide)}
      value={value}
      onChange={(key) => onChange(String(key))}
      placeholder={placeholder ?? label}
    >
      <Label className="visually-hidden">{label}</Label>
      <Button className={cx(styles.button)}>
        {icon && <Icon name={icon} />}
        <SelectValue className={cx(styles.value)}>
          {({ selectedText, defaultChildren }) => (
            <>
              {prefix && <span className={styles.prefix}>{prefix} </span>}
              {selectedText || defaultChildren}
            </>
          )}
        </SelectValue>
        <Icon name="chevron" />
      </Button>
      <Popover className={cx(popover.popover, styles.popover)}>
        <ListBox className={cx(popover.list)} items={options}>
          {(option) => <SelectOption option={option} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

function SelectOption({ option }: { option: Option }) {
  return (
    <ListBoxItem id={option.id} textValue={option.label} className={cx(popover.item)}>
      {({ isSelected }) => (
        <>
          <span className={popover.tick}>{isSelected && <Icon name="check" />}</span>
          <span>{option.label}</span>
          {option.hint && <span className={popover.hint}>{option.hint}</span>}
        </>
      )}
    </ListBoxItem>
  )
}
