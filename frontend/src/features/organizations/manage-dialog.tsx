import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { breakGlassText } from '../../i18n/break-glass'
import { buttonClass } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { DialogSection } from '../../ui/dialog-section'
import { DrawerSkeleton } from '../../ui/drawer-skeleton'
import form from '../../ui/form.module.css'
import { ProblemPanel } from '../../ui/problem-panel'
import { Text } from '../../ui/text'
import { ClaimLinkDialog } from './claim-link-dialog'
import { ClaimSection } from './claim-section'
import { PlanSection } from './plan-section'
import { organizationQuery } from './queries'
import { SuspensionSection } from './suspension-section'

type Props = { slug: string; onClose: () => void; onChanged: (said: string) => void }

export function ManageDialog({ slug, onClose, onChanged }: Props) {
  const organization = useQuery(organizationQuery(slug))

  const [link, setLink] = useState<string>()

  async function changed(said: string): Promise<void> {
    onChanged(said)
    await organization.refetch()
  }

  const name = organization.data?.name ?? slug
  if (link) return <ClaimLinkDialog key="link" name={name} link={link} onClose={() => setLink(undefined)} />
  return (
    <Dialog title={<Text text={name} />} onClose={onClose}>
      {organization.data && (
        <>
          {organization.data.admins.length === 0 && <ClaimSection slug={slug} onLink={setLink} />}
          <PlanSection organization={organization.data} onChanged={changed} />
          <SuspensionSection organization={organization.data} onChanged={changed} />
          <DialogSection title={breakGlassText.openLogTitle} lead={breakGlassText.openLogLead}>
            <div className={form.foot}>
              <Link to="/o/$org/events" params={{ org: slug }} className={buttonClass({})}>
                {breakGlassText.openLog}
              </Link>
            </div>
          </DialogSection>
        </>
      )}
      {organization.isPending && <DrawerSkeleton />}
      {organization.error && !organization.data && (
        <ProblemPanel error={organization.error} onRetry={() => void organization.refetch()} />
      )}
    </Dialog>
  )
}
