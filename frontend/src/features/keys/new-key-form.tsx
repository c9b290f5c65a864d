import { useState } from 'react'
import { t } from '../../i18n'
import { keysText } from '../../i18n/keys'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import { AccessFields } from './access-fields'
import { ExpiryField, type Lifetime, lifetimeDays } from './expiry-field'
import { LimitFields } from './limit-fields'
import type { NewKey, Place } from './model/keys'
import { type Access, bodyOf, type Form, firstAccess, scopesOf } from './model/new-key'
import { createKey } from './queries'

const names = keysText.form
const pointers = ['/name', '/description', '/scopes', '/preset', '/networks', '/source', '/rate_limit']

type Props = { place: Place; onMade: (key: NewKey) => Promise<void>; onClose: () => void }

export function NewKeyForm({ place, onMade, onClose }: Props) {
  const [access, setAccess] = useState<Access>(firstAccess(place))
  const [lifetime, setLifetime] = useState<Lifetime>('90')
  const [networks, setNetworks] = useState('')
  const submit = useSubmit(async (data) => {
    const texts = Object.fromEntries([...data].map(([name, value]) => [name, String(value)])) as Form
    await onMade(await createKey(place, bodyOf(texts, access, lifetimeDays(lifetime))))
  })
  const { errorAt, problem } = submit
  const isTaken = problem?.code === 'conflict' && problem.detail?.includes('name') === true
  const isWithoutScope = problem !== undefined && scopesOf(access).length === 0
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      <Field
        name="name"
        label={names.name}
        hint={names.nameHint}
        error={isTaken ? problem.detail : errorAt('/name')}
        autoComplete="off"
        spellCheck={false}
        maxLength={256}
      />
      <Field
        name="description"
        label={names.description}
        error={errorAt('/description')}
        autoComplete="off"
        maxLength={500}
      />
      <AccessFields
        place={place}
        access={access}
        onChange={setAccess}
        error={isWithoutScope ? names.noScope : errorAt('/scopes')}
      />
      <ExpiryField<never> value={lifetime} onChange={setLifetime} />
      <LimitFields submit={submit} networks={networks} onNetworks={setNetworks} hasSource />
      <FormProblem messages={isTaken ? [] : submit.rest(pointers)} />
      <div className={form.foot}>
        <Button onPress={onClose}>{t.cancel}</Button>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {submit.isBusy ? keysText.creating : names.submit}
        </Button>
      </div>
    </form>
  )
}
