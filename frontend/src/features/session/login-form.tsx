import { type FormEvent, useRef, useState } from 'react'
import { toApiError } from '../../api/problem'
import { t } from '../../i18n'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Icon } from '../../ui/icon'
import styles from './login-form.module.css'
import { loginMessage } from './login-message'

type Props = { onSignIn: (email: string, password: string) => Promise<void> }

export function LoginForm({ onSignIn }: Props) {
  const [message, setMessage] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)
  const passwordField = useRef<HTMLInputElement>(null)

  async function onSubmit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    const data = new FormData(event.currentTarget)
    const email = String(data.get('email') ?? '').trim()
    const password = String(data.get('password') ?? '')
    if (email === '' || password === '') return setMessage(t.login.missing)
    setIsBusy(true)
    setMessage(undefined)
    try {
      await onSignIn(email, password)
    } catch (error) {
      setMessage(loginMessage(toApiError(error)))
      passwordField.current?.focus()
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <Field name="email" type="email" label={t.login.email} autoComplete="username" autoFocus />
      <Field
        ref={passwordField}
        name="password"
        type="password"
        label={t.login.password}
        autoComplete="current-password"
      />
      <div role="alert" className={styles.message}>
        {message && (
          <span className={styles.error}>
            <Icon name="alert" /> {message}
          </span>
        )}
      </div>
      <Button type="submit" variant="primary" isWide isBusy={isBusy}>
        {isBusy ? t.login.submitting : t.login.submit}
      </Button>
    </form>
  )
}
