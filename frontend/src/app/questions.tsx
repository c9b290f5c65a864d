import { EndedDialog } from '../features/session/ended-dialog'
import { ProofDialog } from '../features/session/proof-dialog'
import { SecondFactorDialog } from '../features/session/second-factor-dialog'

/** What the service asks of the person over whatever page there is. */
export function Questions() {
  return (
    <>
      <SecondFactorDialog />
      <ProofDialog />
      <EndedDialog />
    </>
  )
}
