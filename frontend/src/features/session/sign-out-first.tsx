import { session } from '../../api/client'
import { linksText } from '../../i18n/links'
import { Button } from '../../ui/button'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'

const names = linksText.join

type Props = { lead?: string; variant: 'primary' | 'ghost' }

/** For who is signed in, but wants to go on as somebody else. */
export function SignOutFirst({ lead, variant }: Props) {
  const submit = useSubmit(() => session.signOut())
  return (
    <form className={form.form} onSubmit={submit.onSubmit}>
      {lead && <p>{lead}</p>}
      <FormProblem messages={submit.rest([])} />
      <Button type="submit" variant={variant} isWide isBusy={submit.isBusy}>
        {names.signOut}
      </Button>
    </form>
  )
}
