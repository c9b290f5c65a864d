import { wholeLink } from '../../api/whole-link'
import { organizationsText } from '../../i18n/organizations'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
import { ShownOnce } from '../../ui/shown-once'
import { Text } from '../../ui/text'

const names = organizationsText.claim

type Props = { name: string; link: string; onClose: () => void }

/** The link that hands an organization over to its first admin, this once. */
export function ClaimLinkDialog({ name, link, onClose }: Props) {
  return (
    <Dialog title={<Text text={names.linkTitle(name)} />} onClose={onClose} isFirm>
      <ShownOnce lead={names.linkLead} label={names.label} secret={wholeLink(link)} onStored={onClose}>
        <p className={form.lead}>{names.use}</p>
      </ShownOnce>
    </Dialog>
  )
}
