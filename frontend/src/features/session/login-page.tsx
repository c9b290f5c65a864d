import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { t } from '../../i18n'
import { CardPage } from '../../ui/card-page'
import { SignIn, type Step } from './sign-in'

const route = getRouteApi('/login')

/** The rest happens by itself: a session on the login page leads to `next` (see the router). */
export function LoginPage() {
  const search = route.useSearch()
  const [step, setStep] = useState<Step>({})
  const names = t.session.secondStep
  const lead = search.ended ? t.login.ended : t.login.lead
  return (
    <CardPage title={step.challenge ? names.title : t.login.title} lead={step.challenge ? names.lead : lead}>
      <SignIn step={step} onStep={setStep} />
    </CardPage>
  )
}
