import { useState } from 'react'
import { keysText } from '../../i18n/keys'
import { Dialog } from '../../ui/dialog'
import { Text } from '../../ui/text'
import { KeySecret } from './key-secret'
import type { NewKey, Place } from './model/keys'
import { NewKeyForm } from './new-key-form'

const names = keysText

type Props = { place: Place; onClose: () => void; onChanged: (said: string) => Promise<void> }

/** Makes a key; the key itself is then shown, and stays until somebody says that it is stored. */
export function NewKeyDialog({ place, onClose, onChanged }: Props) {
  const [made, setMade] = useState<NewKey>()

  async function onMade(key: NewKey): Promise<void> {
    setMade(key)
    await onChanged(names.said.created(key.name))
  }

  if (made)
    return (
      <Dialog key="made" title={<Text text={names.once.createdTitle(made.name)} />} onClose={onClose} isFirm>
        <KeySecret apiKey={made} place={place} onStored={onClose} />
      </Dialog>
    )
  const title = place === 'platform' ? names.form.platformTitle : names.form.title
  return (
    <Dialog title={title} onClose={onClose}>
      <NewKeyForm place={place} onMade={onMade} onClose={onClose} />
    </Dialog>
  )
}
