import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '../../api/use-session'
import { linksText } from '../../i18n/links'
import { buttonClass } from '../../ui/button'
import { CardPage } from '../../ui/card-page'

const names = linksText

type Props = { title: string; lead: ReactNode; children?: ReactNode }

/** What is left to say of a link, and the way on. */
export function LinkPage({ title, lead, children }: Props) {
  const isIn = useSession() !== undefined
  return (
    <CardPage title={title} lead={lead}>
      {children}
      <Link to={isIn ? '/' : '/login'} className={buttonClass({ variant: 'primary', isWide: true })}>
        {isIn ? names.open : names.signIn}
      </Link>
    </CardPage>
  )
}
