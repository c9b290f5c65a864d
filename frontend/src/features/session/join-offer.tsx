import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Challenge } from '../../api/session'
import { useSession } from '../../api/use-session'
import { linksText } from '../../i18n/links'
import { formatMinute } from '../../i18n/time'
import { CardPage } from '../../ui/card-page'
import { visibleText } from '../../ui/visible-text'
import { AcceptAsMyself } from './accept-as-myself'
import { JoinForm } from './join-form'
import styles from './join-offer.module.css'
import { joinAsMyself, type Offer } from './link-queries'
import { SecondStepForm } from './second-step-form'
import { SignOutFirst } from './sign-out-first'

const names = linksText.join

type Props = { token: string; offer: Offer }

/** One way in for each: who is signed in, who has an account, who has none. */
export function JoinOffer({ token, offer }: Props) {
  const person = useSession()?.user
  const [challenge, setChallenge] = useState<Challenge>()
  const navigate = useNavigate()
  const { slug } = offer.organization
  const onJoined = () => void navigate({ to: '/o/$org', params: { org: slug }, replace: true })

  if (person?.email === offer.email)
    return (
      <OfferPage offer={offer}>
        <AcceptAsMyself
          name={person.name}
          action={names.join}
          isAtOnce={challenge !== undefined}
          onAccept={() => joinAsMyself(token)}
          onDone={onJoined}
        />
      </OfferPage>
    )
  if (person)
    return (
      <OfferPage offer={offer}>
        <SignOutFirst lead={names.other(person.email)} variant="primary" />
      </OfferPage>
    )
  if (challenge)
    return (
      <OfferPage offer={offer} lead={names.secondStep}>
        <SecondStepForm challenge={challenge} onRestart={() => setChallenge(undefined)} />
      </OfferPage>
    )
  return (
    <OfferPage offer={offer}>
      <JoinForm token={token} offer={offer} onJoined={onJoined} onChallenge={setChallenge} />
    </OfferPage>
  )
}

function OfferPage({ offer, lead, children }: { offer: Offer; lead?: string; children: ReactNode }) {
  const title = names.title(visibleText(offer.organization.name))
  return (
    <CardPage title={title} lead={lead ?? names.lead(names.role[offer.role])}>
      {!lead && (
        <div className={styles.facts}>
          <p>{names.may[offer.role]}</p>
          <p>{names.until(formatMinute(offer.expires_at))}</p>
        </div>
      )}
      {children}
    </CardPage>
  )
}
