import { t } from '../i18n'
import { Button } from './button'
import { Notice } from './notice'

type Props = { text: string; onRetry: () => void }

/** What could not be brought up to date. It goes when the next try begins, so that has to keep the focus. */
export function FailedNotice({ text, onRetry }: Props) {
  return (
    <Notice tone="danger">
      <span>{text}</span>
      <Button variant="ghost" onPress={onRetry}>
        {t.retry}
      </Button>
    </Notice>
  )
}
