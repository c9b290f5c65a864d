import type { ReactNode } from 'react'
import { t } from '../i18n'
import { Button } from './button'
import { Dialog } from './dialog'
import form from './form.module.css'
import { FormProblem } from './form-problem'
import { useSubmit } from './use-submit'

type Props = {
  /** Names what becomes of what. */
  title: ReactNode
  lead: ReactNode
  action: string
  isDanger?: boolean
  onConfirm: () => Promise<void>
  onClose: () => void
}

/** Asks before what cannot be taken back; stays open when it fails. */
export function ConfirmDialog({ title, lead, action, isDanger = false, onConfirm, onClose }: Props) {
  const submit = useSubmit(onConfirm)
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={form.form} onSubmit={submit.onSubmit}>
        <p className={form.lead}>{lead}</p>
        <FormProblem messages={submit.rest([])} />
        <div className={form.foot}>
          <Button onPress={onClose}>{t.cancel}</Button>
          <Button type="submit" variant={isDanger ? 'danger' : 'primary'} isBusy={submit.isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
