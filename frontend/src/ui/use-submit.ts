import { type FormEvent, useEffect, useRef, useState } from 'react'
import { type ApiError, toApiError } from '../api/problem'

export type Submit = {
  isBusy: boolean
  problem: ApiError | undefined
  /** What is wrong with the member at this JSON pointer. */
  errorAt: (pointer: string) => string | undefined
  /** What is wrong and has no field of its own here. */
  rest: (pointers: readonly string[]) => string[]
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
}

/** Sends a form once at a time, and sorts what is wrong with it. */
export function useSubmit(send: (data: FormData) => Promise<void>): Submit {
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<ApiError>()
  const sent = useRef<HTMLFormElement>(null)

  // The first field that is wrong, once it is marked.
  useEffect(() => {
    if (problem) sent.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [problem])

  async function run(form: HTMLFormElement): Promise<void> {
    sent.current = form
    setIsBusy(true)
    setProblem(undefined)
    try {
      await send(new FormData(form))
    } catch (error) {
      const failure = toApiError(error)
      if (!failure.isDeclined) setProblem(failure)
    } finally {
      setIsBusy(false)
    }
  }

  return {
    isBusy,
    problem,
    errorAt: (pointer) => problem?.fields.get(pointer),
    rest: (pointers) => restOf(problem, pointers),
    onSubmit: (event) => {
      event.preventDefault()
      if (!isBusy) void run(event.currentTarget)
    },
  }
}

function restOf(problem: ApiError | undefined, pointers: readonly string[]): string[] {
  if (!problem) return []
  if (problem.fields.size === 0) return [problem.detail ?? problem.title]
  const isShown = (place: string) => pointers.some((own) => place === own || place.startsWith(`${own}/`))
  return [...problem.fields].flatMap(([pointer, message]) => (isShown(pointer) ? [] : [message]))
}
