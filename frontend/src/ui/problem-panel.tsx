import { toApiError } from '../api/problem'
import { t } from '../i18n'
import { Button } from './button'
import { CopyButton } from './copy-button'
import { Icon } from './icon'
import styles from './problem-panel.module.css'
import { StatePanel } from './state-panel'

type Props = { error: unknown; onRetry: () => void; isPage?: boolean }

/** An error in the server's words: title, detail, the id to give to support, and another try. */
export function ProblemPanel({ error, onRetry, isPage = false }: Props) {
  const problem = toApiError(error)
  return (
    <StatePanel
      icon={problem.status === 0 ? 'offline' : 'alert'}
      title={problem.title}
      tone="danger"
      role="alert"
      isPage={isPage}
    >
      {problem.detail && <p>{problem.detail}</p>}
      {problem.retryAfterSeconds !== undefined && <p>{t.errors.retryAfter(problem.retryAfterSeconds)}</p>}
      {problem.requestId && (
        <p className={styles.request}>
          {t.requestId} <code>{problem.requestId}</code> <CopyButton text={problem.requestId} />
        </p>
      )}
      <Button onPress={onRetry}>
        <Icon name="refresh" />
        {t.retry}
      </Button>
    </StatePanel>
  )
}
