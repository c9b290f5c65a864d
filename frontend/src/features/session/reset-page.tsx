import { useState } from 'react'
import { useLinkToken } from '../../api/link-token'
import { linksText } from '../../i18n/links'
import { Button } from '../../ui/button'
import { CardPage } from '../../ui/card-page'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import { isGone } from './is-gone'
import { LinkPage } from './link-page'
import { resetPassword } from './link-queries'

const names = linksText

/** The link of somebody who has lost their password. */
export function ResetPage() {
  const token = useLinkToken('ann_rs_')
  return token === undefined ? (
    <LinkPage title={names.incompleteTitle} lead={names.incomplete} />
  ) : (
    <Reset key={token} token={token} />
  )
}

function Reset({ token }: { token: string }) {
  const [isDone, setIsDone] = useState(false)
  const submit = useSubmit(async (data) => {
    await resetPassword(token, String(data.get('password') ?? ''))
    setIsDone(true)
  })
  if (isDone) return <LinkPage title={names.reset.doneTitle} lead={names.reset.doneLead} />
  if (isGone(submit.problem)) return <LinkPage title={names.goneTitle} lead={names.gone} />
  return (
    <CardPage title={names.reset.title} lead={names.reset.lead}>
      <form className={form.form} onSubmit={submit.onSubmit} noValidate>
        <Field
          name="password"
          type="password"
          label={names.newPassword}
          hint={names.passwordHint}
          error={submit.errorAt('/new_password')}
          autoComplete="new-password"
          autoFocus
        />
        <FormProblem messages={submit.rest(['/new_password'])} />
        <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
          {submit.isBusy ? names.reset.submitting : names.reset.submit}
        </Button>
      </form>
    </CardPage>
  )
}
