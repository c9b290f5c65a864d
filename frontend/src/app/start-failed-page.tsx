import { ProblemPanel } from '../ui/problem-panel'
import { BarePage } from './bare-page'

/** The session could not even be asked for. */
export function StartFailedPage({ error }: { error: unknown }) {
  return (
    <BarePage>
      <ProblemPanel error={error} isPage onRetry={() => window.location.reload()} />
    </BarePage>
  )
}
