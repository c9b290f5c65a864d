import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { secondFactorQuery } from '../../api/second-factor'
import { profileText } from '../../i18n/profile'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/confirm-dialog'
import { FailedNotice } from '../../ui/failed-notice'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { SettingsSection } from '../../ui/settings-section'
import { Tag } from '../../ui/tag'
import { useSubmit } from '../../ui/use-submit'
import { CodesDialog } from './codes-dialog'
import { beginSetUp, renewCodes, turnOff } from './queries'
import { type Secret, SetUpDialog } from './set-up-dialog'

const names = profileText.factor
const fewCodes = 3

type Open = { secret: Secret } | { codes: readonly string[]; isNew: boolean } | 'renew' | 'off'
type Props = { email: string; onDone: (said: string) => void }

/** The authenticator app: whether there is one, and what can be done about it. */
export function FactorSection({ email, onDone }: Props) {
  const factor = useQuery(secondFactorQuery())
  const [open, setOpen] = useState<Open>()
  const queryClient = useQueryClient()
  const isOn = factor.data?.totp === true

  /** What a page could not show without a second factor is asked anew too. */
  function close(said?: string): void {
    setOpen(undefined)
    void queryClient.invalidateQueries()
    if (said) onDone(said)
  }

  return (
    <SettingsSection
      isCard
      title={names.title}
      lead={names.lead}
      tag={factor.data && <Tag tone={isOn ? 'ok' : 'neutral'} text={isOn ? names.on : names.off} />}
    >
      {factor.error && !factor.data && (
        <FailedNotice text={names.failed} onRetry={() => void factor.refetch()} />
      )}
      {factor.data && !isOn && <SetUpButton onSecret={(secret) => setOpen({ secret })} />}
      {factor.data && isOn && <Enrolled left={factor.data.recovery_codes_left} onOpen={setOpen} />}
      {open && <Opened open={open} email={email} onOpen={setOpen} onClose={close} />}
    </SettingsSection>
  )
}

function SetUpButton({ onSecret }: { onSecret: (secret: Secret) => void }) {
  const submit = useSubmit(async () => onSecret(await beginSetUp()))
  return (
    <form className={form.form} onSubmit={submit.onSubmit}>
      <FormProblem messages={submit.rest([])} />
      <div>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {names.setUp}
        </Button>
      </div>
    </form>
  )
}

function Enrolled({ left, onOpen }: { left: number; onOpen: (open: Open) => void }) {
  return (
    <>
      <p>
        {names.left(left)} {left <= fewCodes && names.few}
      </p>
      <div className={form.start}>
        <Button onPress={() => onOpen('renew')}>{names.newCodes}</Button>
        <Button variant="danger" onPress={() => onOpen('off')}>
          {names.turnOff}
        </Button>
      </div>
    </>
  )
}

type OpenedProps = {
  open: Open
  email: string
  onOpen: (open: Open) => void
  onClose: (said?: string) => void
}

function Opened({ open, email, onOpen, onClose }: OpenedProps) {
  if (open === 'off')
    return (
      <ConfirmDialog
        title={profileText.turnOff.title}
        lead={profileText.turnOff.lead}
        action={profileText.turnOff.submit}
        isDanger
        onConfirm={() => turnOff().then(() => onClose(profileText.turnOff.done))}
        onClose={() => onClose()}
      />
    )
  if (open === 'renew')
    return (
      <ConfirmDialog
        title={profileText.renew.title}
        lead={profileText.renew.lead}
        action={profileText.renew.submit}
        onConfirm={async () => onOpen({ codes: await renewCodes(), isNew: false })}
        onClose={() => onClose()}
      />
    )
  if ('secret' in open)
    return (
      <SetUpDialog
        secret={open.secret}
        onCodes={(codes) => onOpen({ codes, isNew: true })}
        onClose={() => onClose()}
      />
    )
  return <CodesDialog codes={open.codes} isNew={open.isNew} email={email} onClose={() => onClose()} />
}
