import { catalogText } from '../../../i18n/catalog'
import { Button } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { Text } from '../../../ui/text'
import { ownPack, packName } from '../model/entries'
import styles from './settings.module.css'

const names = catalogText.settings

type Props = {
  pack: string
  types: number
  /** Types whose action an earlier pack names. */
  hidden: number
  place: number
  last: number
  canChange: boolean
  onMove: (pack: string, step: -1 | 1) => void
  onRemove: (pack: string) => void
}

export function buttonIdOf(pack: string, step: -1 | 1): string {
  return `pack-${pack}-${step < 0 ? 'up' : 'down'}`
}

export function PackItem({ pack, types, hidden, place, last, canChange, onMove, onRemove }: Props) {
  const isOwn = pack === ownPack
  const facts = [names.types(types), ...(hidden > 0 ? [names.hidden(hidden)] : [])]
  return (
    <li className={styles.pack}>
      <span className={styles.place}>{place}</span>
      <span className={styles.packText}>
        <span className={styles.packName}>
          <Text text={packName(pack)} />
        </span>
        <span className={styles.hint}>{(isOwn ? [names.always, ...facts] : facts).join(' · ')}</span>
      </span>
      {canChange && !isOwn && (
        <span className={styles.packButtons}>
          <MoveButton pack={pack} step={-1} isBusy={place === 1} onMove={onMove} />
          <MoveButton pack={pack} step={1} isBusy={place === last} onMove={onMove} />
          <Button
            variant="ghost"
            isIcon
            aria-label={names.remove(packName(pack))}
            onPress={() => onRemove(pack)}
          >
            <Icon name="close" />
          </Button>
        </span>
      )}
    </li>
  )
}

type MoveProps = Pick<Props, 'pack' | 'onMove'> & { step: -1 | 1; isBusy: boolean }

function MoveButton({ pack, step, isBusy, onMove }: MoveProps) {
  const label = step < 0 ? names.up(packName(pack)) : names.down(packName(pack))
  return (
    <Button
      id={buttonIdOf(pack, step)}
      variant="ghost"
      isIcon
      isBusy={isBusy}
      aria-label={label}
      onPress={() => onMove(pack, step)}
    >
      <Icon name={step < 0 ? 'newer' : 'chevron'} />
    </Button>
  )
}
