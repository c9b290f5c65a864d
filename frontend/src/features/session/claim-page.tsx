import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLinkToken } from '../../api/link-token'
import { linksText } from '../../i18n/links'
import { CardPage } from '../../ui/card-page'
import { ProblemPanel } from '../../ui/problem-panel'
import { ClaimOffer } from './claim-offer'
import { EndedDialog } from './ended-dialog'
import { isGone } from './is-gone'
import { LinkPage } from './link-page'
import { type Claim, claimQuery } from './link-queries'

const names = linksText

/** The link that hands an organization over to its first admin. */
export function ClaimPage() {
  const token = useLinkToken('ann_cl_')
  return token === undefined ? (
    <LinkPage title={names.incompleteTitle} lead={names.incomplete} />
  ) : (
    <Claiming key={token} token={token} />
  )
}

function Claiming({ token }: { token: string }) {
  // Held here: a sign-in on the way clears what was asked before it, and a link is gone once it was used.
  const [held, setHeld] = useState<Claim>()
  const claim = useQuery({ ...claimQuery(token), enabled: held === undefined })
  if (claim.data && !held) setHeld(claim.data)
  if (held)
    return (
      <>
        <ClaimOffer token={token} claim={held} />
        <EndedDialog />
      </>
    )
  if (claim.isPending) return null
  if (isGone(claim.error))
    return <LinkPage title={names.goneTitle} lead={`${names.gone} ${names.goneUsed}`} />
  return (
    <CardPage title={names.claim.plain} lead={names.claim.failed}>
      <ProblemPanel error={claim.error} onRetry={() => void claim.refetch()} />
    </CardPage>
  )
}
