import { useState } from 'react'
import { toApiError } from '../../api/problem'
import { settingsText } from '../../i18n/settings'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/confirm-dialog'
import { SettingsSection } from '../../ui/settings-section'
import { Tag } from '../../ui/tag'
import { demandFactor, type Organization } from './queries'

const names = settingsText.factor

type Props = {
  organization: Organization
  onChanged: (organization: Organization) => void
  /** Somebody else was quicker. */
  onStale: () => void
}

/** Whether admins act only with a second factor. */
export function FactorPolicySection({ organization, onChanged, onStale }: Props) {
  const [isAsked, setIsAsked] = useState(false)
  const isOn = organization.admins_need_mfa
  const isAdmin = organization.role === 'admin'
  const action = isOn ? names.turnOff : names.turnOn

  async function onConfirm(): Promise<void> {
    try {
      onChanged(await demandFactor(organization, !isOn))
      setIsAsked(false)
    } catch (error) {
      if (toApiError(error).code === 'version_conflict') onStale()
      throw error
    }
  }

  return (
    <SettingsSection
      isCard
      title={names.title}
      tag={<Tag tone={isOn ? 'ok' : 'neutral'} text={isOn ? names.on : names.off} />}
      lead={names.lead}
      tools={isAdmin && <Button onPress={() => setIsAsked(true)}>{action}</Button>}
    >
      {!isAdmin && <p>{settingsText.onlyAdmins}</p>}
      {isAsked && (
        <ConfirmDialog
          title={action}
          lead={isOn ? names.turnOffLead : names.turnOnLead}
          action={action}
          isDanger={isOn}
          onConfirm={onConfirm}
          onClose={() => setIsAsked(false)}
        />
      )}
    </SettingsSection>
  )
}
