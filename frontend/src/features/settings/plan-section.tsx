import { settingsText } from '../../i18n/settings'
import { formatMinute } from '../../i18n/time'
import { Icon } from '../../ui/icon'
import { Notice } from '../../ui/notice'
import { SettingsSection } from '../../ui/settings-section'
import { Tag } from '../../ui/tag'
import { Text } from '../../ui/text'
import styles from './plan-section.module.css'
import type { Organization } from './queries'

const names = settingsText.plan

/** What the plan includes, in words. */
export function PlanSection({ organization }: { organization: Organization }) {
  const { plan, limits, suspension } = organization
  const lines = [
    { text: names.members(limits.members), isLimited: limits.members !== undefined },
    { text: names.keys(limits.api_keys), isLimited: limits.api_keys !== undefined },
  ]
  return (
    <SettingsSection isCard title={names.title} tag={<Tag text={plan} />} lead={names.lead}>
      {suspension && (
        <Notice tone="warn" isBoxed>
          <Text text={names.suspended(formatMinute(suspension.at), suspension.reason)} />
        </Notice>
      )}
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line.text}>
            <Icon name={line.isLimited ? 'sliders' : 'check'} />
            <span>{line.text}</span>
          </li>
        ))}
      </ul>
      {lines.some((line) => line.isLimited) && <p className={styles.note}>{names.full}</p>}
    </SettingsSection>
  )
}
