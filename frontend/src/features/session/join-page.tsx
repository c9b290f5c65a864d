import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLinkToken } from '../../api/link-token'
import { linksText } from '../../i18n/links'
import { CardPage } from '../../ui/card-page'
import { ProblemPanel } from '../../ui/problem-panel'
import { EndedDialog } from './ended-dialog'
import { isGone } from './is-gone'
import { JoinOffer } from './join-offer'
import { LinkPage } from './link-page'
import { type Offer, offerQuery } from './link-queries'

const names = linksText

/** The link of an invitation: what it offers, and the way in. */
export function JoinPage() {
  const token = useLinkToken('ann_in_')
  return token === undefined ? (
    <LinkPage title={names.incompleteTitle} lead={names.incomplete} />
  ) : (
    <Invitation key={token} token={token} />
  )
}

function Invitation({ token }: { token: string }) {
  // Held here: a sign-in on the way clears what was asked before it, and an invitation is gone once it is accepted.
  const [held, setHeld] = useState<Offer>()
  const offer = useQuery({ ...offerQuery(token), enabled: held === undefined })
  if (offer.data && !held) setHeld(offer.data)
  if (held)
    return (
      <>
        <JoinOffer token={token} offer={held} />
        <EndedDialog />
      </>
    )
  if (offer.isPending) return null
  if (isGone(offer.error))
    return <LinkPage title={names.goneTitle} lead={`${names.gone} ${names.goneUsed}`} />
  return (
    <CardPage title={names.join.plain} lead={names.join.failed}>
      <ProblemPanel error={offer.error} onRetry={() => void offer.refetch()} />
    </CardPage>
  )
}
