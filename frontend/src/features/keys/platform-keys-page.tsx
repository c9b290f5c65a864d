import { useInfiniteQuery } from '@tanstack/react-query'
import { KeysView } from './keys-view'
import { keysQuery } from './queries'

/** The service's own keys, for its operators. */
export function PlatformKeysPage() {
  const list = useInfiniteQuery(keysQuery('platform'))
  return <KeysView place="platform" list={list} canChange />
}
