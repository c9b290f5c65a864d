import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { ApiError } from '../api/problem'
import { ProblemPanel } from '../ui/problem-panel'

/** Stands where the page would: inside the shell, which has the <main>. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()

  /** What failed in the page itself, perhaps code of a version that is gone, needs the page anew. */
  function onRetry(): void {
    if (error instanceof ApiError) {
      reset()
      void router.invalidate()
    } else window.location.reload()
  }

  return <ProblemPanel error={error} isPage onRetry={onRetry} />
}
