import { useState } from 'react'
import { t } from '../../i18n'
import { keysText } from '../../i18n/keys'
import { formatAgo } from '../../i18n/time'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import type { ApiKey, Place } from './model/keys'
import { revokeKey } from './queries'

const names = keysText.revoke

type Props = { apiKey: ApiKey; place: Place; onRevoked: () => Promise<void>; onBack: () => void }

/** Whoever revokes a key types its name: a moment to see which one it is. */
export function RevokeKeyForm({ apiKey, place, onRevoked, onBack }: Props) {
  const [mismatch, setMismatch] = useState<string>()
  const submit = useSubmit(async (data) => {
    const isMeant = String(data.get('name') ?? '').trim() === apiKey.name.trim()
    setMismatch(isMeant ? undefined : names.mismatch)
    if (!isMeant) return
    await revokeKey(place, apiKey.id)
    await onRevoked()
  })
  const used = apiKey.last_used?.at
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      <p className={form.lead}>{names.lead}</p>
      <p>{used ? names.lastUsed(formatAgo(used, Date.now())) : names.neverUsed}</p>
      <Field
        name="name"
        label={names.type(apiKey.name)}
        error={mismatch}
        autoFocus
        autoComplete="off"
        spellCheck={false}
      />
      <FormProblem messages={submit.rest([])} />
      <div className={form.foot}>
        <Button onPress={onBack}>{t.cancel}</Button>
        <Button type="submit" variant="danger" isBusy={submit.isBusy}>
          {submit.isBusy ? names.submitting : names.submit}
        </Button>
      </div>
    </form>
  )
}
