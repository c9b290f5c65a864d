import { useMemo } from 'react'
import { formError } from '../../api/problem'
import type { components } from '../../api/schema'
import { t } from '../../i18n'
import { profileText } from '../../i18n/profile'
import { Button } from '../../ui/button'
import { CodeField } from '../../ui/code-field'
import { CopyButton } from '../../ui/copy-button'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import { qrOf } from './model/qr'
import { confirmSetUp } from './queries'
import styles from './set-up-dialog.module.css'

const names = profileText.setUp

export type Secret = components['schemas']['TotpSecretView']

type Props = { secret: Secret; onCodes: (codes: readonly string[]) => void; onClose: () => void }

/** The secret for the app, and a code of it as the proof that the app has it. */
export function SetUpDialog({ secret, onCodes, onClose }: Props) {
  const submit = useSubmit(async (data) => {
    const code = String(data.get('code') ?? '')
    if (code === '') throw formError({ '/code': t.session.codeMissing })
    onCodes(await confirmSetUp(code))
  })
  const isWrong = submit.problem?.code === 'invalid_credentials'
  return (
    <Dialog title={names.title} onClose={onClose}>
      <form className={form.form} onSubmit={submit.onSubmit} noValidate>
        <div className={styles.scan}>
          <QrCode text={secret.otpauth_url} />
          <div className={styles.words}>
            <p className={styles.step}>{names.scan}</p>
            <p className={form.lead}>{names.scanHint}</p>
            <p className={styles.step}>{names.typed}</p>
            <code className={styles.secret}>{spaced(secret.secret)}</code>
            <CopyButton text={secret.secret} />
          </div>
        </div>
        <CodeField
          name="code"
          label={names.confirm}
          error={isWrong ? names.wrong : submit.errorAt('/code')}
        />
        <FormProblem messages={isWrong ? [] : submit.rest(['/code'])} />
        <div className={form.foot}>
          <Button onPress={onClose}>{t.cancel}</Button>
          <Button type="submit" variant="primary" isBusy={submit.isBusy}>
            {submit.isBusy ? names.submitting : names.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function QrCode({ text }: { text: string }) {
  const { size, path } = useMemo(() => qrOf(text), [text])
  return (
    <svg className={styles.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={names.qr}>
      <path d={path} shapeRendering="crispEdges" />
    </svg>
  )
}

/** In fours: easier to type. */
function spaced(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ')
}
