import { useSyncExternalStore } from 'react'
import { session } from './client'
import type { Session } from './session'

export function useSession(): Session | undefined {
  return useSyncExternalStore(session.subscribe, () => session.current())
}
