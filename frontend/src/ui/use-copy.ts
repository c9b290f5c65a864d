import { useEffect, useState } from 'react'

export type CopyState = 'idle' | 'copied' | 'impossible'

/** Copies; without a secure context there is no clipboard, and the page says so instead of failing silently. */
export function useCopy(): { state: CopyState; copy: (text: string) => Promise<void> } {
  const [state, setState] = useState<CopyState>('idle')

  useEffect(() => {
    if (state !== 'copied') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])

  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      setState('impossible')
    }
  }

  return { state, copy }
}
