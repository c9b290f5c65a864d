import { useEffect, useRef } from 'react'
import { linksText } from '../../i18n/links'
import { Button } from '../../ui/button'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { Text } from '../../ui/text'
import { useSubmit } from '../../ui/use-submit'
import { joinAsMyself } from './link-queries'

const names = linksText.join

type Props = {
  token: string
  name: string
  /** They have said so already, on the way here. */
  isAtOnce: boolean
  onJoined: () => void
}

/** One click for who is signed in. */
export function JoinAsMyself({ token, name, isAtOnce, onJoined }: Props) {
  const node = useRef<HTMLFormElement>(null)
  const submit = useSubmit(async () => {
    await joinAsMyself(token)
    onJoined()
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
        <Button variant="primary" isWide onPress={onJoined}>
          {linksText.open}
        </Button>
      ) : (
        <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
          {submit.isBusy ? names.creating : names.join}
        </Button>
      )}
    </form>
  )
}
