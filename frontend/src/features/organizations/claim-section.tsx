import { organizationsText } from '../../i18n/organizations'
import { Button } from '../../ui/button'
import { DialogSection } from '../../ui/dialog-section'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import { makeClaimLink } from './queries'

const names = organizationsText.claim

type Props = { slug: string; onLink: (link: string) => void }

/** For an organization that nobody has taken over. */
export function ClaimSection({ slug, onLink }: Props) {
  const submit = useSubmit(async () => onLink((await makeClaimLink(slug)).claim_link))
  return (
    <DialogSection title={names.title} lead={names.lead} onSubmit={submit.onSubmit}>
      <FormProblem messages={submit.rest([])} />
      <div className={form.foot}>
        <Button type="submit" variant="primary" isBusy={submit.isBusy}>
          {names.make}
        </Button>
      </div>
    </DialogSection>
  )
}
