import { Link } from '@tanstack/react-router'
import { gate } from '../../api/client'
import { useQuestion } from '../../api/use-question'
import { t } from '../../i18n'
import { Button, buttonClass } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'

const names = t.session.secondFactor

/** Says why an act was refused to somebody without a second factor, and where to set one up. */
export function SecondFactorDialog() {
  const isAsked = useQuestion(gate.secondFactor)
  if (!isAsked) return null
  const onClose = () => gate.secondFactor.answer(false)
  return (
    <Dialog title={names.title} onClose={onClose}>
      <div className={form.form}>
        <p>{names.lead}</p>
        <p className={form.lead}>{names.how}</p>
        <div className={form.foot}>
          <Button onPress={onClose}>{names.later}</Button>
          <Link to="/profile" className={buttonClass({ variant: 'primary' })} onClick={onClose}>
            {names.go}
          </Link>
        </div>
      </div>
    </Dialog>
  )
}
