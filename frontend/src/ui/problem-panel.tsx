import { type ApiError, toApiError } from '../api/problem'
import { t } from '../i18n'
import { Button } from './button'
import { CopyButton } from './copy-button'
import { Icon } from './icon'
import styles from './problem-panel.module.css'
import { SecondFactorPanel } from './second-factor-panel'
import { StatePanel } from './state-panel'

type Props = {
  error: unknown
  onRetry: () => void
  /** The way out where asking the same again is no use. */
  onClear?: (() => void) | undefined
  isPage?: boolean
}

/** An error in the server's words: title, detail, the id to give to support, and the way on. */
export function ProblemPanel({ error, onRetry, onClear, isPage = false }: Props) {
  const problem = toApiError(error)
  if (problem.code === 'mfa_required') return <SecondFactorPanel isPage={isPage} />
  return (
    <StatePanel
      icon={problem.status === 0 ? 'offline' : 'alert'}
      title={problem.title}
      tone="danger"
      role="alert"
      isPage={isPage}
    >
      <ProblemFacts problem={problem} />
      {problem.isRefusal && onClear ? (
        <Button onPress={onClear}>{t.clearFilters}</Button>
      ) : (
        <Button onPress={onRetry}>
          <Icon name="refresh" />
          {t.retry}
        </Button>
      )}
      {problem.code === 'part' && <Button onPress={() => window.location.reload()}>{t.reload}</Button>}
    </StatePanel>
  )
}

function ProblemFacts({ problem }: { problem: ApiError }) {
  return (
    <>
      {problem.detail && <p>{problem.detail}</p>}
      {problem.messages.length > 0 && (
        <ul>
          {[...new Set(problem.messages)].map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      )}
      {problem.retryAfterSeconds !== undefined && <p>{t.errors.retryAfter(problem.retryAfterSeconds)}</p>}
      {problem.requestId && (
        <p className={styles.request}>
          {t.requestId} <code>{problem.requestId}</code> <CopyButton text={problem.requestId} />
        </p>
      )}
    </>
  )
}
