import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Challenge } from '../../api/session'
import { useSession } from '../../api/use-session'
import { linksText } from '../../i18n/links'
import { formatMinute } from '../../i18n/time'
import { CardPage } from '../../ui/card-page'
import { visibleText } from '../../ui/visible-text'
import { AcceptAsMyself } from './accept-as-myself'
import { ClaimForm } from './claim-form'
import styles from './join-offer.module.css'
import { type Claim, claimAsMyself } from './link-queries'
import { SecondStepForm } from './second-step-form'
import { SignOutFirst } from './sign-out-first'

const names = linksText.claim

type Props = { token: string; claim: Claim }

/** The way in for who is signed in, and for who is not. */
export function ClaimOffer({ token, claim }: Props) {
  const person = useSession()?.user
  const [challenge, setChallenge] = useState<Challenge>()
  const navigate = useNavigate()
  const { slug, name } = claim.organization
  const onDone = () => void navigate({ to: '/o/$org', params: { org: slug }, replace: true })
  const isSecondStep = !person && challenge !== undefined
  return (
    <CardPage
      title={names.title(visibleText(name))}
      lead={isSecondStep ? linksText.join.secondStep : names.lead}
    >
      {!isSecondStep && (
        <div className={styles.facts}>
          <p>{names.may}</p>
          <p>{linksText.join.until(formatMinute(claim.expires_at))}</p>
        </div>
      )}
      {isSecondStep && <SecondStepForm challenge={challenge} onRestart={() => setChallenge(undefined)} />}
      {!isSecondStep && !person && <ClaimForm token={token} onDone={onDone} onChallenge={setChallenge} />}
      {person && (
        <>
          <AcceptAsMyself
            name={person.name}
            action={names.take}
            isAtOnce={challenge !== undefined}
            onAccept={() => claimAsMyself(token)}
            onDone={onDone}
          />
          <SignOutFirst variant="ghost" />
        </>
      )}
    </CardPage>
  )
}
