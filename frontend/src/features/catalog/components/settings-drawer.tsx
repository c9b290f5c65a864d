import { useSession } from '../../../api/use-session'
import { catalogText } from '../../../i18n/catalog'
import { DrawerBody } from '../../../ui/drawer-body'
import { DrawerFrame } from '../../../ui/drawer-frame'
import { DrawerHeader } from '../../../ui/drawer-header'
import { DrawerSkeleton } from '../../../ui/drawer-skeleton'
import { LazyPart } from '../../../ui/lazy-part'
import { ProblemPanel } from '../../../ui/problem-panel'
import type { ViewProps } from './catalog-view'

const names = catalogText.settings

const loadForm = async () => (await import('./settings-form')).SettingsForm

type Props = Pick<ViewProps, 'url' | 'organization'> & { onClose: () => void }

/** Which packs name the organization's actions, and what becomes of the rest. */
export function SettingsDrawer({ url, organization, onClose }: Props) {
  const session = useSession()
  const role = organization.data?.role
  // The service's own organization has a pack and a policy of its own, and nobody changes them.
  const isOwn = role === 'operator'
  const canChange = !isOwn && (role === 'admin' || session?.user.is_operator === true)
  return (
    <DrawerFrame label={names.region} onClose={onClose}>
      <DrawerHeader title={names.title} names={names} onClose={onClose} />
      <DrawerBody>
        {organization.data && (
          <LazyPart
            load={loadForm}
            props={{
              org: url.org,
              organization: organization.data,
              whyNot: canChange ? undefined : isOwn ? names.fixed : names.readOnly,
            }}
            fallback={<DrawerSkeleton />}
          />
        )}
        {organization.error && !organization.data && (
          <ProblemPanel error={organization.error} onRetry={() => void organization.refetch()} />
        )}
        {organization.isPending && <DrawerSkeleton />}
      </DrawerBody>
    </DrawerFrame>
  )
}
