import { type ComponentType, createElement, lazy, type ReactNode, Suspense, useState } from 'react'
import { ApiError } from '../api/problem'
import { t } from '../i18n'
import { Boundary } from './boundary'
import { ProblemPanel } from './problem-panel'

type Load<P> = () => Promise<ComponentType<P>>
type Props<P> = {
  /** Always the same function: the part is loaded once for it. */
  load: Load<P>
  props: P
  fallback: ReactNode
  /** Around the message that stands in the place of a part that failed. */
  frame?: (content: ReactNode) => ReactNode
}

const parts = new WeakMap<object, unknown>()

function partOf<P>(load: Load<P>): ComponentType<P> {
  const made = parts.get(load) ?? lazy(async () => ({ default: await load().catch(failLoudly) }))
  parts.set(load, made)
  return made as ComponentType<P>
}

function failLoudly(): never {
  throw new ApiError({ status: -1, code: 'part', title: t.errors.part, detail: t.errors.partDetail })
}

/** A part of the page with code of its own. When that cannot be had, the rest of the page stays. */
export function LazyPart<P extends object>({
  load,
  props,
  fallback,
  frame = (content) => content,
}: Props<P>) {
  const [attempt, setAttempt] = useState(0)

  function onRetry(): void {
    parts.delete(load)
    setAttempt(attempt + 1)
  }

  return (
    <Boundary key={attempt} fallback={(error) => frame(<ProblemPanel error={error} onRetry={onRetry} />)}>
      <Suspense fallback={fallback}>{createElement(partOf(load), props)}</Suspense>
    </Boundary>
  )
}
