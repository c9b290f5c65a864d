import { useSyncExternalStore } from 'react'
import type { Question } from './question'

/** Whether it waits for an answer. */
export function useQuestion(question: Question): boolean {
  return useSyncExternalStore(question.subscribe, question.isOpen)
}
