import { useSession } from '../../api/use-session'
import { t } from '../../i18n'
import { PageTitle } from '../../ui/page-title'
import styles from '../../ui/settings-page.module.css'
import { Text } from '../../ui/text'

/** What a person can see and change of their own account. */
export function ProfilePage() {
  const person = useSession()?.user
  if (!person) return null
  return (
    <div className={styles.page}>
      <header className={styles.words}>
        <PageTitle title={t.profile.title} />
        <p className={styles.lead}>
          <Text text={person.name} /> · <Text text={person.email} />
        </p>
      </header>
    </div>
  )
}
