import { session } from '../../api/client'
import { linksText } from '../../i18n/links'
import { Button } from '../../ui/button'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'

const names = linksText.join

/** Signed in as somebody whom the invitation is not for. */
export function JoinAsOther({ email }: { email: string }) {
  const submit = useSubmit(() => session.signOut())
  return (
    <form className={form.form} onSubmit={submit.onSubmit}>
      <p>{names.other(email)}</p>
      <FormProblem messages={submit.rest([])} />
      <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
        {names.signOut}
      </Button>
    </form>
  )
}
