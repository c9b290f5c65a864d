import { useState } from 'react'
import { t } from '../../i18n'
import { keysText } from '../../i18n/keys'
import { formatDate } from '../../i18n/time'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import { ExpiryField, type Lifetime, lifetimeDays } from './expiry-field'
import { LimitFields } from './limit-fields'
import { type ApiKey, daysFrom, networksOf, type Place } from './model/keys'
import { rateOf } from './model/new-key'
import { changeKey, isConflict, readKey } from './queries'

const names = keysText.edit
const pointers = ['/description', '/networks', '/rate_limit']

type Props = { apiKey: ApiKey; place: Place; onSaved: () => Promise<void>; onBack: () => void }

/** Changes what can be changed of a key. When somebody else was quicker, their version is read and saving again wins. */
export function EditKeyForm({ apiKey, place, onSaved, onBack }: Props) {
  const [version, setVersion] = useState(apiKey.version)
  const [expiry, setExpiry] = useState<Lifetime | 'keep'>('keep')
  const [networks, setNetworks] = useState(apiKey.networks.join('\n'))
  const submit = useSubmit(async (data) => {
    const text = (name: string) => String(data.get(name) ?? '').trim()
    try {
      await changeKey(place, apiKey.id, {
        version,
        description: text('description') || null,
        networks: networksOf(networks),
        rate_limit: rateOf(text('events_per_second')) ?? null,
        ...(expiry !== 'keep' && { expires_at: endOf(expiry) }),
      })
    } catch (error) {
      if (isConflict(error)) setVersion((await readKey(place, apiKey.id)).version)
      throw error
    }
    await onSaved()
  })
  const isLate = submit.problem?.code === 'version_conflict'
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      <Field
        name="description"
        label={keysText.form.description}
        defaultValue={apiKey.description ?? ''}
        error={submit.errorAt('/description')}
        autoComplete="off"
        maxLength={500}
      />
      <ExpiryField
        value={expiry}
        onChange={setExpiry}
        keep={{ id: 'keep' as const, label: keptOf(apiKey) }}
      />
      <LimitFields
        submit={submit}
        networks={networks}
        onNetworks={setNetworks}
        rate={apiKey.rate_limit?.events_per_second}
      />
      <FormProblem messages={isLate ? [names.conflict] : submit.rest(pointers)} />
      <div className={form.foot}>
        <Button onPress={onBack}>{t.cancel}</Button>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {submit.isBusy ? names.saving : names.save}
        </Button>
      </div>
    </form>
  )
}

function endOf(expiry: Lifetime): string | null {
  const days = lifetimeDays(expiry)
  return days === null ? null : daysFrom(Date.now(), days)
}

function keptOf(key: ApiKey): string {
  return names.keep(key.expires_at ? formatDate(key.expires_at) : keysText.never)
}
