import { useState } from 'react'
import { useSession } from '../../api/use-session'
import { profileText } from '../../i18n/profile'
import { useAnnouncement } from '../../ui/announce'
import { FieldList } from '../../ui/field-list'
import { Notice } from '../../ui/notice'
import { PageTitle } from '../../ui/page-title'
import styles from '../../ui/settings-page.module.css'
import { SettingsSection } from '../../ui/settings-section'
import { Text } from '../../ui/text'
import { FactorSection } from './factor-section'
import { PasswordSection } from './password-section'
import { SessionsSection } from './sessions-section'

const names = profileText

/** What a person can see and change of their own account. */
export function ProfilePage() {
  const person = useSession()?.user
  const [said, setSaid] = useState<string>()
  useAnnouncement(said)
  if (!person) return null
  const fields = [
    { label: names.name, value: <Text text={person.name} /> },
    { label: names.email, value: <Text text={person.email} canBreakAtSign /> },
  ]
  return (
    <div className={styles.page}>
      <header className={styles.words}>
        <PageTitle title={names.title} />
        <p className={styles.lead}>{names.lead}</p>
      </header>
      {said && (
        <Notice tone="neutral" icon="check" isBoxed>
          {said}
        </Notice>
      )}
      <SettingsSection isCard title={names.account}>
        <FieldList fields={fields} />
      </SettingsSection>
      <PasswordSection email={person.email} onDone={setSaid} />
      <FactorSection email={person.email} onDone={setSaid} />
      <SessionsSection onDone={setSaid} />
    </div>
  )
}
