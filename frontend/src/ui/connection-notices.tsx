import { t } from '../i18n'
import { isUnencrypted, useIsOnline } from './connection'
import { Notice } from './notice'

export function ConnectionNotices() {
  const isOnline = useIsOnline()
  return (
    <>
      {isUnencrypted(window.location) && <Notice tone="warn">{t.insecure}</Notice>}
      {!isOnline && (
        <Notice tone="neutral" icon="offline">
          {t.offline}
        </Notice>
      )}
    </>
  )
}
