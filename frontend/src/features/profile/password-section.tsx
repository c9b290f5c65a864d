import { useState } from 'react'
import { formError } from '../../api/problem'
import { t } from '../../i18n'
import { profileText } from '../../i18n/profile'
import { AttemptProblem } from '../../ui/attempt-problem'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { SettingsSection } from '../../ui/settings-section'
import { useSubmit } from '../../ui/use-submit'
import { changePassword } from './queries'

const names = profileText.password

type Props = { email: string; onDone: (said: string) => void }

export function PasswordSection({ email, onDone }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const open = <Button onPress={() => setIsOpen(true)}>{names.change}</Button>
  return (
    <SettingsSection isCard title={names.title} lead={names.lead} tools={open}>
      {isOpen && (
        <Dialog title={names.change} onClose={() => setIsOpen(false)}>
          <PasswordForm
            email={email}
            onCancel={() => setIsOpen(false)}
            onDone={() => {
              setIsOpen(false)
              onDone(names.done)
            }}
          />
        </Dialog>
      )}
    </SettingsSection>
  )
}

type FormProps = { email: string; onCancel: () => void; onDone: () => void }

function PasswordForm({ email, onCancel, onDone }: FormProps) {
  const submit = useSubmit(async (data) => {
    const [current, next] = [String(data.get('current') ?? ''), String(data.get('next') ?? '')]
    if (current === '') throw formError({ '/current_password': t.session.passwordMissing })
    await changePassword({ current_password: current, new_password: next })
    onDone()
  })
  const isWrong = submit.problem?.code === 'invalid_credentials'
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      {/* For password managers. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field
        name="current"
        type="password"
        label={names.current}
        error={isWrong ? names.wrong : submit.errorAt('/current_password')}
        autoComplete="current-password"
      />
      <Field
        name="next"
        type="password"
        label={names.next}
        hint={names.hint}
        error={submit.errorAt('/new_password')}
        autoComplete="new-password"
      />
      <AttemptProblem submit={submit} pointers={['/current_password', '/new_password']} isAtField={isWrong} />
      <div className={form.foot}>
        <Button onPress={onCancel}>{t.cancel}</Button>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {submit.isBusy ? names.submitting : names.submit}
        </Button>
      </div>
    </form>
  )
}
