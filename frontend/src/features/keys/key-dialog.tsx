import { useState } from 'react'
import { keysText } from '../../i18n/keys'
import { Dialog } from '../../ui/dialog'
import { Text } from '../../ui/text'
import { EditKeyForm } from './edit-key-form'
import { KeyDetails } from './key-details'
import { KeySecret } from './key-secret'
import type { ApiKey, NewKey, Place } from './model/keys'
import { RevokeKeyForm } from './revoke-key-form'
import { RotateKeyForm } from './rotate-key-form'

const names = keysText

type Props = {
  apiKey: ApiKey
  place: Place
  canChange: boolean
  onClose: () => void
  onChanged: (said: string) => Promise<void>
}

type Step = 'details' | 'edit' | 'rotate' | 'revoke'

/** One key: what it is, and what can be done with it. */
export function KeyDialog(props: Props) {
  const { apiKey, place, onClose, onChanged } = props
  const [step, setStep] = useState<Step>('details')
  const [made, setMade] = useState<NewKey>()

  async function onRotated(key: NewKey): Promise<void> {
    setMade(key)
    setStep('details')
    await onChanged(names.said.rotated)
  }

  if (made)
    return (
      <Dialog key="made" title={<Text text={names.once.rotatedTitle(made.name)} />} onClose={onClose} isFirm>
        <KeySecret apiKey={made} place={place} isRotated onStored={() => setMade(undefined)} />
      </Dialog>
    )
  return (
    <Dialog title={<Text text={titleOf(step, apiKey.name)} />} onClose={onClose}>
      <Body {...props} step={step} onStep={setStep} onRotated={onRotated} onChanged={onChanged} />
    </Dialog>
  )
}

function titleOf(step: Step, name: string): string {
  return step === 'details' ? name : names[step].title(name)
}

type BodyProps = Props & {
  step: Step
  onStep: (step: Step) => void
  onRotated: (key: NewKey) => Promise<void>
}

function Body({ apiKey, place, canChange, step, onStep, onRotated, onClose, onChanged }: BodyProps) {
  const back = () => onStep('details')

  async function onSaved(): Promise<void> {
    await onChanged(names.said.changed)
    back()
  }

  async function onRevoked(): Promise<void> {
    onClose()
    await onChanged(names.said.revoked(apiKey.name))
  }

  if (step === 'edit') return <EditKeyForm apiKey={apiKey} place={place} onSaved={onSaved} onBack={back} />
  if (step === 'rotate')
    return <RotateKeyForm apiKey={apiKey} place={place} onRotated={onRotated} onBack={back} />
  if (step === 'revoke')
    return <RevokeKeyForm apiKey={apiKey} place={place} onRevoked={onRevoked} onBack={back} />
  return <KeyDetails apiKey={apiKey} canChange={canChange && apiKey.state !== 'revoked'} onStep={onStep} />
}
