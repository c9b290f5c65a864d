import { Outlet, useParams } from '@tanstack/react-router'
import { useSession } from '../api/use-session'
import { LazyPart } from '../ui/lazy-part'

const loadGate = () => import('../features/break-glass/gate').then((part) => part.BreakGlassGate)

/** Around the pages of an organization: of an operator who is not in it, the question what they want there. */
export function OrganizationFrame() {
  const session = useSession()
  const { org } = useParams({ from: '/app/o/$org' })
  const isOwn = session?.organizations.some((item) => item.slug === org)
  if (isOwn || !session?.user.is_operator) return <Outlet />
  return <LazyPart key={org} load={loadGate} props={{ org, children: <Outlet /> }} fallback={null} />
}
