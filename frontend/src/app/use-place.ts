import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Session } from '../api/session'

/** The organization of the page; on a page of none, such as the profile, the one that the person comes from, or else the first. */
export function usePlace(session: Session | undefined): string | undefined {
  const { org } = useParams({ strict: false })
  const [last, setLast] = useState<string>()
  if (org !== undefined && org !== last) setLast(org)
  if (org !== undefined || !session) return org
  const own = session.organizations
  return own.some((item) => item.slug === last) ? last : own[0]?.slug
}
