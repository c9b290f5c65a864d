import { useState } from 'react'
import { t } from '../../i18n'
import { keysText } from '../../i18n/keys'
import { Button } from '../../ui/button'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { SelectField } from '../../ui/select-field'
import { useSubmit } from '../../ui/use-submit'
import type { ApiKey, NewKey, Place } from './model/keys'
import { isConflict, readKey, rotateKey } from './queries'

const names = keysText.rotate
/** Not in the order of the texts, for a script puts keys that are numbers in theirs. */
const overlaps = ['86400', '259200', '604800', '3600', '0'] as const

type Props = {
  apiKey: ApiKey
  place: Place
  onRotated: (key: NewKey) => Promise<void>
  onBack: () => void
}

export function RotateKeyForm({ apiKey, place, onRotated, onBack }: Props) {
  const [overlap, setOverlap] = useState<string>('86400')
  const [version, setVersion] = useState(apiKey.version)
  const submit = useSubmit(async () => {
    try {
      await onRotated(await rotateKey(place, { id: apiKey.id, version }, Number(overlap)))
    } catch (error) {
      if (isConflict(error)) setVersion((await readKey(place, apiKey.id)).version)
      throw error
    }
  })
  return (
    <form className={form.form} onSubmit={submit.onSubmit}>
      <p className={form.lead}>{names.lead}</p>
      <SelectField
        label={names.overlap}
        options={overlaps.map((id) => ({ id, label: names.overlaps[id] }))}
        value={overlap}
        onChange={setOverlap}
        hint={overlap === '0' ? names.nowHint : names.laterHint}
      />
      <FormProblem messages={submit.rest([])} />
      <div className={form.foot}>
        <Button onPress={onBack}>{t.cancel}</Button>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {submit.isBusy ? names.submitting : names.submit}
        </Button>
      </div>
    </form>
  )
}
