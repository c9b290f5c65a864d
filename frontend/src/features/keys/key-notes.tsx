import { keysText } from '../../i18n/keys'
import { Button } from '../../ui/button'
import { Icon } from '../../ui/icon'
import styles from './keys.module.css'
import { type ApiKey, isUnused } from './model/keys'

const names = keysText

type Props = {
  keys: readonly ApiKey[]
  isReadOnly: boolean
  isRevokedShown: boolean
  onToggle: () => void
}

/** What is to be said of the list as a whole, and whether it shows what is over. */
export function KeyNotes({ keys, isReadOnly, isRevokedShown, onToggle }: Props) {
  const unused = keys.filter((key) => isUnused(key, Date.now())).map((key) => key.name)
  const revoked = keys.filter((key) => key.state === 'revoked').length
  return (
    <>
      {unused.length > 0 && (
        <p className={styles.unused}>
          <Icon name="clock" />
          {names.unusedNotice(unused)}
        </p>
      )}
      {(isReadOnly || revoked > 0) && (
        <div className={styles.notes}>
          <p>{isReadOnly && names.readOnly}</p>
          {revoked > 0 && (
            <Button variant="ghost" onPress={onToggle}>
              {isRevokedShown ? names.hideRevoked : names.showRevoked(revoked)}
            </Button>
          )}
        </div>
      )}
    </>
  )
}
