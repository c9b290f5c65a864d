import { useEffect, useEffectEvent, useState } from 'react'
import { session } from '../../api/client'
import { formError, toApiError } from '../../api/problem'
import type { Challenge } from '../../api/session'
import { t } from '../../i18n'
import { formatTimer } from '../../i18n/time'
import { AttemptProblem } from '../../ui/attempt-problem'
import { Button } from '../../ui/button'
import { CodeField } from '../../ui/code-field'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { useCountdown } from '../../ui/use-countdown'
import { useSubmit } from '../../ui/use-submit'

const names = t.session

type Props = { challenge: Challenge; onRestart: (isOver: boolean) => void }

/** The second half of a sign-in. It is over after some minutes, and after some wrong codes. */
export function SecondStepForm({ challenge, onRestart }: Props) {
  const [isRecovery, setIsRecovery] = useState(false)
  const submit = useSubmit(async (data) => {
    const code = String(data.get('code') ?? '').trim()
    if (code === '') throw formError({ '/code': isRecovery ? names.recoveryMissing : names.codeMissing })
    const factor = isRecovery ? { recovery_code: code } : { code }
    try {
      await session.enter('/v1/auth/mfa', { mfa_token: challenge.mfa_token, ...factor })
    } catch (error) {
      if (toApiError(error).code !== 'session_ended') throw error
      onRestart(true)
    }
  })
  const isWrong = submit.problem?.code === 'invalid_credentials'
  const wrong = isRecovery ? names.recoveryWrong : names.codeWrong
  const error = isWrong ? wrong : submit.errorAt('/code')
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      {isRecovery ? <RecoveryField error={error} /> : <AppField error={error} />}
      <AttemptProblem submit={submit} pointers={['/code']} isAtField={isWrong} />
      <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
        {submit.isBusy ? names.secondStep.submitting : names.secondStep.submit}
      </Button>
      <TimeLeft seconds={challenge.expires_in} onOver={() => onRestart(true)} />
      <div className={form.links}>
        <Button variant="ghost" onPress={() => setIsRecovery(!isRecovery)}>
          {isRecovery ? names.useApp : names.useRecovery}
        </Button>
        <Button variant="ghost" onPress={() => onRestart(false)}>
          {names.secondStep.back}
        </Button>
      </div>
    </form>
  )
}

function AppField({ error }: { error: string | undefined }) {
  return <CodeField name="code" label={names.code} hint={names.codeHint} error={error} />
}

function RecoveryField({ error }: { error: string | undefined }) {
  return (
    <Field
      name="code"
      label={names.recoveryCode}
      hint={names.recoveryHint}
      error={error}
      autoComplete="off"
      autoCapitalize="characters"
      spellCheck={false}
      autoFocus
    />
  )
}

/** Says once how long there is, and shows how much of it is left. */
function TimeLeft({ seconds, onOver }: { seconds: number; onOver: () => void }) {
  const [untilMs] = useState(() => Date.now() + seconds * 1000)
  const left = useCountdown(untilMs)
  const end = useEffectEvent(onOver)
  const isOver = left === 0

  useEffect(() => {
    if (isOver) end()
  }, [isOver])

  return (
    <p className={form.lead}>
      <span className="visually-hidden">{names.secondStep.limit(Math.round(seconds / 60))}</span>
      <span aria-hidden>{names.secondStep.timeLeft(formatTimer(left))}</span>
    </p>
  )
}
