import type { ErrorComponentProps } from '@tanstack/react-router'
import { BarePage } from './bare-page'
import { ErrorPage } from './error-page'

/** Where the shell itself could not be shown. */
export function BareErrorPage(props: ErrorComponentProps) {
  return (
    <BarePage>
      <ErrorPage {...props} />
    </BarePage>
  )
}
