import { useEffect, useRef } from 'react'
import { t } from '../i18n'
import styles from './page-title.module.css'

type Props = { title: string; place?: string | undefined }

let isFirstPage = true

/** The one h1 of a page. Sets the document's title, and takes the focus when the page was navigated to. */
export function PageTitle({ title, place }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    document.title = t.titleOf(place ? [title, place] : [title])
    if (!isFirstPage) heading.current?.focus({ preventScroll: true })
    isFirstPage = false
  }, [title, place])

  return (
    <h1 ref={heading} className={styles.title} tabIndex={-1}>
      {title}
    </h1>
  )
}
