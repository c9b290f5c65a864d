import { useQuery } from '@tanstack/react-query'
import { Dialog } from '../../ui/dialog'
import { DrawerSkeleton } from '../../ui/drawer-skeleton'
import { ProblemPanel } from '../../ui/problem-panel'
import { Text } from '../../ui/text'
import { PlanSection } from './plan-section'
import { organizationQuery } from './queries'
import { SuspensionSection } from './suspension-section'

type Props = { slug: string; onClose: () => void; onChanged: (said: string) => void }

export function ManageDialog({ slug, onClose, onChanged }: Props) {
  const organization = useQuery(organizationQuery(slug))

  async function changed(said: string): Promise<void> {
    onChanged(said)
    await organization.refetch()
  }

  return (
    <Dialog title={organization.data ? <Text text={organization.data.name} /> : slug} onClose={onClose}>
      {organization.data && (
        <>
          <PlanSection organization={organization.data} onChanged={changed} />
          <SuspensionSection organization={organization.data} onChanged={changed} />
        </>
      )}
      {organization.isPending && <DrawerSkeleton />}
      {organization.error && !organization.data && (
        <ProblemPanel error={organization.error} onRetry={() => void organization.refetch()} />
      )}
    </Dialog>
  )
}
