import type { FormEvent } from 'react'
import { toApiError } from '../../../api/problem'
import { catalogText } from '../../../i18n/catalog'
import { useAnnouncement } from '../../../ui/announce'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import type { Organization } from '../model/types'
import { PackList } from './pack-list'
import { PolicyChoice } from './policy-choice'
import styles from './settings.module.css'
import { type Settings, useSettings } from './use-settings'

const names = catalogText.settings

type Props = {
  org: string
  organization: Organization
  /** Why these settings can only be read; absent where they can be changed. */
  whyNot: string | undefined
}

export function SettingsForm({ org, organization, whyNot }: Props) {
  const settings = useSettings(org, organization)
  const { draft, change } = settings
  const canChange = whyNot === undefined
  useAnnouncement(settings.spoken)

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    settings.save()
  }

  return (
    <form className={styles.form} onSubmit={onSubmit}>
      {whyNot && <p className={styles.readOnly}>{whyNot}</p>}
      <PackList packs={draft.packs} canChange={canChange} onChange={(packs) => change({ packs })} />
      <PolicyChoice
        policy={draft.unknownActions}
        canChange={canChange}
        onChange={(unknownActions) => change({ unknownActions })}
      />
      <p className={styles.hint}>{names.newOnly}</p>
      {canChange && <Foot settings={settings} />}
    </form>
  )
}

function Foot({ settings }: { settings: Settings }) {
  const { isChanged, isSaving } = settings
  return (
    <div className={styles.foot}>
      <Outcome settings={settings} />
      <div className={styles.buttons}>
        <Button type="submit" variant={isChanged ? 'primary' : 'plain'} isBusy={!isChanged || isSaving}>
          {isSaving ? names.saving : names.save}
        </Button>
        {isChanged && !isSaving && <Button onPress={settings.reset}>{names.reset}</Button>}
        <span className={styles.hint}>{isChanged && !isSaving && names.unsaved}</span>
      </div>
    </div>
  )
}

/** What became of the last attempt. */
function Outcome({ settings }: { settings: Settings }) {
  if (settings.isConflict) return <Notice tone="warn">{names.conflict}</Notice>
  if (settings.isSaved)
    return (
      <Notice tone="neutral" icon="check">
        {names.saved}
      </Notice>
    )
  if (!settings.error) return null
  const problem = toApiError(settings.error)
  const reasons = problem.messages.length > 0 ? problem.messages : [problem.detail ?? problem.title]
  return (
    <Notice tone="danger">
      <span>{names.failed}</span>
      {reasons.map((reason) => (
        <span key={reason}>{reason}</span>
      ))}
    </Notice>
  )
}
