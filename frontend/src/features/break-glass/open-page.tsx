import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { breakGlassText } from '../../i18n/break-glass'
import { Button, buttonClass } from '../../ui/button'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { Icon } from '../../ui/icon'
import { PageTitle } from '../../ui/page-title'
import { SelectField } from '../../ui/select-field'
import { Text } from '../../ui/text'
import { TextArea } from '../../ui/text-area'
import { useSubmit } from '../../ui/use-submit'
import styles from './open-page.module.css'
import { openGlass } from './queries'

const names = breakGlassText
const durations = [15, 30, 60] as const

type Organization = components['schemas']['OrganizationView']
type Props = { organization: Organization; onOpened: () => Promise<void> }

/** Says what opening means, and asks why and for how long. */
export function OpenPage({ organization, onOpened }: Props) {
  const { name, admins } = organization
  return (
    <div className={styles.page}>
      <PageTitle title={names.title} place={name} />
      <p className={styles.lead}>
        <Text text={names.lead(name)} />
      </p>
      <section className={styles.card}>
        <h2>{names.meansTitle}</h2>
        <ul className={styles.list}>
          {names.means.map((line) => (
            <li key={line}>
              <Icon name="alert" /> {line}
            </li>
          ))}
        </ul>
        <OpenForm organization={organization} onOpened={onOpened} />
      </section>
      {admins.length > 0 && (
        <section className={styles.admins}>
          <h2>{names.admins}</h2>
          <ul>
            {admins.map((admin) => (
              <li key={admin.email}>
                <Text text={admin.name} /> <a href={`mailto:${admin.email}`}>{admin.email}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function OpenForm({ organization, onOpened }: Props) {
  const [minutes, setMinutes] = useState('30')
  const submit = useSubmit(async (data) => {
    await openGlass(organization.slug, String(data.get('reason') ?? ''), Number(minutes))
    await onOpened()
  })
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      <TextArea
        name="reason"
        label={names.reason}
        hint={names.reasonHint}
        error={submit.errorAt('/reason')}
        rows={3}
        maxLength={500}
      />
      <SelectField
        label={names.minutes}
        options={durations.map((each) => ({ id: String(each), label: names.duration(each) }))}
        value={minutes}
        onChange={setMinutes}
      />
      <FormProblem messages={submit.rest(['/reason'])} />
      <div className={form.foot}>
        <Link to="/operator" className={buttonClass({})}>
          {names.back}
        </Link>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {submit.isBusy ? names.submitting : <Text text={names.submit(organization.name)} />}
        </Button>
      </div>
    </form>
  )
}
