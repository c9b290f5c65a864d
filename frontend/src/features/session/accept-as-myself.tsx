import { useEffect, useRef } from 'react'
import { linksText as names } from '../../i18n/links'
import { Button } from '../../ui/button'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { Text } from '../../ui/text'
import { useSubmit } from '../../ui/use-submit'

type Props = {
  name: string
  action: string
  /** They have said so already, on the way here. */
  isAtOnce: boolean
  onAccept: () => Promise<void>
  onDone: () => void
}

/** One click for who is signed in. */
export function AcceptAsMyself({ name, action, isAtOnce, onAccept, onDone }: Props) {
  const node = useRef<HTMLFormElement>(null)
  const submit = useSubmit(async () => {
    await onAccept()
    onDone()
  })
  const isMember = submit.problem?.code === 'conflict'

  useEffect(() => {
    if (isAtOnce) node.current?.requestSubmit()
  }, [isAtOnce])

  return (
    <form ref={node} className={form.form} onSubmit={submit.onSubmit}>
      <p>
        <Text text={names.asYou(name)} />
      </p>
      <FormProblem messages={isMember ? [names.member] : submit.rest([])} />
      {isMember ? (
        <Button variant="primary" isWide onPress={onDone}>
          {names.open}
        </Button>
      ) : (
        <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
          {submit.isBusy ? names.working : action}
        </Button>
      )}
    </form>
  )
}
