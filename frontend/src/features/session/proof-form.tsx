import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { prove } from '../../api/client'
import { formError } from '../../api/problem'
import { secondFactorQuery } from '../../api/second-factor'
import { t } from '../../i18n'
import { questionsText } from '../../i18n/questions'
import { AttemptProblem } from '../../ui/attempt-problem'
import { Button } from '../../ui/button'
import { CodeField } from '../../ui/code-field'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { useSubmit } from '../../ui/use-submit'

const names = t.session

type Props = { email: string; onCancel: () => void }

/** Password, or a code for those who have an app. */
export function ProofForm({ email, onCancel }: Props) {
  const factor = useQuery(secondFactorQuery())
  const [isByCode, setIsByCode] = useState(false)
  const submit = useSubmit(async (data) => {
    const [password, code] = [String(data.get('password') ?? ''), String(data.get('code') ?? '')]
    if (isByCode && code === '') throw formError({ '/code': names.codeMissing })
    if (!isByCode && password === '') throw formError({ '/password': names.passwordMissing })
    await prove(isByCode ? { code } : { password })
  })
  const isWrong = submit.problem?.code === 'invalid_credentials'
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      <p className={form.lead}>{questionsText.proof.lead(email)}</p>
      {/* For password managers. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      {isByCode ? (
        <CodeField
          name="code"
          label={names.code}
          hint={names.codeHint}
          error={isWrong ? names.codeWrong : submit.errorAt('/code')}
        />
      ) : (
        <Field
          name="password"
          type="password"
          label={names.password}
          error={isWrong ? names.passwordWrong : submit.errorAt('/password')}
          autoComplete="current-password"
          autoFocus
        />
      )}
      <AttemptProblem submit={submit} pointers={['/code', '/password']} isAtField={isWrong} />
      <div className={form.foot}>
        {factor.data?.totp && (
          <span className={form.aside}>
            <Button variant="ghost" onPress={() => setIsByCode(!isByCode)}>
              {isByCode ? questionsText.proof.usePassword : questionsText.proof.useCode}
            </Button>
          </span>
        )}
        <Button onPress={onCancel}>{t.cancel}</Button>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {submit.isBusy ? questionsText.proof.submitting : questionsText.proof.submit}
        </Button>
      </div>
    </form>
  )
}
