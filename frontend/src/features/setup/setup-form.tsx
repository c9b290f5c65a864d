import { session } from '../../api/client'
import { setupText } from '../../i18n/setup'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import styles from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { OrganizationFields } from '../../ui/organization-fields'
import { useSubmit } from '../../ui/use-submit'

const names = setupText
const pointers = ['/token', '/organization/name', '/organization/slug', '/name', '/email', '/password']

type Props = { token: string; onDone: (slug: string) => void }

export function SetupForm({ token, onDone }: Props) {
  const submit = useSubmit(async (data) => {
    const text = (name: string) => String(data.get(name) ?? '')
    const slug = text('slug')
    await session.enter('/v1/setup', {
      token: text('token').trim(),
      organization: { slug, name: text('organization') },
      name: text('name'),
      email: text('email').trim(),
      password: text('password'),
    })
    onDone(slug)
  })
  const { errorAt } = submit
  const isTokenWrong = submit.problem?.code === 'setup_token_wrong'
  return (
    <form className={styles.form} onSubmit={submit.onSubmit} noValidate>
      <Field
        name="token"
        label={names.token}
        hint={names.tokenHint}
        defaultValue={token}
        error={isTokenWrong ? names.tokenWrong : errorAt('/token')}
        autoComplete="off"
        autoFocus={token === ''}
        spellCheck={false}
      />
      <OrganizationFields
        nameError={errorAt('/organization/name')}
        slugError={errorAt('/organization/slug')}
        hasFocus={token !== ''}
      />
      <PersonFields errorAt={errorAt} />
      <FormProblem messages={isTokenWrong ? [] : submit.rest(pointers)} />
      <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
        {submit.isBusy ? names.submitting : names.submit}
      </Button>
    </form>
  )
}

function PersonFields({ errorAt }: { errorAt: (pointer: string) => string | undefined }) {
  return (
    <>
      <Field name="name" label={names.name} autoComplete="name" error={errorAt('/name')} maxLength={256} />
      <Field
        name="email"
        type="email"
        label={names.email}
        autoComplete="username"
        error={errorAt('/email')}
      />
      <Field
        name="password"
        type="password"
        label={names.password}
        hint={names.passwordHint}
        autoComplete="new-password"
        error={errorAt('/password')}
      />
    </>
  )
}
